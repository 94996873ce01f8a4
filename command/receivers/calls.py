"""What people do with the command's duties."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from assignments.enums import Means, Verb
from assignments.models import Assignment
from assignments.signals import assignment_changed
from command import actions, rules


@receiver(assignment_changed)
def take_in(sender: Any, verb: Verb, assignment: Assignment, by: User | None, now: datetime, **kwargs: Any) -> None:
    """Answers close calls; results of orders and plan tasks stand on the timeline."""
    if verb == Verb.ASK_SUPPORT or (verb == Verb.ACKNOWLEDGE and assignment.support_asked_at):
        actions.note_support(assignment=assignment, by=by, now=now)
    if assignment.kind == rules.CALL_OUT.name and verb in (Verb.ACKNOWLEDGE, Verb.START):
        actions.take_answer(assignment=assignment, by=by, now=now, means=kwargs.get("means", Means.PAGE))
    elif assignment.kind in (rules.ORDER.name, rules.PLAN_TASK.name):
        actions.note_result(assignment=assignment, verb=verb, by=by, now=now)
