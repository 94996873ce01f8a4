"""Injects go out once, on time, to those who take part; stopping takes back what is open."""

from datetime import datetime, timedelta

import pytest
from django.db import InternalError, transaction

from assignments import actions as duties
from assignments.enums import State
from assignments.models import Assignment
from core.rules import Refused
from drills import actions, queries
from drills.enums import ClockState, FindingKind, InjectKind, Outcome, PlanState, Receiver, RunVerb
from drills.models import DrillRun, FiredInject, RunEvent
from drills.rules import IMPROVEMENT
from messaging.enums import State as Delivered
from messaging.models import Delivery, Enlisted
from tests.casts import NIGHT, Cast
from tests.drills.situations import inject, plan, started

pytestmark = pytest.mark.django_db


def at(minutes: float) -> datetime:
    return NIGHT + timedelta(minutes=minutes)


def of_exercise(run: DrillRun) -> list[Assignment]:
    return list(Assignment.objects.filter(exercise=run.uuid).order_by("pk"))


def test_an_inject_goes_out_once_however_often_the_clock_ticks(cast: Cast) -> None:
    run = started(cast)
    assert [actions.fire_due(now=at(0)), actions.fire_due(now=at(0)), actions.fire_due(now=at(9))] == [1, 0, 0]
    assert actions.fire_due(now=at(10)) == 1
    assert [row.inject.number for row in run.fired.order_by("pk")] == [1, 2]
    assert {duty.assignee for duty in of_exercise(run)} == {cast.subdistrict_officer}
    assert of_exercise(run)[0].acknowledge_by == at(5)


def test_only_those_who_take_part_are_given_duties_and_enlisted(cast: Cast) -> None:
    run = started(cast)
    actions.fire_due(now=at(0))
    assert not Assignment.objects.filter(assignee=cast.other_officer).exists()
    phones = set(Enlisted.objects.filter(exercise=run.uuid).values_list("contact_point__address", flat=True))
    assert phones == {cast.subdistrict_officer.phone}


def test_nothing_goes_out_in_a_pause_and_nothing_in_bulk_after_it(cast: Cast) -> None:
    run = started(cast, inject(1, 10), inject(2, 11), inject(3, 12))
    actions.turn_clock(run=run, verb=RunVerb.PAUSE, by=cast.duty_officer, now=at(9))
    assert actions.fire_due(now=at(200)) == 0
    actions.turn_clock(run=run, verb=RunVerb.RESUME, by=cast.duty_officer, now=at(200))
    assert [actions.fire_due(now=at(200 + minute)) for minute in (0.5, 1, 2, 3)] == [0, 1, 1, 1]


def test_after_the_platform_was_down_the_controller_is_asked(cast: Cast) -> None:
    run = started(cast, inject(1, 5), inject(2, 6), inject(3, 20))
    assert actions.fire_due(now=at(15)) == 0
    seen = queries.console(run, at(15))
    assert [one.inject.number for one in seen.asking] == [1, 2]
    first, second = (one.inject for one in seen.asking)
    actions.let_out(run=run, inject=first, by=cast.duty_officer, now=at(15))
    actions.skip(run=run, inject=second, by=cast.duty_officer, now=at(15), reason="已无意义")
    with pytest.raises(Refused) as refused:
        actions.let_out(run=run, inject=second, by=cast.leader, now=at(15))
    assert refused.value.code == "conflict.fired"
    seen = queries.console(run, at(16))
    assert (seen.asking, [one.inject.number for one in seen.waiting]) == ([], [3])
    assert len(of_exercise(run)) == 1


def test_an_inject_nobody_can_get_is_kept_with_its_reason_and_stops_nothing(cast: Cast) -> None:
    lonely = inject(1, 0, receiver=Receiver.PERSON, role="", person=cast.storekeeper)
    run = started(cast, lonely, inject(2, 0))
    assert actions.fire_due(now=at(0)) == 2
    by_number = {row.inject.number: row for row in run.fired.all()}
    assert by_number[1].fault
    assert not by_number[2].fault


def test_a_message_is_marked_and_leaves_for_enlisted_telephones_only(cast: Cast) -> None:
    told = inject(1, 0, kind=InjectKind.MESSAGE, text="雨强加大", expect_ack_minutes=None, expect_done_minutes=None)
    run = started(cast, told)
    actions.fire_due(now=at(0))
    fired = run.fired.get()
    assert fired.broadcast is not None
    assert fired.broadcast.exercise == run.uuid
    assert [row.contact_point.address for row in fired.broadcast.deliveries.all()] == [cast.subdistrict_officer.phone]


