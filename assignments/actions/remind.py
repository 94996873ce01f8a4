"""Reminds those who are late, and tells their superiors when reminding did not help."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied

from accounts.models import User
from assignments import queries
from assignments.actions.notify import lane_of, notify, notify_people
from assignments.enums import OPEN, REMINDED, TOLD, Means, Objection, Verb
from assignments.models import Assignment, AssignmentEvent
from assignments.rules import Kind, Reminder, reminder
from core.audit import act
from core.rules import SYSTEM, Refused
from messaging.models import Broadcast

BATCH = 500
ONE_PRESS = timedelta(minutes=1)


def remind_due(*, now: datetime) -> int:
    """Reminds of every duty whose time has come, at most BATCH a pass; returns how many.

    Rows another worker holds are his. A reminder moves `remind_at` forward in the transaction that sends it, so it is
    given once, and after a crash before commit it is given again by the next tick.
    """
    with act("assignments.assignment.remind", by=SYSTEM):
        rows = list(
            Assignment.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state__in=OPEN, remind_at__lte=now)
            .order_by("remind_at", "pk")[:BATCH]
        )
        if not rows:
            return 0
        kinds = queries.kinds()
        due: dict[tuple[object, ...], list[Assignment]] = defaultdict(list)
        steps: dict[int, Reminder] = {}
        for row in rows:
            kind = kinds.get(row.kind) or queries.kind(row.kind)
            steps[row.pk] = step = reminder(kind, row.reminders, now=now)
            row.remind_at, row.reminders, row.updated_at = step.next_at, min(step.number, 32000), now
            due[step.level, row.exercise, kind.urgent].append(row)
        Assignment.objects.bulk_update(rows, ["remind_at", "reminders", "updated_at"])
        events = []
        for (level, _exercise, _urgent), late in due.items():
            kind = kinds.get(late[0].kind) or queries.kind(late[0].kind)
            names: dict[str, str] = {}
            if level == 0:
                verb, broadcast = Verb.REMIND, _remind(late, kind, now)
            else:
                above = queries.superiors({row.area_code for row in late}, steps[late[0].pk].level, now)
                verb, broadcast = Verb.ESCALATE, _tell_superiors(late, above, kind, now)
                names = {code: "、".join(people.values()) for code, people in above.items()}
            events += [_event(row, verb, steps[row.pk], names.get(row.area_code, ""), broadcast, now) for row in late]
        AssignmentEvent.objects.bulk_create(events)
    return len(rows)


def remind(*, assignment: Assignment, by: User, now: datetime) -> Assignment:
    """催办 by hand: tells the assignee now. The automatic reminders start counting from here, so none doubles it.

    A second press within a minute sends nothing. Raises Refused when the duty is not open.
    """
    with act("assignments.assignment.remind", by=by.actor):
        row = Assignment.objects.select_for_update().get(pk=assignment.pk)
        if not by.scope_for("assignments.verify").covers(row.area_code):
            raise PermissionDenied(Verb.REMIND)
        if row.state not in OPEN:
            raise Refused(Objection.NOT_OPEN.value, Objection.NOT_OPEN.label)
        if row.events.filter(verb=Verb.REMIND, occurred_at__gt=now - ONE_PRESS).exists():
            return row
        kind = queries.kind(row.kind)
        row.remind_at = max(row.remind_at or now, now + timedelta(minutes=max(1, kind.remind_every_minutes)))
        row.save(update_fields=["remind_at", "updated_at"])
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


def _remind(late: list[Assignment], kind: Kind, now: datetime) -> Broadcast | None:
    key = f"assignment-remind:{late[0].pk}:{late[0].reminders}"
    return notify(REMINDED, late, by=SYSTEM, now=now, key=key, lane=lane_of(kind))


def _tell_superiors(
    late: list[Assignment], above: dict[str, dict[int, str]], kind: Kind, now: datetime
) -> Broadcast | None:
    """One message each to the superiors of these areas, however many of their duties are late."""
    told: dict[int, list[Assignment]] = defaultdict(list)
    for row in late:
        for person in above.get(row.area_code, {}):
            told[person].append(row)
    if not told:
        return None
    key = f"assignment-remind:{late[0].pk}:{late[0].reminders}"
    return notify_people(TOLD, told, by=SYSTEM, now=now, key=key, lane=lane_of(kind))


def _event(
    row: Assignment, verb: Verb, step: Reminder, names: str, broadcast: Broadcast | None, now: datetime
) -> AssignmentEvent:
    return AssignmentEvent(
        assignment=row,
        verb=verb,
        means=Means.SYSTEM,
        by_name=SYSTEM.name,
        occurred_at=now,
        recorded_at=now,
        note=f"{step.number} {names}".strip()[:500],
        broadcast=broadcast,
    )
