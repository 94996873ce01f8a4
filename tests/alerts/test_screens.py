"""Notices on screens and over HTTP, as people meet them."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import User
from alerts import actions, queries
from alerts.enums import Choice, NoticeState, Via, VisitOutcome
from alerts.models import Notice, Visit
from messaging.enums import State
from tests.alerts.situations import WHOLE, drafted, household_of, issued, message_became, submitted
from tests.casts import DISTRICT, GRIDS, NIGHT, SUBDISTRICT, Cast
from tests.factories import household, household_without_phone, must_reach_household

SignedIn = Callable[[User], Client]
Api = Callable[[User], APIClient]
LATER = NIGHT + timedelta(minutes=11)


def typed(**changes: object) -> dict[str, object]:
    """What somebody fills into the form."""
    return {
        "kind": WHOLE.kind,
        "level": WHOLE.level,
        "headline": WHOLE.headline,
        "starts_at": timezone.localtime(NIGHT).strftime("%Y-%m-%dT%H:%M"),
        "expires_at": timezone.localtime(NIGHT + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M"),
        "caution": WHOLE.caution,
        "measures": WHOLE.measures,
        "issuer": WHOLE.issuer,
        "sms_text": "",
        "wait_minutes": 10,
        "version": 0,
        "areas": [SUBDISTRICT],
        **changes,
    }


def test_the_duty_officer_writes_and_submits_in_one_go_and_the_commander_signs(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    household()
    desk, phone = signed_in(cast.duty_officer), signed_in(cast.commander)
    desk.post(reverse("alerts:new"), typed(submit="1"))
    row = Notice.objects.get()
    assert row.state == NoticeState.SUBMITTED
    assert row.affected_area == "东安路街道"
    assert row.sms_text.startswith(WHOLE.headline)
    page = desk.get(reverse("alerts:notice", args=[row.uuid]))
    assert b"data-hold" not in page.content
    page = phone.get(reverse("alerts:notice", args=[row.uuid]))
    assert b"data-hold" in page.content
    phone.post(reverse("alerts:approve", args=[row.uuid]), {"version": row.version})
    row.refresh_from_db()
    assert row.state == NoticeState.ISSUED
    page = phone.get(reverse("alerts:notice", args=[row.uuid]))
    assert "every 5s" in page.content.decode()


def test_the_form_keeps_what_was_typed_and_names_what_is_wrong(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    answer = signed_in(cast.duty_officer).post(
        reverse("alerts:new"), typed(headline="", expires_at=timezone.localtime(NIGHT).strftime("%Y-%m-%dT%H:%M"))
    )
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"headline"}
    answer = signed_in(cast.duty_officer).post(
        reverse("alerts:new"), typed(expires_at=timezone.localtime(NIGHT).strftime("%Y-%m-%dT%H:%M"))
    )
    assert set(answer.context["form"].errors) == {"expires_at"}
    assert WHOLE.caution in answer.content.decode()
    assert not Notice.objects.exists()


def test_a_form_opened_before_somebody_elses_change_is_refused_and_shown_again(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    row = drafted(cast)
    opened = row.version
    actions.edit(notice=row, content=WHOLE, area_codes=[DISTRICT], version=opened, by=cast.leader, now=NIGHT)
    answer = signed_in(cast.duty_officer).post(
        reverse("alerts:edit", args=[row.uuid]), typed(version=opened, headline="迟到的改动")
    )
    assert answer.status_code == 400
    assert "迟到的改动" in answer.content.decode()
    assert Notice.objects.get().headline == WHOLE.headline


def test_the_check_counts_while_areas_are_chosen(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    household()
    must_reach_household(phone=None)
    answer = signed_in(cast.duty_officer).post(reverse("alerts:preview"), typed())
    preview = answer.context["preview"]
    assert (preview.households, preview.must_reach, preview.contact_points, preview.without_phone) == (2, 1, 1, 1)
    assert WHOLE.headline in preview.text


def test_the_lists_show_what_waits_for_whom(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    household()
    drafted(cast)
    submitted(cast)
    issued(cast)
    desk = signed_in(cast.commander)
    for tab, state in (("force", "issued"), ("waiting", "submitted"), ("drafts", "draft")):
        rows = desk.get(reverse("alerts:notices"), {"tab": tab}).context["rows"]
        assert [row["notice"].state for row in rows] == [state]
    assert desk.get(reverse("alerts:notices"), {"tab": "history"}).context["rows"] == []
    assert desk.get(reverse("alerts:notices"), {"tab": "nonsense"}).context["tab"] == "force"


def test_coverage_is_counted_in_ones_own_area_only(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    household()
    household(area_code="410403002001001")
    row = issued(cast)
    for person, total in ((cast.commander, 2), (cast.subdistrict_officer, 1), (cast.other_officer, 1)):
        answer = signed_in(person).get(reverse("alerts:coverage", args=[row.uuid]))
        assert answer.context["coverage"].total.total == total
    elsewhere = household_of(row, row.households.get(area_code="410403002001001").household)
    page = reverse("alerts:household", args=[row.uuid, elsewhere.pk])
    assert signed_in(cast.other_officer).get(page).status_code == 200
    assert signed_in(cast.subdistrict_officer).get(page).status_code == 404


def test_a_notice_of_one_subdistrict_is_none_of_anothers_business(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    household()
    row = issued(cast, areas=(SUBDISTRICT,))
    for name in ("notice", "coverage", "coverage_layer", "unreached", "unreached_sheet"):
        address = reverse(f"alerts:{name}", args=[row.uuid])
        assert signed_in(cast.subdistrict_officer).get(address).status_code == 200
        assert signed_in(cast.other_officer).get(address).status_code == 404
        assert signed_in(cast.storekeeper).get(address).status_code == 403
        assert Client().get(address).status_code == 302


def test_the_unreached_are_exported_without_names_and_telephones(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    home = must_reach_household(phone=None)
    type(home).objects.filter(pk=home.pk).update(address="=HYPERLINK(1)")
    row = issued(cast)
    answer = signed_in(cast.duty_officer).get(reverse("alerts:unreached_sheet", args=[row.uuid]))
    cells = [str(cell) for line in load_workbook(BytesIO(answer.content)).worksheets[0].values for cell in line]
    assert home.code in cells
    assert home.head_name not in cells
    assert not any(cell.startswith("=") for cell in cells)


def test_the_worker_settles_a_door_with_one_tap(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    home = household_without_phone()
    must_reach_household()
    row = issued(cast)
    actions.send_knocks(notice=row, by=cast.duty_officer, now=NIGHT)
    duty = queries.knocks(row).get().assignment
    page, tap = reverse("alerts:knock", args=[duty.uuid]), reverse("alerts:visit", args=[duty.uuid])
    hand = signed_in(cast.grid_worker)
    assert hand.get(page).context["left"] == 2
    door = {"client_uuid": uuid.uuid4(), "audience": household_of(row, home).pk, "outcome": "nobody"}
    door |= {"longitude": "113.31", "latitude": "33.74", "accuracy_m": "9"}
    hand.post(tap, door)
    hand.post(tap, door)
    stored = Visit.objects.get()
    assert (stored.outcome, stored.accuracy_m) == (VisitOutcome.NOBODY, 9)
    assert stored.position is not None
    after = hand.get(page)
    assert (after.context["left"], after.context["done"]) == (1, 1)
    again = hand.get(page, {"again": household_of(row, home).pk})
    assert len(again.context["doors"]) == 2
    assert signed_in(cast.other_worker).get(page).status_code == 404
    assert signed_in(cast.subdistrict_officer).get(page).status_code == 200
    assert hand.post(tap, {**door, "outcome": "gone fishing"}).status_code == 404


def test_help_is_on_top_of_the_page_and_closed_by_the_officer(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    home = household()
    row = issued(cast)
    audience = household_of(row, home)
    actions.record_visit(
        client_uuid=uuid.uuid4(), audience=audience, outcome=VisitOutcome.NEED_HELP, by=cast.grid_worker, now=NIGHT
    )
    body = signed_in(cast.duty_officer).get(reverse("alerts:notice", args=[row.uuid])).content.decode()
    assert home.head_name in body
    officer = signed_in(cast.subdistrict_officer)
    address = reverse("alerts:household", args=[row.uuid, audience.pk])
    assert "/help/" in officer.get(address).content.decode()
    officer.post(reverse("alerts:close_help", args=[row.uuid, audience.pk]), {"reason": "已接走"})
    assert queries.calls_for_help(row, cast.commander.scope) == []
    assert "/help/" not in officer.get(address).content.decode()


def test_of_many_cries_the_section_shows_who_waited_longest_and_counts_all(
    cast: Cast, signed_in: SignedIn, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.views.notices.CRIES_SHOWN", 1)
    homes = [household(head_name=name) for name in ("先喊的人", "后喊的人")]
    row = issued(cast)
    for number, home in enumerate(homes):
        at = NIGHT + timedelta(seconds=number)
        actions.record_answer(audience=household_of(row, home), choice=Choice.NEED_HELP, via=Via.LINK, now=at)
    hand = signed_in(cast.commander)
    for page in ("notice", "coverage"):
        body = hand.get(reverse(f"alerts:{page}", args=[row.uuid])).content.decode()
        assert "先喊的人" in body
        assert "后喊的人" not in body
        assert "2 户需救助" in body
        assert reverse("alerts:cries", args=[row.uuid]) in body
    whole = hand.get(reverse("alerts:cries", args=[row.uuid])).content.decode()
    assert whole.index("先喊的人") < whole.index("后喊的人")
    elsewhere = signed_in(cast.other_officer).get(reverse("alerts:cries", args=[row.uuid])).content.decode()
    assert "喊的人" not in elsewhere


def test_the_map_carries_a_step_for_each_grid(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    from territory.models import Area

    household()
    household(area_code=GRIDS[1])
    Area.objects.filter(code=GRIDS[0]).update(
        border="MULTIPOLYGON(((113.3 33.7, 113.4 33.7, 113.4 33.8, 113.3 33.8, 113.3 33.7)))"
    )
    row = issued(cast)
    layer = signed_in(cast.commander).get(reverse("alerts:coverage_layer", args=[row.uuid])).json()
    assert [(one["id"], one["properties"]["step"]) for one in layer["features"]] == [(GRIDS[0], 1)]


@pytest.fixture
def whole() -> dict[str, object]:
    return {
        "kind": "rainstorm",
        "level": 2,
        "headline": WHOLE.headline,
        "starts_at": NIGHT.isoformat(),
        "expires_at": (NIGHT + timedelta(hours=6)).isoformat(),
        "affected_area": "卫东区",
        "caution": WHOLE.caution,
        "measures": WHOLE.measures,
        "issuer": WHOLE.issuer,
        "area_codes": [DISTRICT],
    }


def test_a_notice_goes_its_way_over_http(cast: Cast, api: Api, now: datetime, whole: dict[str, object]) -> None:
    home = household_without_phone()
    had = household()
    desk, signer = api(cast.duty_officer), api(cast.commander)
    made = desk.post("/api/v1/alerts/notices/", whole)
    assert made.status_code == 201
    base = f"/api/v1/alerts/notices/{made.json()['uuid']}/"
    assert desk.post(f"{base}submit/").json()["state"] == "submitted"
    refused = signer.post(f"{base}approve/", {"version": 99})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict.stale")
    assert desk.post(f"{base}approve/", {"version": 1}).status_code == 403
    assert signer.post(f"{base}approve/", {"version": 1}).json()["state"] == "issued"
    row = Notice.objects.get()
    message_became(row, had, State.DELIVERED)
    covered = desk.get(f"{base}coverage/").json()
    assert (covered["total"]["delivered"], covered["total"]["unreached"]) == (1, 1)
    assert [line["household"] for line in desk.get(f"{base}unreached/").json()["results"]] == [home.code]
    assert signer.post(f"{base}withdraw/", {"reason": "误发"}).json()["state"] == "withdrawn"
    assert api(cast.storekeeper).get(base).status_code == 403
    assert APIClient().get(base).status_code in (401, 403)


def test_bad_input_is_refused_with_field_and_both_languages(
    cast: Cast, api: Api, now: datetime, whole: dict[str, object]
) -> None:
    desk = api(cast.duty_officer)
    wrong = desk.post("/api/v1/alerts/notices/", {**whole, "level": 9, "area_codes": ["'; --"]}).json()
    assert {error["field"].split(".")[0] for error in wrong["errors"]} == {"level", "area_codes"}
    unknown = desk.post("/api/v1/alerts/notices/", {**whole, "area_codes": ["410403999"]})
    assert unknown.status_code == 400
    assert unknown.json()["field"] == "areas"
    assert "410403999" in unknown.json()["title_en"]
    made = desk.post("/api/v1/alerts/notices/", {**whole, "caution": ""}).json()
    lacking = desk.post(f"/api/v1/alerts/notices/{made['uuid']}/submit/").json()
    assert lacking["code"] == "notice.elements"
    assert "what to beware of" in lacking["title_en"]
    assert api(cast.grid_worker).post("/api/v1/alerts/notices/", whole).status_code == 403
    assert api(cast.other_officer).post("/api/v1/alerts/notices/", whole).json()["code"] == "notice.outside"


def test_the_notice_page_leads_from_the_notice_to_its_correction_and_on_to_the_all_clear(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    home = household()
    row = issued(cast)
    message_became(row, home, State.DELIVERED)
    desk, phone = signed_in(cast.duty_officer), signed_in(cast.commander)
    page = desk.post(reverse("alerts:correct", args=[row.uuid]), follow=True)
    draft = Notice.objects.get(refers_to=row)
    assert page.request["PATH_INFO"] == reverse("alerts:edit", args=[draft.uuid])
    assert page.context["preview"].told == 1
    assert draft.sms_text in page.content.decode()
    sent = typed(submit="1", version=draft.version, measures="绕行下穿桥", follower=draft.uuid, areas=[DISTRICT])
    answer = desk.post(reverse("alerts:preview"), sent)
    assert "绕行下穿桥" in answer.context["preview"].text
    assert answer.context["preview"].told == 1
    desk.post(reverse("alerts:edit", args=[draft.uuid]), sent)
    draft.refresh_from_db()
    phone.post(reverse("alerts:approve", args=[draft.uuid]), {"version": draft.version})
    old = desk.get(reverse("alerts:notice", args=[row.uuid]))
    assert old.context["newer"] == draft
    assert [link["notice"].pk for link in old.context["links"]] == [row.pk, draft.pk]
    assert not {"correct", "all_clear", "withdraw"} & old.context["permitted"]
    desk.post(reverse("alerts:all_clear", args=[draft.uuid]))
    last = Notice.objects.get(refers_to=draft)
    actions.submit(notice=last, by=cast.duty_officer, now=now)
    phone.post(reverse("alerts:approve", args=[last.uuid]), {"version": last.version})
    lists = {tab: phone.get(reverse("alerts:notices"), {"tab": tab}).context["rows"] for tab in ("force", "history")}
    assert lists["force"] == []
    assert len(lists["history"]) == 3
    assert phone.get(reverse("alerts:notice", args=[last.uuid])).status_code == 200


def test_a_stopped_notice_says_how_many_know_nothing_of_it(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    home = household()
    row = issued(cast)
    message_became(row, home, State.DELIVERED)
    phone = signed_in(cast.commander)
    phone.post(reverse("alerts:withdraw", args=[row.uuid]), {"reason": "误发", "only_stop": "1"})
    assert phone.get(reverse("alerts:notice", args=[row.uuid])).context["untold"] == 1
    phone.post(reverse("alerts:tell_withdrawn", args=[row.uuid]))
    assert phone.get(reverse("alerts:notice", args=[row.uuid])).context["untold"] == 0


def test_corrections_and_all_clears_over_http(cast: Cast, api: Api, now: datetime) -> None:
    home = household()
    row = issued(cast)
    message_became(row, home, State.DELIVERED)
    desk, commander = api(cast.duty_officer), api(cast.commander)
    base = f"/api/v1/alerts/notices/{row.uuid}"
    begun = desk.post(f"{base}/update/", {"measures": "绕行下穿桥"}, format="json")
    assert begun.status_code == 201
    assert (begun.json()["message_type"], begun.json()["refers_to"]) == ("correction", str(row.uuid))
    assert "绕行下穿桥" in begun.json()["sms_text"]
    assert desk.post(f"{base}/update/", {}, format="json").json()["uuid"] == begun.json()["uuid"]
    assert api(cast.grid_worker).post(f"{base}/update/", {}, format="json").status_code == 403
    assert desk.post(f"{base}/cancel/", {"reason": "误发"}, format="json").status_code == 403
    stopped = commander.post(f"{base}/cancel/", {"reason": "误发"}, format="json")
    assert stopped.json()["state"] == "withdrawn"
    refused = desk.post(f"{base}/all-clear/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict.state")
