"""Duties from giving to closing, with the database as referee."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import replace_person
from accounts.signals import person_replaced
from assignments import actions, queries
from assignments.enums import OPEN, Means, State, Verb
from assignments.models import Assignment, AssignmentEvent
from core.rules import Refused
from messaging.enums import Lane
from messaging.models import Broadcast, Delivery
from territory.rules import scope_of
from tests import factories
from tests.assignments.conftest import CLOSING, ERRAND
from tests.casts import DISTRICT, GRID, GRIDS, OTHER_GRID, Cast, make_areas, make_cast

Give = Callable[..., Assignment]
MINUTE = timedelta(minutes=1)


def verbs_of(duty: Assignment) -> list[str]:
    return list(duty.events.order_by("pk").values_list("verb", flat=True))


def climbed(duty: Assignment) -> bool:
    """True while a ladder of this duty knows its next step."""
    return duty.runs.filter(next_due_at__isnull=False).exists()


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What stands inside is refused with this code."""
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.code == code


def test_a_duty_goes_from_giving_to_verification_by_another_person(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()
    duty = actions.acknowledge(assignment=duty, by=cast.grid_worker, now=now + 4 * MINUTE)
    duty = actions.start(assignment=duty, by=cast.grid_worker, now=now + 15 * MINUTE)
    duty = actions.report(assignment=duty, by=cast.grid_worker, now=now + 40 * MINUTE, note="已封控")
    assert (duty.state, duty.reported_by) == (State.REPORTED, cast.grid_worker)
    duty = actions.verify(assignment=duty, by=cast.subdistrict_officer, now=now + 50 * MINUTE)
    assert (duty.state, duty.verified_by, climbed(duty)) == (State.VERIFIED, cast.subdistrict_officer, False)
    assert verbs_of(duty) == ["assign", "acknowledge", "start", "report", "verify"]


def test_what_was_taken_for_done_is_in_hand_again_and_the_one_above_hears_first(give: Give, cast: Cast) -> None:
    duty = give(kind=ERRAND)
    with refused("conflict.already"):
        actions.reopen(assignment=duty, by=cast.grid_worker, now=duty.issued_at, note="挡水板倒了")
    later = duty.issued_at + 5 * MINUTE
    actions.report(assignment=duty, by=cast.grid_worker, now=later)
    duty = actions.reopen(assignment=duty, by=None, now=later, note="挡水板倒了")
    assert (duty.state, duty.reported_at, duty.verified_at) == (State.DOING, None, None)
    assert verbs_of(duty) == ["assign", "report", "reopen"]
    run = duty.runs.get(stopped_at=None)
    assert (run.step_no, run.next_due_at) == (queries.kind(duty.kind).policy.first_above, later)
    actions.report(assignment=duty, by=cast.grid_worker, now=later + MINUTE)
    assert verbs_of(duty)[-1] == "report"
    assert not climbed(duty)


def test_the_grid_worker_is_told_once_with_his_own_link(give: Give, cast: Cast, bells: list[str]) -> None:
    first, again = give(key="bridge"), give(key="bridge")
    assert first == again
    delivery = Delivery.objects.get()
    point = cast.grid_worker.contacts.get().contact_point_id
    assert (delivery.contact_point_id, (delivery.params or {})["title"]) == (point, "封控新华路下穿桥")
    assert (delivery.params or {})["link"].endswith(queries.link_path(first))
    assert first.events.get().broadcast_id == delivery.broadcast_id
    assert "messaging.tasks.send_alarm" in bells


def test_a_hundred_duties_cost_no_more_statements_than_two(cast: Cast, now: datetime) -> None:
    def cost(keys: range) -> int:
        duties = [
            actions.Duty(
                f"入户 {key}",
                GRIDS[key % 3],
                assignee=cast.grid_worker if key % 2 else cast.other_worker,
                key=f"d{key}",
            )
            for key in keys
        ]
        with CaptureQueriesContext(
            connection,
        ) as caught:
            actions.assign_many(duties, kind=CLOSING, issued_by=cast.duty_officer, now=now)
        return len([row for row in caught if "SAVEPOINT" not in row["sql"]])

    two, hundred = cost(range(2)), cost(range(2, 102))
    assert hundred == two
    assert hundred <= 13
    assert Broadcast.objects.count() == 2
    assert Delivery.objects.count() == 4  # one message a telephone, however many duties


def test_whoever_has_no_account_is_reached_at_his_number(give: Give, cast: Cast) -> None:
    point = cast.outsider.contacts.get().contact_point
    duty = give(assignee=None, contact_point=point, assignee_name="车库业主")
    assert Delivery.objects.get().contact_point_id == point.pk
    done = actions.answer_by_link(assignment=duty, verb=Verb.START, now=duty.issued_at + MINUTE)
    event = done.events.last()
    assert event is not None
    assert (done.state, event.by, event.by_name, event.means) == (State.DOING, None, "车库业主", Means.LINK)


def test_a_duty_without_receiver_is_refused(give: Give) -> None:
    with refused("assignment.no_receiver"):
        give(assignee=None)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("member", ["other_officer", "other_worker", "outsider", "auditor", "administrator"])
def test_nobody_outside_acts_on_the_duty(give: Give, cast: Cast, now: datetime, member: str) -> None:
    for verb in actions.OWN_VERBS.values():
        with pytest.raises(PermissionDenied):
            verb(assignment=give(), by=getattr(cast, member), now=now, note="x")


def test_the_one_who_reported_for_another_cannot_verify_it(give: Give, cast: Cast, now: datetime) -> None:
    duty = actions.report(assignment=give(), by=cast.subdistrict_officer, now=now + MINUTE)
    with refused("assignment.same_person"):
        actions.verify(assignment=duty, by=cast.subdistrict_officer, now=now + 2 * MINUTE)
    assert actions.verify(assignment=duty, by=cast.duty_officer, now=now + 2 * MINUTE).state == State.VERIFIED


def test_a_supervisor_records_what_was_said_by_telephone_with_both_times(give: Give, cast: Cast, now: datetime) -> None:
    duty = actions.acknowledge(
        assignment=give(), by=cast.subdistrict_officer, now=now + 20 * MINUTE, occurred_at=now + 3 * MINUTE
    )
    event = duty.events.get(verb=Verb.ACKNOWLEDGE)
    assert duty.acknowledged_at == now + 3 * MINUTE
    assert (event.means, event.on_behalf_of, event.by) == (Means.PHONE_CALL, "东安路网格员", cast.subdistrict_officer)
    assert (event.occurred_at, event.recorded_at) == (now + 3 * MINUTE, now + 20 * MINUTE)
    assert next(line for line in queries.told(duty) if line.event == event).typed_later


def test_a_second_tap_changes_nothing_and_another_person_is_told(give: Give, cast: Cast, now: datetime) -> None:
    duty = give(kind=ERRAND)
    for _tap in range(2):
        done = actions.report(assignment=duty, by=cast.grid_worker, now=now + MINUTE)
        assert done.state == State.VERIFIED
    assert verbs_of(done) == ["assign", "report"]
    with refused("conflict.closed"):
        actions.report(assignment=duty, by=cast.subdistrict_officer, now=now + MINUTE)


def test_work_sent_back_is_done_again(give: Give, cast: Cast, now: datetime) -> None:
    duty = actions.report(assignment=give(), by=cast.grid_worker, now=now + MINUTE)
    with refused("assignment.reason_wanted"):
        actions.send_back(assignment=duty, by=cast.duty_officer, now=now, note=" ")
    duty = actions.send_back(assignment=duty, by=cast.duty_officer, now=now + 2 * MINUTE, note="警示牌没有摆")
    assert (duty.state, duty.reported_at) == (State.RETURNED, None)
    duty = actions.report(assignment=duty, by=cast.grid_worker, now=now + 9 * MINUTE)
    assert duty.state == State.REPORTED
    assert Broadcast.objects.filter(key__startswith="assignment-send_back").count() == 1


def test_the_owners_records_close_a_duty_whoever_did_it(give: Give, cast: Cast, now: datetime) -> None:
    done = actions.fulfil(assignment=give(kind=ERRAND), by=cast.other_worker, now=now + MINUTE)
    assert (done.state, done.reported_by) == (State.VERIFIED, cast.other_worker)


def test_one_press_replaces_a_person_and_moves_all_his_open_duties(give: Give, cast: Cast, now: datetime) -> None:
    first, second, closed, elsewhere = give(), give(), give(kind=ERRAND), give(area_code=OTHER_GRID)
    actions.report(assignment=closed, by=cast.grid_worker, now=now)
    link = queries.link_path(first).split("/")[-2]
    later = now + 5 * MINUTE
    with refused("assignment.successor"):
        actions.hand_over(assignment=first, to=cast.other_worker, by=cast.subdistrict_officer, now=later)
    moved = actions.hand_over(
        assignment=first, to=cast.subdistrict_officer, by=cast.subdistrict_officer, now=later, all_open=True
    )
    assert {duty.pk for duty in moved} == {first.pk, second.pk}
    fresh = Assignment.objects.get(pk=first.pk)
    assert (fresh.assignee, fresh.state, fresh.due_at) == (cast.subdistrict_officer, State.ASSIGNED, first.due_at)
    assert fresh.acknowledge_by == later + 10 * MINUTE
    assert fresh.events.latest("pk").note == "东安路网格员 → 东安路防汛专干"
    assert queries.assignment_by_token(link) is None
    assert Assignment.objects.get(pk=elsewhere.pk).assignee == cast.grid_worker
    with refused("conflict.closed"):
        actions.hand_over(assignment=closed, to=cast.grid_worker, by=cast.subdistrict_officer, now=later)


def test_whoever_replaces_a_person_owes_his_open_duties_there_and_is_told_once(
    give: Give, cast: Cast, now: datetime
) -> None:
    first, second, closed, elsewhere = give(), give(kind=ERRAND), give(kind=ERRAND), give(area_code=OTHER_GRID)
    exercise = give(exercise=uuid4())
    actions.report(assignment=closed, by=cast.grid_worker, now=now)
    link = queries.link_path(first).split("/")[-2]
    successor = replace_person(
        held=cast.grid_worker.roles_held.get(),
        name="接班人",
        phone="13811112222",
        by=cast.administrator,
        now=now + MINUTE,
    )
    assert set(successor.assignments.all()) == {first, second, exercise}
    assert set(cast.grid_worker.assignments.all()) == {closed, elsewhere}
    assert queries.assignment_by_token(link) is None
    events = AssignmentEvent.objects.filter(verb="hand_over")
    assert {event.note for event in events} == {"东安路网格员 → 接班人"}
    told = Delivery.objects.filter(contact_point__address="+8613811112222", lane=Lane.ALARM)
    assert {row.broadcast.exercise for row in told} == {None, exercise.exercise}
    assert told.count() == 2


def test_a_replacement_that_fails_leaves_the_duties_where_they_were(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()

    def fails(**told: object) -> None:
        raise RuntimeError

    person_replaced.connect(fails)
    try:
        with pytest.raises(RuntimeError):
            replace_person(
                held=cast.grid_worker.roles_held.get(),
                name="接班人",
                phone="13811112222",
                by=cast.administrator,
                now=now,
            )
    finally:
        person_replaced.disconnect(fails)
    assert Assignment.objects.get(pk=duty.pk).assignee == cast.grid_worker


def test_the_late_are_reminded_then_the_sub_district_then_the_duty_room(give: Give, cast: Cast, now: datetime) -> None:
    duty, heard = give(), []
    for minute in range(70):
        if actions.escalate_due(now=now + minute * MINUTE):
            newest = Broadcast.objects.latest("pk")
            heard.append(
                (
                    minute,
                    sorted(newest.deliveries.values_list("contact_point__person_contacts__user__username", flat=True)),
                )
            )
    assert heard == [
        (10, ["grid_worker"]),
        (25, ["grid_worker"]),
        (40, ["subdistrict_officer"]),
        (55, ["duty_officer"]),
    ]
    assert verbs_of(duty) == ["assign", "remind", "remind", "escalate", "escalate"]


def test_whoever_acknowledged_is_reminded_when_the_work_is_due(give: Give, cast: Cast, now: datetime) -> None:
    actions.acknowledge(assignment=give(), by=cast.grid_worker, now=now + MINUTE)
    assert actions.escalate_due(now=now + 59 * MINUTE) == 0
    assert actions.escalate_due(now=now + 60 * MINUTE) == 1
    assert actions.escalate_due(now=now + 60 * MINUTE) == 0


def test_the_superior_hears_at_once_of_what_cannot_be_done(give: Give, cast: Cast, now: datetime) -> None:
    duty = actions.decline(assignment=give(), by=cast.grid_worker, now=now + MINUTE, note="水太深")
    assert duty.state == State.RETURNED
    assert actions.escalate_due(now=now + MINUTE) == 1
    point = cast.subdistrict_officer.contacts.get().contact_point_id
    assert Broadcast.objects.latest("pk").deliveries.get().contact_point_id == point


def test_a_reminder_by_hand_goes_out_once_and_puts_the_next_one_off(give: Give, cast: Cast, now: datetime) -> None:
    duty = give(notify=False)
    for _press in range(2):
        actions.remind(assignment=duty, by=cast.subdistrict_officer, now=now + 9 * MINUTE)
    assert Delivery.objects.count() == 1
    assert actions.escalate_due(now=now + 23 * MINUTE) == 0
    assert actions.escalate_due(now=now + 24 * MINUTE) == 1
    with pytest.raises(PermissionDenied):
        actions.remind(assignment=duty, by=cast.other_officer, now=now)


def test_many_are_withdrawn_at_once_and_closed_ones_stay(give: Give, cast: Cast, now: datetime) -> None:
    duties = [give(notify=False) for _number in range(3)]
    closed = actions.fulfil(assignment=give(kind=ERRAND, notify=False), by=None, now=now)
    withdrawn = actions.cancel_many(assignments=[*duties, closed], by=None, now=now, note="预警解除")
    assert {duty.state for duty in withdrawn} == {State.CANCELLED}
    assert len(withdrawn) == 3
    assert Delivery.objects.count() == 1
    assert verbs_of(duties[0]) == ["assign", "cancel"]
    assert Assignment.objects.get(pk=closed.pk).state == State.VERIFIED


def test_many_late_duties_are_one_message_a_person(give: Give, cast: Cast, now: datetime) -> None:
    for _duty in range(3):
        give(notify=False)
    assert actions.escalate_due(now=now + 10 * MINUTE) == 3
    assert (Delivery.objects.get().params or {})["title"].startswith("封控新华路下穿桥")


def test_the_other_officer_sees_nothing_of_this_sub_district(give: Give, cast: Cast, now: datetime) -> None:
    give()
    own = cast.subdistrict_officer.scope_for("assignments.supervise")
    other = cast.other_officer.scope_for("assignments.supervise")
    late = now + 30 * MINUTE
    assert (queries.late(own, late).count(), queries.late(other, late).count()) == (1, 0)
    assert (queries.counts(own, late)["late"], queries.counts(other, late)["open"]) == (1, 0)
    assert not queries.visible(cast.other_officer).exists()
    assert not queries.supervised(other, late).exists()
    assert queries.visible(cast.grid_worker).count() == 1
    assert not queries.visible(cast.storekeeper).exists()


def test_lists_put_the_late_first_and_page_without_gap_or_double(give: Give, cast: Cast, now: datetime) -> None:
    late = [give(due_at=now + minute * MINUTE, notify=False) for minute in (9, 3, 3)]
    fine = [give(due_at=now + minute * MINUTE, notify=False) for minute in (90, 60)]
    at, after, seen = now + 9.5 * MINUTE, "", []
    while True:
        page = queries.paged(queries.my_duties(cast.grid_worker, at), after=after, size=2)
        seen += [row.pk for row in page.rows]
        after = page.after
        if not after:
            break
    assert seen == [row.pk for row in (late[1], late[2], late[0], fine[1], fine[0])]


def test_a_page_key_changed_by_hand_starts_from_the_beginning(give: Give, cast: Cast, now: datetime) -> None:
    give()
    for after in ("x", "0~yesterday~1", "0~~"):
        assert len(queries.paged(queries.my_duties(cast.grid_worker, now), after=after).rows) == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from([verb for verb in Verb if verb not in (Verb.ASSIGN, Verb.REMIND, Verb.ESCALATE, Verb.SILENCE)]),
        st.sampled_from(["grid_worker", "subdistrict_officer", "duty_officer", "other_officer"]),
        st.integers(-3, 10),
        st.integers(0, 8),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, verified=st.booleans())
def test_whatever_people_press_the_clocks_stay_in_order_and_the_events_tell_the_state(
    give: Give, cast: Cast, now: datetime, steps: list[tuple[Verb, str, int, int]], verified: bool
) -> None:
    duty, at = give(kind=CLOSING if verified else ERRAND, notify=False), now
    for verb, member, ahead, back in steps:
        at += max(ahead, 0) * MINUTE
        before = len(verbs_of(duty))
        changed = pressed(verb, duty, getattr(cast, member), cast, at, back)
        duty = Assignment.objects.get(pk=duty.pk)
        assert len(verbs_of(duty)) == before + (1 if changed else 0)
        times = [duty.issued_at, duty.acknowledged_at, duty.started_at, duty.reported_at, duty.verified_at]
        present = [time for time in times if time]
        assert present == sorted(present)
        assert all(time <= at for time in present)
        assert (duty.state in OPEN) == climbed(duty)
        if duty.verified_by_id and duty.needs_verification:
            assert duty.verified_by_id not in (duty.assignee_id, duty.reported_by_id)
    assert duty.state == told_by_events(duty)


def pressed(verb: Verb, duty: Assignment, by: Any, cast: Cast, at: datetime, back: int) -> bool:
    """True when it added a line to the history."""
    before = duty.events.count()
    try:
        if verb in actions.OWN_VERBS:
            actions.OWN_VERBS[verb](assignment=duty, by=by, now=at, occurred_at=at - back * MINUTE, note="x")
        elif verb == Verb.VERIFY:
            actions.verify(assignment=duty, by=by, now=at)
        elif verb == Verb.SEND_BACK:
            actions.send_back(assignment=duty, by=by, now=at, note="x")
        elif verb == Verb.CANCEL:
            actions.cancel(assignment=duty, by=by, now=at)
        else:
            actions.hand_over(assignment=duty, to=cast.grid_worker, by=by, now=at)
    except (Refused, PermissionDenied):
        assert duty.events.count() == before
        return False
    return duty.events.count() > before


def told_by_events(duty: Assignment) -> str:
    """The state that the history alone tells."""
    state = State.ASSIGNED
    for verb in verbs_of(duty):
        state = {
            Verb.ASSIGN: State.ASSIGNED,
            Verb.ACKNOWLEDGE: State.ACKNOWLEDGED,
            Verb.START: State.DOING,
            Verb.REPORT: State.REPORTED if duty.needs_verification else State.VERIFIED,
            Verb.DECLINE: State.RETURNED,
            Verb.VERIFY: State.VERIFIED,
            Verb.SEND_BACK: State.RETURNED,
            Verb.CANCEL: State.CANCELLED,
            Verb.HAND_OVER: State.ASSIGNED,
        }[Verb(verb)]
    return state


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Real connections: what one transaction holds, the other waits for or skips."""

    def test_two_press_the_same_button_and_one_is_told(self) -> None:
        make_areas()
        cast = make_cast()
        duty = a_duty(cast)
        actions.report(assignment=duty, by=cast.grid_worker, now=duty.issued_at)
        outcomes = together(
            lambda: actions.verify(assignment=duty, by=cast.subdistrict_officer, now=duty.issued_at + MINUTE),
            lambda: actions.verify(assignment=duty, by=cast.duty_officer, now=duty.issued_at + MINUTE),
        )
        codes = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
        assert codes == ["conflict.closed"]
        assert duty.events.filter(verb=Verb.VERIFY).count() == 1

    def test_two_workers_remind_once(self) -> None:
        make_areas()
        cast = make_cast()
        duties = [a_duty(cast) for _number in range(5)]
        at = duties[0].issued_at + 10 * MINUTE
        outcomes = together(*[lambda: actions.escalate_due(now=at)] * 4)
        assert sum(outcomes) == 5
        for duty in duties:
            assert duty.events.filter(verb=Verb.REMIND).count() == 1

    def test_the_same_key_given_twice_at_once_is_one_duty(self) -> None:
        make_areas()
        cast = make_cast()
        outcomes = together(*[lambda: a_duty(cast, key="once")] * 3)
        assert len({duty.pk for duty in outcomes}) == 1
        assert Assignment.objects.get().events.count() == 1
        assert Delivery.objects.count() == 1


def a_duty(cast: Cast, key: str | None = None) -> Assignment:
    return actions.assign(
        kind=CLOSING,
        title="封控",
        area_code=GRID,
        assignee=cast.grid_worker,
        issued_by=cast.duty_officer,
        now=datetime.fromisoformat("2026-07-19T15:00:00+00:00"),
        key=key,
    )


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Runs each in a thread of its own, all let go at once; what each returned or raised."""
    gate, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            outcomes.append(act())
        except Exception as error:  # the outcome is what the test looks at
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return outcomes


def test_the_count_of_what_is_open_says_what_the_count_of_everything_says(cast: Cast, now: datetime) -> None:
    for minutes in (-30, -1, 5):
        factories.duty(of=cast.grid_worker, now=now, minutes=minutes)
    factories.duty(of=cast.grid_worker, now=now, acknowledge_by=now - timedelta(minutes=2))
    factories.duty(of=cast.grid_worker, now=now, state=State.DOING, acknowledge_by=now - timedelta(minutes=2))
    factories.duty(of=cast.grid_worker, now=now, minutes=-9, state=State.CANCELLED)
    factories.duty(of=cast.grid_worker, now=now, minutes=-9, exercise=uuid4())
    factories.duty(of=cast.other_worker, now=now, minutes=-9, area_code=OTHER_GRID)
    for scope in (scope_of(GRID), scope_of(DISTRICT), scope_of(GRID, OTHER_GRID), scope_of()):
        whole = queries.counts(scope, now)
        assert queries.open_counts(scope, now) == {"open": whole["open"], "late": whole["late"]}
    assert queries.open_counts(scope_of(GRID), now) == {"open": 5, "late": 3}
