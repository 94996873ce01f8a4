"""What an answer to a duty of this app sets going."""

from datetime import datetime

from accounts.models import User
from assignments.enums import Verb
from assignments.models import Assignment
from core.audit import act
from core.rules import SYSTEM
from dutyroster.actions.check_in import check_in
from dutyroster.actions.plans import override
from dutyroster.actions.roll_call import answered, cannot_answer
from dutyroster.actions.stand_in import deputy_coming, pass_over, take_over
from dutyroster.models import RollCallTarget, ShiftDuty, StandIn
from dutyroster.rules.attendance import STAND_IN, TAKE_POST

THERE = (Verb.START, Verb.REPORT)


def heard(
    *,
    assignment: Assignment,
    verb: Verb,
    by: User | None,
    now: datetime,
    occurred_at: datetime,
    means: str,
    note: str = "",
) -> None:
    """Takes an acknowledgement, arrival, report or refusal for what it means to the shift behind the duty."""
    with act("dutyroster.duty.answer", by=by.actor if by else SYSTEM):
        if assignment.kind == TAKE_POST.name:
            _of_post(assignment, verb, by, now, occurred_at, means)
        elif assignment.kind == STAND_IN.name:
            _of_deputy(assignment, verb, by, now, means)
        else:
            _of_roll_call(assignment, verb, by, now, note)


def _of_post(
    assignment: Assignment, verb: Verb, by: User | None, now: datetime, occurred_at: datetime, means: str
) -> None:
    duty = ShiftDuty.objects.filter(assignment=assignment).select_related("shift__superseded_by").first()
    if duty is None:
        return
    if verb == Verb.HAND_OVER:
        _pass_on(duty, assignment, by, now)
    elif verb in THERE:
        check_in(shift=duty.shift, by=by, now=now, occurred_at=occurred_at, means=means)


def _pass_on(duty: ShiftDuty, assignment: Assignment, by: User | None, now: datetime) -> None:
    """One press replaces a person: with the duty to be there the shift itself passes to whoever got it."""
    row, to = duty.shift, assignment.assignee
    if to is None or to.pk == row.person_id or row.ends <= now:
        return
    if row.superseded_at is None:
        duty.shift = override(shift=row, person=to, by=by, now=now)
    elif row.superseded_by is not None and row.superseded_by.person_id == to.pk:
        duty.shift = row.superseded_by
    duty.save(update_fields=["shift"])


def _of_deputy(assignment: Assignment, verb: Verb, by: User | None, now: datetime, means: str) -> None:
    called = StandIn.objects.filter(assignment=assignment).select_related("shift__post", "shift__person").first()
    if called is None:
        return
    if verb == Verb.ACKNOWLEDGE:
        deputy_coming(stand_in=called, now=now)
    elif verb in THERE:
        take_over(stand_in=called, by=by, now=now, means=means)
    elif verb == Verb.DECLINE:
        pass_over(stand_in=called, now=now)


def _of_roll_call(assignment: Assignment, verb: Verb, by: User | None, now: datetime, note: str) -> None:
    target = RollCallTarget.objects.filter(assignment=assignment).first()
    if target is None:
        return
    if verb in (Verb.ACKNOWLEDGE, *THERE):
        answered(target=target, by=by, now=now)
    elif verb == Verb.DECLINE:
        cannot_answer(target=target, now=now, note=note)
