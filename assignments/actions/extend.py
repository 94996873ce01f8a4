"""Gives more time for a duty."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from accounts.models import User
from assignments import queries, rules
from assignments.actions.runs import wait_longer
from assignments.actions.work import Word, locked, record
from assignments.enums import OPEN, Objection, Verb
from assignments.models import Assignment
from assignments.signals import assignment_changed
from core.audit import act
from core.rules import Refused


def extend(*, assignment: Assignment, due_at: datetime, by: User, now: datetime, note: str) -> Assignment:
    """展期: the duty is due later, for a reason; its ladder waits as long. Never granted by whoever does the work.

    Raises Refused without a reason, when the duty is not open, or when the new time is not later.
    """
    if not note.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="note")
    with act("assignments.assignment.extend", by=by.actor):
        row = locked(assignment)
        who = queries.standing(by, row)
        if who.verifies and rules.is_doer(who):
            raise Refused(Objection.OWN_EXTENSION.value, Objection.OWN_EXTENSION.label)
        if not who.verifies:
            raise PermissionDenied(Verb.EXTEND)
        if row.state not in OPEN:
            raise Refused(Objection.NOT_OPEN.value, Objection.NOT_OPEN.label)
        if due_at <= max(row.due_at, now):
            raise Refused(Objection.LATER_WANTED.value, Objection.LATER_WANTED.label, field="due_at")
        row.due_at = due_at
        row.save(update_fields=["due_at", "updated_at"])
        wait_longer(row, now=now)
        record(row, Verb.EXTEND, by=by, by_name=by.name, word=Word(now, note=note))
        assignment_changed.send(Assignment, verb=Verb.EXTEND, assignment=row, by=by, now=now)
    return row
