"""What a person does about somebody who is silent: reminds him by hand, or has the ladder stop."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied

from accounts.models import User
from assignments import queries, rules
from assignments.actions.notify import lane_of, notify
from assignments.actions.runs import put_off, stop
from assignments.enums import OPEN, REMINDED, Means, Objection, Stopped, Verb
from assignments.models import Assignment, AssignmentEvent
from core.audit import act
from core.rules import Refused

ONE_PRESS = timedelta(minutes=1)


def remind(*, assignment: Assignment, by: User, now: datetime) -> Assignment:
    """催办 by hand: tells the assignee now. The ladder counts its pause from here, so none doubles it.

    A second press within a minute sends nothing. Raises Refused when the duty is not open.
    """
    with act("assignments.assignment.remind", by=by.actor):
        row = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
        if not by.scope_for("assignments.verify").covers(row.area_code):
            raise PermissionDenied(Verb.REMIND)
        if row.state not in OPEN:
            raise Refused(Objection.NOT_OPEN.value, Objection.NOT_OPEN.label)
        if row.events.filter(verb=Verb.REMIND, occurred_at__gt=now - ONE_PRESS).exists():
            return row
        kind = queries.kind(row.kind)
        put_off(row, now + kind.policy.first_wait)
        key = f"assignment-remind:{row.pk}:{now.isoformat()}"
        broadcast = notify(REMINDED, [row], by=by.actor, now=now, key=key, lane=lane_of(kind))
        AssignmentEvent.objects.create(
            assignment=row,
            verb=Verb.REMIND,
            means=Means.PAGE,
            by=by,
            by_name=by.name,
            occurred_at=now,
            recorded_at=now,
            broadcast=broadcast,
        )
    return row


def silence(*, assignment: Assignment, by: User, now: datetime, note: str) -> Assignment:
    """停止催叫: nobody is told of this duty any more, for a reason that stands in its history. The duty stays open.

    Raises Refused without a reason, when the duty is not open, or when its ladder has ended.
    """
    if not note.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="note")
    with act("assignments.assignment.silence", by=by.actor):
        row = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
        if not rules.may(Verb.HAND_OVER, queries.standing(by, row), needs_verification=row.needs_verification):
            raise PermissionDenied(Verb.SILENCE)
        if not row.runs.filter(stopped_at__isnull=True).exists():
            raise Refused(Objection.SILENT_ALREADY.value, Objection.SILENT_ALREADY.label)
        stop([row], Stopped.SILENCED, now=now)
        AssignmentEvent.objects.create(
            assignment=row,
            verb=Verb.SILENCE,
            means=Means.PAGE,
            by=by,
            by_name=by.name,
            occurred_at=now,
            recorded_at=now,
            note=note.strip()[:500],
        )
    return row
