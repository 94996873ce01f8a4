"""Duties and answers that concern dangers, calls for help and closures."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from alerts.enums import Via
from alerts.models import AudienceHousehold
from alerts.signals import help_asked, help_closed
from assignments.enums import Means, Verb
from assignments.models import Assignment
from assignments.signals import assignment_changed
from command.actions import closing, closure, danger
from command.actions import help as calls
from command.enums.dangers import DangerVerb
from command.models import Danger, HelpRequest
from command.rules.closure import TICK_KINDS

TICKS = {kind.name for kind in TICK_KINDS.values()}
TAKEN = (Verb.ACKNOWLEDGE, Verb.START, Verb.REPORT)


@receiver(assignment_changed)
def duty_moved(sender: Any, verb: Verb, assignment: Assignment, by: User | None, now: datetime, **kwargs: Any) -> None:
    """What whoever was sent says of his duty moves the clocks of what it belongs to."""
    if assignment.kind in TICKS and verb == Verb.REPORT:
        closing.take_tick(assignment=assignment, by=by, now=now, means=kwargs.get("means", Means.PAGE))
    concerned = {"danger": _danger, "danger_receipt": _receipt, "help": _help, "closure": _closure}
    if assignment.kind in concerned:
        concerned[assignment.kind](verb, assignment, by or assignment.assignee, now)


def _danger(verb: Verb, duty: Assignment, by: User | None, now: datetime) -> None:
    row = Danger.objects.filter(assignment=duty, closed_at__isnull=True).first()
    if row is None or verb not in (Verb.START, Verb.REPORT):
        return
    if duty.started_at:
        danger.step_danger(danger=row, verb=DangerVerb.ARRIVE, by=by, now=now, occurred_at=_since(row, duty.started_at))
    if verb == Verb.REPORT and duty.reported_at:
        at = _since(row, duty.reported_at)
        danger.step_danger(danger=row, verb=DangerVerb.CONTROL, by=by, now=now, occurred_at=at)


def _since(row: Danger, at: datetime) -> datetime:
    return max(at, row.found_at)


def _receipt(verb: Verb, duty: Assignment, by: User | None, now: datetime) -> None:
    row = Danger.objects.filter(receipt=duty, closed_at__isnull=True).first()
    if row is not None and verb in TAKEN and row.acknowledged_at is None:
        danger.acknowledge_danger(danger=row, by=by, now=now, occurred_at=duty.acknowledged_at)


def _help(verb: Verb, duty: Assignment, by: User | None, now: datetime) -> None:
    row = HelpRequest.objects.filter(assignment=duty, closed_at__isnull=True).first()
    if row is not None and verb == Verb.REPORT and duty.reported_at:
        calls.helper_reported(request=row, by=by, name=duty.assignee_name, at=duty.reported_at, now=now)


def _closure(verb: Verb, duty: Assignment, by: User | None, now: datetime) -> None:
    if verb == Verb.ACKNOWLEDGE:
        closure.end_notice(duty=duty, by=by, now=now)


@receiver(help_asked)
def take_cry(
    sender: Any,
    audience: AudienceHousehold,
    via: Via,
    at: datetime,
    now: datetime,
    by: User | None,
    spoke: User | None,
    text: str,
    **kwargs: Any,
) -> None:
    """A household of a notice asks for help."""
    calls.help_of_answer(audience=audience, via=via, at=at, now=now, by=by, spoke=spoke, text=text)


@receiver(help_closed)
def end_cry(sender: Any, audience: AudienceHousehold, note: str, by: User, now: datetime, **kwargs: Any) -> None:
    """Its cry was closed under the notice."""
    calls.help_closed_elsewhere(audience=audience, note=note, by=by, now=now)
