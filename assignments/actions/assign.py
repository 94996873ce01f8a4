"""Gives duties."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from assignments.actions.notify import Reached, lane_of, reach
from assignments.actions.notify import notify as told
from assignments.actions.runs import begin
from assignments.enums import GIVEN, Means, Objection, State, Verb
from assignments.models import Assignment, AssignmentEvent
from assignments.rules import Kind, deadlines
from core.audit import act
from core.rules import SYSTEM, Actor, Refused
from messaging.models import Broadcast
from territory.models import ContactPoint


@dataclass(frozen=True)
class Duty:
    """One duty to be given. `key` makes giving repeatable; `due_at` None takes the kind's own time."""

    title: str
    area_code: str
    body: str = ""
    assignee: User | None = None
    contact_point: ContactPoint | None = None
    assignee_name: str = ""
    due_at: datetime | None = None
    key: str | None = None


def assign(
    *,
    kind: Kind,
    title: str,
    body: str = "",
    area_code: str,
    assignee: User | None = None,
    contact_point: ContactPoint | None = None,
    assignee_name: str = "",
    issued_by: User | None,
    now: datetime,
    due_at: datetime | None = None,
    key: str | None = None,
    exercise: UUID | None = None,
    notify: bool = True,
) -> Assignment:
    """Gives one duty and tells its receiver by SMS. The same `key` returns the duty given before."""
    duty = Duty(title, area_code, body, assignee, contact_point, assignee_name, due_at, key)
    given = assign_many([duty], kind=kind, issued_by=issued_by, now=now, exercise=exercise, notify=notify)
    return given[0]


def assign_many(
    duties: Sequence[Duty],
    *,
    kind: Kind,
    issued_by: User | None,
    now: datetime,
    exercise: UUID | None = None,
    notify: bool = True,
) -> list[Assignment]:
    """Gives many duties of one kind at once, with one broadcast; answers in the order given.

    Duties whose key exists already are returned as they stand and nobody is told again. The number of statements does
    not depend on the number of duties. Raises Refused when a duty names no receiver.
    """
    if not duties:
        return []
    for place, duty in enumerate(duties):
        if duty.assignee is None and duty.contact_point is None:
            raise Refused(Objection.NO_RECEIVER.value, Objection.NO_RECEIVER.label, field=f"{place}.assignee")
    by = issued_by.actor if issued_by else SYSTEM
    keys = [duty.key for duty in duties if duty.key]
    with act("assignments.assignment.assign", by=by):
        known = set(Assignment.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
        fresh: dict[str | int, Assignment] = {}
        for place, duty in enumerate(duties):
            if duty.key not in known:
                fresh.setdefault(duty.key or place, _row(duty, kind, issued_by, now, exercise))
        # Two at once with the same keys: the second inserts nothing and reads below what the first has given.
        Assignment.objects.bulk_create(fresh.values(), ignore_conflicts=True)
        stored = {
            row.uuid: row
            for row in Assignment.objects.filter(uuid__in=[row.uuid for row in fresh.values()]).select_related(
                "assignee"
            )
        }
        given = [stored[row.uuid] for row in fresh.values() if row.uuid in stored]
        broadcast: Broadcast | None = None
        reached: dict[int, Reached] = {}
        if notify and given:
            reached = reach(given)
            broadcast = _tell(given, kind, reached, by=by, now=now)
        AssignmentEvent.objects.bulk_create(
            AssignmentEvent(
                assignment=row,
                verb=Verb.ASSIGN,
                means=Means.PAGE if issued_by else Means.SYSTEM,
                by=issued_by,
                by_name=by.name,
                occurred_at=now,
                recorded_at=now,
                broadcast=broadcast,
            )
            for row in given
        )
        if given:
            begin(given, kind, now=now, reached=reached, broadcast=broadcast)
        found = {row.key: row for row in Assignment.objects.filter(key__in=keys)} if keys else {}
        return [found[duty.key] if duty.key else stored[fresh[place].uuid] for place, duty in enumerate(duties)]


def _row(duty: Duty, kind: Kind, issued_by: User | None, now: datetime, exercise: UUID | None) -> Assignment:
    acknowledge_by, due_at = deadlines(kind, now=now, due_at=duty.due_at)
    return Assignment(
        key=duty.key,
        kind=kind.name,
        title=duty.title[:120],
        body=duty.body,
        area_code=duty.area_code,
        assignee=duty.assignee,
        assignee_name=duty.assignee_name or (duty.assignee.name if duty.assignee else ""),
        contact_point=duty.contact_point,
        issued_by=issued_by,
        state=State.ASSIGNED,
        issued_at=now,
        acknowledge_by=acknowledge_by,
        due_at=due_at,
        needs_verification=kind.needs_verification,
        exercise=exercise,
        link_nonce=new_nonce(),
    )


def _tell(
    given: list[Assignment], kind: Kind, reached: Mapping[int, Reached], *, by: Actor, now: datetime
) -> Broadcast | None:
    first = min(row.pk for row in given)
    key = f"assignment-assign:{first}"
    return told(GIVEN, given, by=by, now=now, key=key, lane=lane_of(kind), reached=reached)


def new_nonce() -> str:
    """Twelve characters that make a task link its own; another one revokes the links made before."""
    return secrets.token_urlsafe(9)
