"""Draft, submit, sign, withdraw: by whom, and what a signature leaves behind."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alerts import actions, queries
from alerts.enums import NoticeState
from alerts.models import Notice
from core.rules import Refused
from messaging.enums import State
from messaging.models import Broadcast, Delivery
from territory.models import ContactPoint
from tests.alerts.situations import WHOLE, drafted, household_of, issued, message_became, submitted
from tests.casts import DISTRICT, GRIDS, NIGHT, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import household, household_without_phone, must_reach_household


def refusal(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


def test_the_commander_signs_what_the_duty_officer_submitted(cast: Cast, bells: list[str]) -> None:
    home, bare = household(), household_without_phone()
    row = issued(cast)
    assert row.state == NoticeState.ISSUED
    assert row.issued_at == NIGHT
    assert {one.household_id for one in row.households.all()} == {home.pk, bare.pk}
    assert row.broadcast is not None
    assert row.broadcast.deliveries.count() == 1
    assert "/p/" in row.broadcast.text
    assert bells.count("messaging.tasks.send_bulk") == 1


def test_nobody_signs_what_he_wrote_edited_or_submitted(cast: Cast) -> None:
    household()
    own = actions.draft(content=WHOLE, area_codes=[DISTRICT], by=cast.commander, now=NIGHT)
    own = actions.submit(notice=own, by=cast.duty_officer, now=NIGHT)
    edited = drafted(cast)
    edited = actions.edit(
        notice=edited, content=WHOLE, area_codes=[DISTRICT], version=edited.version, by=cast.commander, now=NIGHT
    )
    edited = actions.submit(notice=edited, by=cast.duty_officer, now=NIGHT)
    handed_on = actions.submit(notice=drafted(cast), by=cast.commander, now=NIGHT)
    for row in (own, edited, handed_on):
        with pytest.raises(Refused) as error:
            actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT)
        assert refusal(error) == "notice.same_person"
        assert "approve" not in queries.permitted(cast.commander, row)
        actions.approve(notice=row, version=row.version, by=cast.leader, now=NIGHT)
    assert Broadcast.objects.count() == 3


@pytest.mark.parametrize("part", ["author", "last_editor", "submitter"])
def test_the_database_refuses_the_same_person_too(cast: Cast, part: str) -> None:
    household()
    row = submitted(cast)
    Notice.objects.filter(pk=row.pk).update(**{part: cast.commander})
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=row.pk).update(state="issued", approver=cast.commander, issued_at=NIGHT)


def test_only_those_who_may_sign_sign(cast: Cast) -> None:
    household()
    row = submitted(cast)
    for person in (cast.subdistrict_officer, cast.grid_worker, cast.administrator, cast.outsider):
        with pytest.raises(Refused) as error:
            actions.approve(notice=row, version=row.version, by=person, now=NIGHT)
        assert refusal(error) == "notice.not_allowed"


def test_the_signer_signs_what_he_has_read(cast: Cast) -> None:
    household()
    row = submitted(cast)
    read = row.version
    back = actions.send_back(notice=row, reason="区域不对", by=cast.commander, now=NIGHT)
    changed = actions.edit(
        notice=back, content=WHOLE, area_codes=[SUBDISTRICT], version=back.version, by=cast.duty_officer, now=NIGHT
    )
    changed = actions.submit(notice=changed, by=cast.duty_officer, now=NIGHT)
    with pytest.raises(Refused) as error:
        actions.approve(notice=changed, version=read, by=cast.commander, now=NIGHT)
    assert refusal(error) == "conflict.stale"


def test_two_who_edit_at_once_do_not_mix(cast: Cast) -> None:
    row = drafted(cast)
    opened = row.version
    actions.edit(notice=row, content=WHOLE, area_codes=[DISTRICT], version=opened, by=cast.leader, now=NIGHT)
    with pytest.raises(Refused) as error:
        actions.edit(
            notice=row, content=WHOLE, area_codes=[SUBDISTRICT], version=opened, by=cast.duty_officer, now=NIGHT
        )
    assert refusal(error) == "conflict.stale"
    assert [area.code for area in queries.chosen_areas(row)] == [DISTRICT]


def test_submitting_names_everything_that_is_missing(cast: Cast) -> None:
    row = drafted(cast, content=replace(WHOLE, caution="", issuer=""))
    with pytest.raises(Refused) as error:
        actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    assert refusal(error) == "notice.elements"
    assert "、" in str(error.value)
    assert Notice.objects.get().state == NoticeState.DRAFT


def test_a_notice_needs_an_area_and_an_end_ahead(cast: Cast) -> None:
    with pytest.raises(Refused) as nowhere:
        submitted(cast, areas=())
    assert refusal(nowhere) == "notice.no_area"
    with pytest.raises(Refused) as over:
        actions.submit(notice=drafted(cast), by=cast.duty_officer, now=NIGHT + timedelta(hours=7))
    assert refusal(over) == "notice.over"
    with pytest.raises(Refused) as empty:
        issued(cast)
    assert refusal(empty) == "notice.nobody"
    assert not Broadcast.objects.exists()
    assert not Notice.objects.filter(state=NoticeState.ISSUED).exists()


def test_areas_must_exist_and_be_ones_own(cast: Cast) -> None:
    with pytest.raises(Refused) as unknown:
        drafted(cast, areas=("410403999",))
    assert refusal(unknown) == "notice.unknown_area"
    cast.duty_officer.roles_held.update(area_code=SUBDISTRICT)
    fresh = type(cast.duty_officer).objects.get(pk=cast.duty_officer.pk)
    with pytest.raises(Refused) as outside:
        actions.draft(content=WHOLE, area_codes=[OTHER_SUBDISTRICT], by=fresh, now=NIGHT)
    assert refusal(outside) == "notice.outside"
    assert outside.value.field == "areas"


def test_the_audience_is_frozen_at_the_signature(cast: Cast) -> None:
    home, gone, elder = household(), household(), must_reach_household()
    type(gone).objects.filter(pk=gone.pk).update(retired_at=NIGHT)
    row = issued(cast)
    household()
    type(home).objects.filter(pk=home.pk).update(area_code=GRIDS[2], must_reach="alone", retired_at=NIGHT)
    home.contacts.all().delete()
    frozen = household_of(row, home)
    assert row.households.count() == 2
    assert frozen.area_code == GRIDS[0]
    assert frozen.must_reach == ""
    assert frozen.contact_point_id is not None
    assert household_of(row, elder).must_reach == "alone"


def test_a_household_is_tried_at_its_first_living_mobile(cast: Cast) -> None:
    home = household()
    dead = home.contacts.get().contact_point
    ContactPoint.objects.filter(pk=dead.pk).update(dead_since=NIGHT)
    second = ContactPoint.objects.create(kind="mobile", address="+8615199999999")
    home.contacts.create(contact_point=second, rank=2)
    assert household_of(issued(cast), home).contact_point == second


def test_a_telephone_of_two_households_gets_one_message(cast: Cast) -> None:
    household(phone="+8615100000001")
    household(phone="+8615100000001", area_code=GRIDS[1])
    row = issued(cast)
    assert row.households.count() == 2
    assert Delivery.objects.filter(broadcast=row.broadcast).count() == 1


def test_the_preview_counts_what_the_signature_then_sends(cast: Cast) -> None:
    household()
    must_reach_household()
    household_without_phone()
    household(area_code=GRIDS[1], phone="+8615100000001")
    household(area_code=GRIDS[2], phone="+8615100000001")
    seen = queries.audience_preview([DISTRICT], queries.broadcast_text(WHOLE.sms_text))
    assert (seen.households, seen.must_reach, seen.contact_points, seen.without_phone) == (5, 1, 3, 1)
    row = issued(cast)
    assert row.households.count() == seen.households
    assert Delivery.objects.filter(broadcast=row.broadcast).count() == seen.contact_points
    assert row.broadcast is not None
    assert row.broadcast.text == seen.text


def test_withdrawing_stops_what_waits_and_tells_whoever_may_have_it(cast: Cast) -> None:
    had, waiting = household(), household()
    row = issued(cast)
    message_became(row, had, State.DELIVERED)
    actions.withdraw(notice=row, reason="误发", by=cast.leader, now=NIGHT)
    states = dict(Delivery.objects.filter(broadcast=row.broadcast).values_list("contact_point", "state"))
    assert states[household_of(row, waiting).contact_point_id or 0] == State.CANCELLED
    told = Broadcast.objects.get(key=f"notice:{row.pk}:withdrawn")
    assert [one.contact_point_id for one in told.deliveries.all()] == [household_of(row, had).contact_point_id]
    assert not queries.notices_in_force(NIGHT).exists()


def test_signing_twice_at_once_sends_once(cast: Cast) -> None:
    household()
    row = issued(cast)
    with pytest.raises(Refused) as error:
        actions.approve(notice=row, version=row.version, by=cast.leader, now=NIGHT)
    assert refusal(error) == "conflict.state"
    assert Delivery.objects.count() == 1
