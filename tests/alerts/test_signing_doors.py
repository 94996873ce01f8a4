"""The ways of signing over HTTP, a street's own notice, the officials' list, and which act an all-clear is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.enums import Role
from accounts.models import User
from alerts import actions, queries
from alerts.enums import MessageType, NoticeState, WarningSource
from alerts.models import Notice, OralWord, Signature
from tests.alerts.cap_messages import cap
from tests.alerts.situations import WHOLE, drafted, issued, submitted
from tests.alerts.test_authorisations import prepared
from tests.casts import NIGHT, OTHER_SUBDISTRICT, SUBDISTRICT, Cast, make_person
from tests.factories import household, site

SignedIn = Callable[[User], Client]
Api = Callable[[User], APIClient]
NOTICES = "/api/v1/alerts/notices/"


def test_two_people_sign_by_word_of_mouth_over_the_interface(cast: Cast, api: Api, now: datetime) -> None:
    household()
    row = submitted(cast)
    said = {"signer": cast.commander.pk, "version": row.version, "words": "电话同意"}
    first = api(cast.duty_officer).post(f"{NOTICES}{row.uuid}/word/", said)
    assert first.status_code == 201
    address = f"{NOTICES}{row.uuid}/word/{first.data['id']}/confirm/"
    assert api(cast.duty_officer).post(address).json()["code"] == "signing.witness"
    assert api(cast.grid_worker).post(address).status_code in (403, 404)
    assert api(cast.leader).post(address).json()["state"] == NoticeState.ISSUED
    assert api(cast.leader).post(f"{NOTICES}{row.uuid}/countersign/").json()["code"] == "signing.not_signer"
    assert api(cast.commander).post(f"{NOTICES}{row.uuid}/countersign/").status_code == 200
    assert Signature.objects.get().countersigned_by == cast.commander


def test_whoever_wrote_it_signs_by_no_door(cast: Cast, api: Api, signed_in: SignedIn, now: datetime) -> None:
    household()
    row = actions.draft(content=WHOLE, area_codes=["410403"], by=cast.commander, now=NIGHT)
    row = actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    told = {"signer": cast.commander.pk, "version": row.version}
    door = api(cast.duty_officer)
    assert door.post(f"{NOTICES}{row.uuid}/ask/", told).json()["code"] == "signing.signer"
    assert door.post(f"{NOTICES}{row.uuid}/word/", told | {"words": "同意"}).json()["code"] == "signing.signer"
    answer = api(cast.commander).post(f"{NOTICES}{row.uuid}/approve/", {"version": row.version})
    assert answer.json()["code"] == "notice.same_person"
    desk = signed_in(cast.duty_officer)
    page = desk.get(reverse("alerts:notice", args=[row.uuid]))
    assert cast.commander.pk not in page.context["ask_form"].people
    desk.post(
        reverse("alerts:record_word", args=[row.uuid]),
        told | {"words": "同意", "said_at": "2026-07-19T23:00"},
    )
    assert not OralWord.objects.exists()
    assert Notice.objects.get().state == NoticeState.SUBMITTED


def test_a_street_tells_its_own_area_and_its_own_leader_signs(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    household()
    household(area_code="410403002001001")
    leader = make_person(
        "street_leader", name="东安路带班领导", phone="+8613700000001", role=Role.LEADER, area_code=SUBDISTRICT
    )
    row = actions.draft(content=WHOLE, area_codes=[SUBDISTRICT], by=cast.subdistrict_officer, now=NIGHT)
    row = actions.submit(notice=row, by=cast.subdistrict_officer, now=NIGHT)
    assert leader in queries.signers(row, NIGHT)
    assert signed_in(leader).get(reverse("alerts:notice", args=[row.uuid])).status_code == 200
    row = actions.approve(notice=row, version=row.version, by=leader, now=NIGHT)
    assert (row.state, row.households.count()) == (NoticeState.ISSUED, 1)
    whole = submitted(cast)
    assert leader not in queries.signers(whole, NIGHT)
    elsewhere = submitted(cast, areas=(OTHER_SUBDISTRICT,))
    assert "approve" not in queries.permitted(leader, elsewhere)


def test_the_officials_of_its_areas_stand_beside_a_draft(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    User.objects.filter(pk=cast.leader.pk).update(phone_verified_at=None)
    row = drafted(cast, areas=(SUBDISTRICT,))
    found = {one.name: one for one in queries.officials(row, NIGHT)}
    assert {cast.commander.name, cast.leader.name, cast.subdistrict_officer.name} <= set(found)
    assert cast.other_officer.name not in found
    assert not found[cast.leader.name].is_verified
    page = signed_in(cast.duty_officer).get(reverse("alerts:notice", args=[row.uuid]))
    assert cast.subdistrict_officer.name in page.content.decode()


def test_ending_an_evacuation_a_relayed_warning_and_a_notice_are_three_acts(cast: Cast) -> None:
    household()
    plain = issued(cast)
    moved = issued(cast, content=replace(WHOLE, kind="evacuation"))
    warning = actions.receive_warning(data=cap(), source=WarningSource.FEED, now=NIGHT).warning
    relayed = actions.relay_warning(warning=warning, by=cast.duty_officer, now=NIGHT)
    relayed = actions.submit(notice=relayed, by=cast.duty_officer, now=NIGHT)
    relayed = actions.approve(notice=relayed, version=relayed.version, by=cast.commander, now=NIGHT)
    acts = [queries.ending(row, NIGHT) for row in (plain, moved, relayed)]
    assert [one.act for one in acts] == ["notice", "evacuation", "warning"]
    assert [one.still_holds for one in acts] == [False, False, True]
    assert not queries.ending(relayed, NIGHT + timedelta(hours=7)).still_holds
    assert queries.ending(plain, NIGHT + timedelta(hours=6)).is_over
    words = {actions.all_clear(notice=row, by=cast.duty_officer, now=NIGHT).measures for row in (plain, moved)}
    assert len(words) == 2


def test_a_correction_asks_for_an_answer_and_an_all_clear_does_not(cast: Cast) -> None:
    household()
    row = issued(cast)
    correction = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
    assert "/p/" in queries.sent_text(correction)
    assert "/p/" not in queries.sent_text(actions.all_clear(notice=row, by=cast.duty_officer, now=NIGHT))
    assert correction.message_type == MessageType.CORRECTION


def test_an_authorisation_is_used_over_the_interface_and_never_by_its_signer(
    cast: Cast, api: Api, now: datetime
) -> None:
    household()
    row = actions.sign_authorisation(authorisation=prepared(cast), by=cast.commander, now=NIGHT - timedelta(days=9))
    warning = actions.receive_warning(data=cap(), source=WarningSource.FEED, now=NIGHT).warning
    used, address = {"authorisation": str(row.uuid), "warning": str(warning.uuid)}, f"{NOTICES}issue-authorised/"
    assert api(cast.commander).post(address, used).json()["code"] == "authorisation.same_person"
    assert api(cast.grid_worker).post(address, used).status_code == 403
    assert api(cast.duty_officer).post(address, used | {"warning": str(row.uuid)}).status_code == 404
    answer = api(cast.duty_officer).post(address, used)
    assert (answer.status_code, answer.json()["state"]) == (201, NoticeState.ISSUED)
    assert Notice.objects.get().approver == cast.commander


def test_a_draft_is_narrowed_over_the_interface(cast: Cast, api: Api, now: datetime) -> None:
    row, place, desk = drafted(cast), site(), api(cast.duty_officer)
    address = f"{NOTICES}{row.uuid}/aim/"
    square = {"type": "Polygon", "coordinates": [[[113.3, 33.74], [113.31, 33.74], [113.31, 33.75], [113.3, 33.74]]]}
    answer = desk.post(address, {"version": row.version, "polygon": square, "site": place.code, "radius_m": 200})
    assert (answer.status_code, answer.json()["version"]) == (200, row.version + 1)
    line = queries.aim_of(row)
    assert line
    assert (line.site, line.is_drawn) == (place.name, True)
    assert desk.post(address, {"version": row.version}).json()["code"] == "conflict.stale"
    assert desk.post(address, {"version": row.version + 1, "polygon": [1]}).json()["code"] == "aim.shape"
    assert desk.post(address, {"version": row.version + 1, "site": "NOWHERE"}).status_code == 404
