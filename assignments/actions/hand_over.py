"""One press replaces a person."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from accounts.models import User
from assignments import queries, rules
from assignments.actions.assign import GIVEN, new_nonce
from assignments.actions.notify import lane_of, notify
from assignments.enums import OPEN, Means, Objection, Verb
from assignments.models import Assignment, AssignmentEvent
from assignments.signals import assignment_changed
from core.audit import act
from core.rules import Refused


def hand_over(
    *, assignment: Assignment, to: User, by: User, now: datetime, note: str = "", all_open: bool = False
) -> list[Assignment]:
    """Gives a duty to another person, who is told; with `all_open` every open duty of the present one in `by`'s areas.

    Deadlines of the work stay, the acknowledgement starts afresh, links made before are revoked. Returns what moved.
    """
    with act("assignments.assignment.hand_over", by=by.actor):
        rows = _locked(assignment, by if all_open else None)
        first = next((row for row in rows if row.pk == assignment.pk), None)
        if first is None:
            first = Assignment.objects.get(pk=assignment.pk)
            rules.next_state(Verb.HAND_OVER, first.state, first.needs_verification)
        if not rules.may(Verb.HAND_OVER, queries.standing(by, first), needs_verification=first.needs_verification):
            raise PermissionDenied(Verb.HAND_OVER)
        if not any(person.pk == to.pk for person in queries.successors(by, first, now)):
            raise Refused(Objection.SUCCESSOR.value, Objection.SUCCESSOR.label, field="to")
        before = {row.pk: row.assignee_name for row in rows}
        for row in rows:
            _give(row, to, now)
        Assignment.objects.bulk_update(
            rows,
            [
                "assignee", "assignee_name", "contact_point", "state", "acknowledge_by", "acknowledged_at",
                "started_at", "remind_at", "reminders", "link_nonce", "updated_at",
            ],
        )  # fmt: skip
        kind = queries.kind(first.kind)
        key = f"assignment-hand-over:{first.pk}:{now.isoformat()}"
        broadcast = notify(GIVEN, rows, by=by.actor, now=now, key=key, lane=lane_of(kind))
        AssignmentEvent.objects.bulk_create(
            AssignmentEvent(
                assignment=row,
                verb=Verb.HAND_OVER,
                means=Means.PAGE,
                by=by,
                by_name=by.name,
                on_behalf_of="",
                occurred_at=now,
                recorded_at=now,
                note=f"{before[row.pk]} → {to.name} {note}".strip()[:500],
                broadcast=broadcast,
            )
            for row in rows
        )
        for row in rows:
            assignment_changed.send(Assignment, verb=Verb.HAND_OVER, assignment=row, by=by, now=now)
    return rows


def _locked(assignment: Assignment, everything_by: User | None) -> list[Assignment]:
    """The open duties to move, locked in one order so that two hand-overs cannot wait for each other."""
    rows = Assignment.objects.filter(state__in=OPEN)
    if everything_by is None or assignment.assignee_id is None:
        rows = rows.filter(pk=assignment.pk)
    else:
        rows = rows.in_scope(everything_by.scope_for("assignments.assign")).filter(assignee=assignment.assignee_id)
    return list(rows.select_for_update().order_by("pk"))


def _give(row: Assignment, to: User, now: datetime) -> None:
    kind = queries.kind(row.kind)
    row.state = rules.next_state(Verb.HAND_OVER, row.state, row.needs_verification)
    # Past due already: the new person still gets the time to acknowledge, only the work stays late.
    row.acknowledge_by = rules.deadlines(kind, now=now, due_at=max(row.due_at, now))[0]
    if kind.acknowledge_minutes and row.due_at <= now:
        row.acknowledge_by = rules.deadlines(kind, now=now)[0]
    row.assignee, row.assignee_name, row.contact_point = to, to.name, None
    row.acknowledged_at = row.started_at = None
    row.remind_at, row.reminders = rules.first_reminder(row.acknowledge_by, max(row.due_at, now)), 0
    row.link_nonce, row.updated_at = new_nonce(), now
