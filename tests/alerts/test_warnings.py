"""Official warnings are taken in once, hold until something says otherwise, and call out whoever is on duty."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import InternalError, transaction

from alerts import actions, queries
from alerts.actions import Entry, WarningRefused
from alerts.enums import Decision, NoticeState, WarningLeg, WarningSource
from alerts.models import Consultation, ReceivedWarning, RelayText, WarningArea, WarningCall
from assignments import actions as duties
from assignments.enums import State
from assignments.models import Assignment
from command.models import TimelineEntry
from core.rules import Refused
from messaging.enums import State as Delivery
from territory.models import Area
from territory.rules import scope_of
from tests.alerts.cap_messages import CITY, cap, native
from tests.alerts.situations import message_became
from tests.casts import DISTRICT, NIGHT, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import household
from weidong_ops.resolvers import assignment_subject

EVERYWHERE = scope_of(DISTRICT)
SENDER = "pdsqxt@cma.gov.cn"
ALERT = "41040041600000_20260719225800"
LATER = NIGHT + timedelta(minutes=5)
AWAY = CITY.replace("410400000000", "411000000000")


def came(data: bytes, *, now: datetime = NIGHT, **how: object) -> ReceivedWarning:
    """Stored, by feed."""
    source = WarningSource.FEED
    return actions.receive_warning(data=data, source=source, now=now, **how).warning  # type: ignore[arg-type]


def update(number: str, of: str, at: str = "2026-07-19T22:59:00+08:00", **info: str) -> bytes:
    head = {"identifier": number, "sent": at, "msgType": "Update", "references": of}
    return cap(head, {"effective": None, **info})


def lifting(of: str, at: str = "2026-07-19T23:04:00+08:00", **alert: str) -> bytes:
    head = {"identifier": "lifting", "sent": at, "msgType": "Cancel", "references": of, **alert}
    return cap(head, {"effective": None, "headline": "平顶山市气象台解除暴雨红色预警信号", "responseType": "AllClear"})


FIRST = f"{SENDER},{ALERT},2026-07-19T22:58:00+08:00"


def holding(now: datetime = LATER, scope: str = DISTRICT) -> list[str]:
    return [each.warning.identifier for each in queries.shown_in_force(now, scope_of(scope))]


def test_a_message_is_kept_as_it_came_and_never_changed(cast: Cast) -> None:
    row = came(cap())
    row.refresh_from_db()
    assert bytes(row.raw) == cap()
    assert (row.issuer, row.event, row.level, row.source) == ("平顶山市气象台", "暴雨", 1, "feed")
    for change in (
        lambda: ReceivedWarning.objects.filter(pk=row.pk).update(level=4),
        lambda: WarningArea.objects.filter(warning=row).delete(),
        lambda: WarningArea.objects.filter(warning=row).update(local_code=""),
    ):
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            change()


def test_the_same_message_is_taken_in_once_and_the_first_of_an_identity_stands(cast: Cast) -> None:
    first = actions.receive_warning(data=cap(), source=WarningSource.FEED, now=NIGHT)
    again = actions.receive_warning(data=cap(), source=WarningSource.API, by=cast.duty_officer, now=LATER)
    spaced = actions.receive_warning(data=cap().replace(b"><", b">\n<"), source=WarningSource.FEED, now=LATER)
    assert (first.is_new, again.is_new, spaced.is_new) == (True, False, False)
    assert again.warning == spaced.warning == first.warning
    with pytest.raises(Refused) as refused:
        came(cap(info={"description": "别的话"}))
    assert refused.value.code == "conflict.warning"
    assert ReceivedWarning.objects.get().description.startswith("预计")


def test_a_faulty_message_leaves_nothing_behind(cast: Cast) -> None:
    with pytest.raises(WarningRefused) as refused:
        came(cap({"sender": ""}, {"expires": None}))
    assert {finding.fault.value for finding in refused.value.findings} == {"cap.sender", "cap.expires_missing"}
    assert not ReceivedWarning.objects.exists()


def test_whoever_may_not_take_warnings_in_is_refused(cast: Cast) -> None:
    for person in (cast.subdistrict_officer, cast.grid_worker, cast.auditor):
        with pytest.raises(Refused):
            actions.receive_warning(data=cap(), source=WarningSource.UPLOAD, by=person, now=NIGHT)


CHAIN = {
    "alert": cap(),
    "update": update("second", FIRST),
    "cancel": lifting(f"{SENDER},second,2026-07-19T22:59:00+08:00"),
}


@pytest.mark.parametrize("order", list(itertools.permutations(CHAIN)))
def test_a_chain_ends_the_same_in_whatever_order_it_arrives(cast: Cast, order: tuple[str, ...]) -> None:
    for part in order:
        came(CHAIN[part])
    assert holding() == []
    lifted = queries.lifted(LATER, EVERYWHERE)
    assert [each.by.identifier for each in lifted] == ["lifting"]
    anyone = ReceivedWarning.objects.get(identifier=ALERT)
    assert [one.identifier for one in queries.warning_chain(anyone)] == [ALERT, "second", "lifting"]


def test_an_update_replaces_and_a_reference_waits_for_its_warning(cast: Cast) -> None:
    newer = came(update("second", FIRST))
    assert [str(each.fault.fault.value) for each in queries.referred(newer) if each.fault] == ["cap.not_arrived"]
    assert holding() == ["second"]
    came(cap())
    assert [each.fault for each in queries.referred(newer)] == [None]
    assert holding() == ["second"]


def test_nobody_ends_the_warning_of_another_sender(cast: Cast) -> None:
    came(cap())
    stranger = came(lifting(FIRST, sender="other@example.org"))
    assert holding() == [ALERT]
    assert [each.fault.fault.value for each in queries.referred(stranger) if each.fault] == ["cap.sender_differs"]


@pytest.mark.parametrize(
    ("stored", "named"), [(ALERT, ALERT), (f"{ALERT}_0", ALERT), (ALERT, f"{ALERT}_0"), (f"{ALERT}_0", f"{ALERT}_0")]
)
def test_the_national_format_refers_by_number_with_or_without_its_serial(cast: Cast, stored: str, named: str) -> None:
    came(native({"identifier": stored}))
    assert holding() == [stored]
    head = {"identifier": "41040041600000_20260719230400", "sendTime": "2026-07-19 23:04:00+08:00"}
    came(native({**head, "msgType": "Cancel", "references": named}, {"effective": None}))
    assert holding() == []


def test_two_numbers_of_one_second_are_two_warnings(cast: Cast) -> None:
    for serial in ("0", "1"):
        came(native({"identifier": f"{ALERT}_{serial}"}, {"description": serial}))
    head = {"identifier": "41040041600000_20260719230400", "sendTime": "2026-07-19 23:04:00+08:00"}
    came(native({**head, "msgType": "Cancel", "references": f"{ALERT}_1"}, {"effective": None}))
    assert holding() == [f"{ALERT}_0"]


def test_a_warning_holds_until_its_end_without_anybody_doing_anything(cast: Cast) -> None:
    row = came(cap())
    end = datetime(2026, 7, 19, 20, 58, tzinfo=UTC)
    assert row.expires_at == end
    assert holding(end - timedelta(seconds=1)) == [ALERT]
    assert holding(end) == []


def test_tests_exercises_and_messages_for_few_hold_nowhere(cast: Cast) -> None:
    came(cap({"status": "Test"}, {"headline": "【测试】暴雨红色预警"}))
    came(cap({"identifier": "b", "status": "Exercise", "note": "x"}, {"headline": "【演练】暴雨红色预警"}))
    came(cap({"identifier": "c", "scope": "Restricted", "restriction": "x"}))
    assert holding() == []
    assert not WarningCall.objects.filter(warning__identifier="b").exists()


def test_the_same_words_within_the_hour_are_shown_once_and_call_once(cast: Cast) -> None:
    came(cap())
    came(
        cap({"identifier": "again", "sent": "2026-07-19T23:58:00+08:00"}, {"effective": None}),
        now=NIGHT + timedelta(hours=1),
    )
    shown = queries.shown_in_force(NIGHT + timedelta(hours=1), EVERYWHERE)
    assert [(each.warning.identifier, each.times) for each in shown] == [("again", 2)]
    assert set(WarningCall.objects.values_list("warning__identifier", flat=True)) == {ALERT}
    came(
        cap({"identifier": "late", "sent": "2026-07-20T00:58:01+08:00"}, {"effective": None}),
        now=NIGHT + timedelta(hours=2),
    )
    assert WarningCall.objects.filter(warning__identifier="late").exists()


def test_a_city_or_province_covers_the_district_and_a_neighbour_does_not(cast: Cast) -> None:
    came(cap())
    elsewhere = came(cap({"identifier": "b"}, area=AWAY))
    assert holding() == [ALERT]
    assert holding(scope=SUBDISTRICT) == [ALERT]
    assert [each["code"] for each in elsewhere.findings] == ["cap.not_ours"]
    assert not elsewhere.calls.exists()


def test_a_warning_for_one_subdistrict_concerns_that_one_and_the_district(cast: Cast) -> None:
    came(cap(area=CITY.replace("410400000000", "410403001000")))
    assert holding() == holding(scope=SUBDISTRICT) == [ALERT]
    assert holding(scope=OTHER_SUBDISTRICT) == []


def border(code: str, west: float) -> None:
    box = Polygon.from_bbox((west, 33.7, west + 0.05, 33.8))
    Area.objects.filter(pk=code).update(border=MultiPolygon(box, srid=4326))


def test_a_polygon_is_matched_with_our_borders_and_counts_where_none_is_known(cast: Cast) -> None:
    east = "<areaDesc>东</areaDesc><polygon>33.71,113.36 33.71,113.37 33.75,113.37 33.75,113.36 33.71,113.36</polygon>"
    unknown = came(cap({"identifier": "a"}, area=east))
    assert [each["code"] for each in unknown.findings] == ["cap.border_unknown"]
    assert holding() == ["a"]
    border(SUBDISTRICT, 113.30)
    border(OTHER_SUBDISTRICT, 113.35)
    matched = came(cap({"identifier": "b"}, {"description": "x"}, area=east))
    assert set(matched.areas.values_list("local_code", flat=True)) == {OTHER_SUBDISTRICT}
    far = "<areaDesc>远</areaDesc><circle>39.9,116.4 10</circle>"
    assert not came(cap({"identifier": "c"}, {"description": "y"}, area=far)).areas.exclude(local_code="").exists()


def test_a_grave_warning_calls_the_duty_officer_and_the_leader_and_opens_a_consultation(cast: Cast) -> None:
    row = came(cap())
    called = {call.assignment.assignee: call.post for call in queries.calls_of(row)}
    assert set(called) == {cast.duty_officer, cast.leader}
    opened = Consultation.objects.get(warning=row)
    assert opened.due_at == NIGHT + timedelta(minutes=30)
    assert opened.assignment
    assert opened.assignment.assignee == cast.leader
    assert queries.consultations_open(EVERYWHERE, NIGHT)[0].title == str(row)


def test_what_was_received_stands_on_the_timeline_and_on_the_duty(cast: Cast) -> None:
    row = came(cap())
    came(cap({"identifier": "b"}, area=AWAY))
    came(cap({"identifier": "c", "status": "Test"}, {"headline": "【测试】暴雨红色预警"}))
    entry = TimelineEntry.objects.get(ref=f"warning:{row.pk}")
    assert (entry.at, entry.recorded_at) == (row.sent, NIGHT)
    assert TimelineEntry.objects.filter(ref__startswith="warning:").count() == 1
    page = f"/alerts/warnings/{row.uuid}/"
    opened = Consultation.objects.get().assignment
    assert opened
    assert {entry.url, *(assignment_subject(d) for d in (opened, queries.calls_of(row)[0].assignment))} == {page}


def test_blue_and_yellow_call_nobody(cast: Cast) -> None:
    came(cap(info={"severity": "Moderate", "headline": "发布暴雨黄色预警"}))
    assert not WarningCall.objects.exists()
    assert not Consultation.objects.exists()


def test_an_update_calls_again_only_when_it_is_graver(cast: Cast) -> None:
    orange = {"severity": "Severe", "headline": "发布暴雨橙色预警"}
    came(cap(info=orange))
    same = came(update("same", FIRST, severity="Severe", headline="继续发布暴雨橙色预警"))
    assert not same.calls.exists()
    of = f"{SENDER},same,2026-07-19T22:59:00+08:00"
    graver = came(update("red", of, at="2026-07-19T23:00:00+08:00", headline="发布暴雨红色预警"))
    assert graver.calls.count() == 2


def test_a_graver_update_ends_the_calls_before_it_and_only_where_it_calls_somebody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = came(cap(info={"severity": "Severe", "headline": "发布暴雨橙色预警"}))
    answered, waiting = (call.assignment for call in queries.calls_of(first))
    duties.acknowledge(assignment=answered, by=cast.duty_officer, now=NIGHT)
    came(update("same", FIRST, severity="Severe", headline="继续发布暴雨橙色预警"))
    assert state_of(waiting) == State.ASSIGNED
    of = f"{SENDER},same,2026-07-19T22:59:00+08:00"
    with monkeypatch.context() as patch:
        patch.setattr(import_module("alerts.actions.call_people"), "people_to_call", lambda *_: [])
        came(update("nobody", of, at="2026-07-19T23:00:00+08:00", headline="暴雨升级为红色预警"))
    assert state_of(waiting) == State.ASSIGNED
    graver = came(update("red", of, at="2026-07-19T23:00:00+08:00", headline="发布暴雨红色预警"))
    assert (state_of(answered), state_of(waiting)) == (State.VERIFIED, State.CANCELLED)
    assert {state_of(call.assignment) for call in queries.calls_of(graver)} == {State.ASSIGNED}
    anew = next(call.assignment for call in queries.calls_of(graver) if call.assignment.assignee == waiting.assignee)
    withdrawn, given = (duty.events.exclude(broadcast=None).latest("pk").broadcast_id or 0 for duty in (waiting, anew))
    assert withdrawn < given, "the call is the newest message on his telephone: his answer goes to it"
    assert not waiting.runs.filter(stopped_at__isnull=True).exists()


def state_of(duty: Assignment) -> str:
    return Assignment.objects.get(pk=duty.pk).state


def test_what_was_lifted_before_it_arrived_wakes_nobody(cast: Cast) -> None:
    came(lifting(FIRST))
    assert not came(cap()).calls.exists()


def test_an_answer_ends_the_call_and_a_lifting_ends_the_rest(cast: Cast) -> None:
    row = came(cap())
    mine, other = (call.assignment for call in queries.calls_of(row))
    duties.acknowledge(assignment=mine, by=cast.duty_officer, now=LATER)
    mine.refresh_from_db()
    assert mine.state == State.VERIFIED
    came(lifting(FIRST), now=LATER)
    other.refresh_from_db()
    assert other.state == State.CANCELLED
    assert Consultation.objects.get().held_at is None


def minutes(cast: Cast, row: ReceivedWarning, **changes: object) -> Consultation:
    how = {
        "attendees": "带班领导、值班员",
        "conclusion": "启动Ⅲ级响应",
        "decision": Decision.RESPONSE,
        "held_at": LATER,
    }
    given = {**how, **changes}
    return actions.record_consultation(warning=row, by=cast.duty_officer, now=NIGHT + timedelta(minutes=9), **given)  # type: ignore[arg-type]


def test_a_lifting_of_the_last_update_ends_the_calls_of_the_first(cast: Cast) -> None:
    first = came(cap(info={"severity": "Severe", "headline": "发布暴雨橙色预警"}))
    came(update("same", FIRST, severity="Severe", headline="继续发布暴雨橙色预警"))
    came(lifting(f"{SENDER},same,2026-07-19T22:59:00+08:00"), now=LATER)
    assert {state_of(call.assignment) for call in queries.calls_of(first)} == {State.CANCELLED}


def test_the_minutes_of_a_consultation_are_recorded_once(cast: Cast) -> None:
    row = came(cap())
    kept = minutes(cast, row)
    assert kept.assignment
    kept.assignment.refresh_from_db()
    assert kept.assignment.state == State.VERIFIED
    assert kept.held_at == LATER
    assert queries.consultations_open(EVERYWHERE, NIGHT) == []
    with pytest.raises(Refused) as refused:
        minutes(cast, row)
    assert refused.value.code == "conflict.consultation"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"attendees": " "}, "warning.attendees"),
        ({"conclusion": ""}, "warning.conclusion"),
        ({"held_at": NIGHT + timedelta(minutes=10)}, "warning.in_future"),
        ({"held_at": NIGHT - timedelta(minutes=3)}, "warning.too_early"),
    ],
)
def test_minutes_that_cannot_be_right_are_refused(cast: Cast, changes: dict[str, object], code: str) -> None:
    row = came(cap())
    with pytest.raises(Refused) as refused:
        minutes(cast, row, **changes)
    assert refused.value.code == code
    assert Consultation.objects.get().held_at is None


def test_a_warning_nobody_was_called_for_can_be_consulted_on_too(cast: Cast) -> None:
    row = came(cap(info={"severity": "Minor", "headline": "发布暴雨蓝色预警"}))
    assert minutes(cast, row).assignment is None


def test_one_press_drafts_the_notice_that_quotes_issuer_and_time(cast: Cast) -> None:
    household()
    RelayText.objects.create(kind="rainstorm", level=1, caution="下穿桥会积水", measures="不要出门")
    row = came(cap())
    notice = actions.relay_warning(warning=row, by=cast.duty_officer, now=LATER)
    assert notice.state == NoticeState.DRAFT
    assert "平顶山市气象台" in notice.headline
    assert "22:58" in notice.headline
    assert (notice.kind, notice.level, notice.measures) == ("rainstorm", 1, "不要出门")
    assert notice.expires_at == row.expires_at
    assert actions.relay_warning(warning=row, by=cast.leader, now=LATER) == notice
    actions.discard(notice=notice, by=cast.duty_officer, now=LATER)
    assert actions.relay_warning(warning=row, by=cast.duty_officer, now=LATER) != notice


def test_only_what_holds_and_concerns_us_is_relayed(cast: Cast) -> None:
    household()
    row, away = came(cap()), came(cap({"identifier": "b"}, area=AWAY))
    with pytest.raises(Refused) as refused:
        actions.relay_warning(warning=away, by=cast.duty_officer, now=LATER)
    assert refused.value.code == "warning.not_ours"
    came(lifting(FIRST))
    with pytest.raises(Refused) as refused:
        actions.relay_warning(warning=row, by=cast.duty_officer, now=LATER)
    assert refused.value.code == "conflict.not_in_force"


def test_the_clocks_run_from_receipt_to_the_last_household(cast: Cast) -> None:
    home = household()
    row = came(cap())
    first = queries.calls_of(row)[0].assignment
    duties.acknowledge(assignment=first, by=cast.duty_officer, now=NIGHT + timedelta(minutes=1))
    draft = actions.relay_warning(warning=row, by=cast.duty_officer, now=LATER)
    actions.submit(notice=draft, by=cast.duty_officer, now=LATER)
    draft.refresh_from_db()
    notice = actions.approve(notice=draft, version=draft.version, by=cast.commander, now=LATER)

    def at() -> dict[WarningLeg, timedelta | None]:
        return {each.leg: each.after for each in queries.warning_clocks(row).legs}

    assert at()[WarningLeg.ANSWERED] == timedelta(minutes=1)
    assert at()[WarningLeg.DECIDED] == timedelta(minutes=5)
    assert at()[WarningLeg.TOLD] is None
    assert queries.warning_clocks(row).open_households == 1
    message_became(notice, home, Delivery.DELIVERED)
    notice.broadcast.deliveries.update(settled_at=NIGHT + timedelta(minutes=8))  # type: ignore[union-attr]
    assert at()[WarningLeg.TOLD] == timedelta(minutes=8)
    assert at()[WarningLeg.MANNED] is None


TYPED = Entry(
    issuer="平顶山市气象台", number="", event="暴雨", level=2, sent=NIGHT, starts_at=NIGHT,
    expires_at=NIGHT + timedelta(hours=3), area_codes=("410400",), area_name="平顶山市",
    text="发布暴雨橙色预警信号。注意防范。",
)  # fmt: skip


def test_a_warning_from_a_fax_is_typed_in_and_lifted_by_hand(cast: Cast) -> None:
    row = actions.enter_warning(entry=TYPED, by=cast.duty_officer, now=NIGHT).warning
    assert (row.issuer, row.level, row.source, row.received_by) == ("平顶山市气象台", 2, "form", cast.duty_officer)
    assert row.calls.count() == 2
    assert not actions.enter_warning(entry=TYPED, by=cast.leader, now=NIGHT).is_new
    over = replace(TYPED, sent=LATER, starts_at=LATER, text="解除暴雨橙色预警信号。", refers_to=row, is_lifting=True)
    actions.enter_warning(entry=over, by=cast.duty_officer, now=LATER)
    assert holding() == []
    assert [each.warning for each in queries.lifted(LATER, EVERYWHERE)] == [row]


def test_what_is_typed_keeps_the_rules_of_a_file(cast: Cast) -> None:
    with pytest.raises(WarningRefused) as refused:
        actions.enter_warning(
            entry=replace(TYPED, expires_at=NIGHT - timedelta(minutes=1)), by=cast.duty_officer, now=NIGHT
        )
    assert refused.value.code == "cap.before_sent"


def test_what_is_played_in_a_drill_calls_in_the_drill_and_holds_nowhere_else(cast: Cast) -> None:
    drill = uuid4()
    row = came(cap({"status": "Exercise", "note": "x"}, {"headline": "【演练】暴雨红色预警"}), exercise=drill)
    assert {call.assignment.exercise for call in queries.calls_of(row)} == {drill}
    assert holding() == []
    assert [each.warning for each in queries.shown_in_force(LATER, EVERYWHERE, exercise=drill)] == [row]
    assert came(cap()).exercise is None