def test_stopping_takes_back_what_is_open_and_deletes_nothing(cast: Cast) -> None:
    run = started(cast, inject(1, 0), inject(2, 0, title="第二件"))
    actions.fire_due(now=at(0))
    done, still_open = of_exercise(run)
    duties.report(assignment=done, by=cast.subdistrict_officer, now=at(3))
    unsent = set(Delivery.objects.filter(broadcast__exercise=run.uuid).values_list("pk", flat=True))
    actions.turn_clock(run=run, verb=RunVerb.STOP, by=cast.duty_officer, now=at(4))
    assert [row.state for row in of_exercise(run)] == [State.VERIFIED, State.CANCELLED]
    assert still_open.pk == of_exercise(run)[1].pk
    assert set(Delivery.objects.filter(pk__in=unsent).values_list("state", flat=True)) == {Delivered.CANCELLED}
    assert actions.fire_due(now=at(30)) == 0
    assert queries.console(run, at(30)).state == ClockState.STOPPED
    with pytest.raises(Refused):
        actions.turn_clock(run=run, verb=RunVerb.RESUME, by=cast.duty_officer, now=at(31))


def test_stopping_touches_no_other_drill_and_nothing_real(cast: Cast) -> None:
    real = duties.assign(
        kind=IMPROVEMENT, title="真", area_code="410403", assignee=cast.subdistrict_officer,
        issued_by=cast.duty_officer, now=NIGHT,
    )  # fmt: skip
    one, other = started(cast), started(cast)
    actions.fire_due(now=at(0))
    actions.turn_clock(run=one, verb=RunVerb.STOP, by=cast.duty_officer, now=at(1))
    real.refresh_from_db()
    assert real.state == State.ASSIGNED
    assert {row.state for row in of_exercise(other)} == {State.ASSIGNED}


def test_the_clock_and_what_went_out_cannot_be_rewritten(cast: Cast) -> None:
    started(cast)
    actions.fire_due(now=at(0))
    for rows, change in ((RunEvent.objects.all(), {"at": at(5)}), (FiredInject.objects.all(), {"fault": "x"})):
        with pytest.raises(InternalError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(InternalError), transaction.atomic():
            rows._raw_delete(rows.db)


def test_expectations_are_measured_from_the_times_of_duties(cast: Cast) -> None:
    run = started(cast, inject(1, 0), inject(2, 1, objective="十分钟内叫应"))
    actions.fire_due(now=at(0))
    actions.fire_due(now=at(1))
    first, second = of_exercise(run)
    duties.acknowledge(assignment=first, by=cast.subdistrict_officer, now=at(4))
    duties.report(assignment=first, by=cast.subdistrict_officer, now=at(20))
    duties.acknowledge(assignment=second, by=cast.subdistrict_officer, now=at(9))
    actions.turn_clock(run=run, verb=RunVerb.STOP, by=cast.duty_officer, now=at(40))
    seen = queries.review(run, at(50))
    assert seen.counted == {Outcome.MET: 2, Outcome.LATE: 1, Outcome.MISSED: 1, Outcome.OPEN: 0}
    assert (seen.percent, seen.lasted) == (50, timedelta(minutes=40))
    assert next((goal.text, goal.met, goal.measured) for goal in seen.goals) == ("十分钟内叫应", 0, 2)


def test_what_is_to_be_mended_becomes_a_real_duty_that_another_verifies(cast: Cast) -> None:
    run = started(cast)
    found = actions.note_finding(run=run, kind=FindingKind.MEND, text="备用电话打不通", by=cast.duty_officer)
    ordered = actions.order_improvement(
        finding=found, assignee=cast.storekeeper, due_at=at(7 * 24 * 60), by=cast.duty_officer, now=at(60)
    )
    assert ordered.assignment is not None
    assert (ordered.assignment.exercise, ordered.assignment.needs_verification) == (None, True)
    with pytest.raises(Refused) as refused:
        actions.order_improvement(
            finding=found, assignee=cast.storekeeper, due_at=at(7 * 24 * 60), by=cast.leader, now=at(61)
        )
    assert refused.value.code == "conflict.item_given"
    actions.turn_clock(run=run, verb=RunVerb.STOP, by=cast.duty_officer, now=at(62))
    ordered.assignment.refresh_from_db()
    assert ordered.assignment.state == State.ASSIGNED


def test_a_plan_that_was_run_stays_as_it_was_and_its_copy_can_be_changed(cast: Cast) -> None:
    row = plan(cast)
    actions.make_run(plan=row, people=[cast.leader], by=cast.duty_officer)
    with pytest.raises(Refused) as refused:
        actions.save_inject(plan=row, content=inject(9, 90), by=cast.duty_officer)
    assert refused.value.code == "conflict.plan_ran"
    copied = actions.copy_plan(plan=row, by=cast.duty_officer)
    actions.save_inject(plan=copied, content=inject(9, 90), by=cast.duty_officer)
    assert (copied.state, copied.injects.count(), row.injects.count()) == (PlanState.DRAFT, 3, 2)
    with pytest.raises(Refused):
        actions.make_run(plan=copied, people=[cast.leader], by=cast.duty_officer)


def test_a_running_drill_is_handed_over_with_the_shift(cast: Cast) -> None:
    run = started(cast)
    (item,) = queries.open_items(cast.duty_officer.scope, at(1))
    assert item.title.startswith(("【演练】", "[Exercise]"))
    actions.turn_clock(run=run, verb=RunVerb.STOP, by=cast.duty_officer, now=at(2))
    assert queries.open_items(cast.duty_officer.scope, at(3)) == []
