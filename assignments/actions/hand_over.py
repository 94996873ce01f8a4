"""One press replaces a person."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Max

from accounts.models import User
from assignments import queries, rules
from assignments.actions.assign import new_nonce
from assignments.actions.notify import Reached, lane_of, notify, reach
from assignments.actions.runs import restart
from assignments.actions.work import Word, locked, record
from assignments.enums import GIVEN, OPEN, Means, Objection, Verb
from assignments.models import Assignment, AssignmentEvent, PastHolding
from assignments.signals import assignment_changed
from core.audit import act
from core.rules import Refused
from messaging.models import Broadcast
from territory.rules import scope_of


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
        return _move(rows, to, by, now, note)


def hand_over_all(*, leaver: User, to: User, area_code: str, by: User, now: datetime) -> list[Assignment]:
    """Gives every open duty of `leaver` in an area to whoever replaces him there; returns what moved.

    For the app that replaces people: it has asked whether `by` may, and who the successor is.
    """
    with act("assignments.assignment.hand_over", by=by.actor):
        rows = Assignment.objects.in_scope(scope_of(area_code)).filter(assignee=leaver, state__in=OPEN)
        return _move(list(rows.select_for_update(no_key=True).order_by("pk")), to, by, now, "")


def note_earlier(
    *,
    assignment: Assignment,
    verb: Verb,
    by: User,
    now: datetime,
    occurred_at: datetime,
    note: str = "",
    photo_sha256: str = "",
) -> AssignmentEvent:
    """What somebody said of a duty while it was his, and whose word came after it was handed on.

    It stands in the history under its own time; the present holder has said nothing by it, so no state and no clock
    moves. Raises PermissionDenied where the duty was never his before `occurred_at`.
    """
    with act("assignments.assignment.note_earlier", by=by.actor):
        row = locked(assignment)
        if verb not in rules.OWN or not queries.handed_on_from(by, at=occurred_at).filter(assignment=row).exists():
            raise PermissionDenied(verb)
        word = Word(now, occurred_at, note=note, photo_sha256=photo_sha256)
        return record(row, verb, by=by, by_name=by.name, word=word)


def _move(rows: list[Assignment], to: User, by: User, now: datetime, note: str) -> list[Assignment]:
    before = {row.pk: row.assignee_name for row in rows}
    _keep_past(rows, now)
    for row in rows:
        _give(row, to, now)
    Assignment.objects.bulk_update(
        rows,
        [
            "assignee", "assignee_name", "contact_point", "state", "acknowledge_by", "acknowledged_at",
            "started_at", "link_nonce", "updated_at", "answer_key", "answered_by", "support_asked_at",
        ],
    )  # fmt: skip
    reached = reach(rows)
    told = _tell(rows, reached, by, now)
    numbers = {exercise: broadcast.pk if broadcast else None for exercise, broadcast in told.items()}
    restart(rows, now=now, reached=reached, told={row.pk: numbers[row.exercise] for row in rows})
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
            broadcast=told[row.exercise],
        )
        for row in rows
    )
    for row in rows:
        assignment_changed.send(Assignment, verb=Verb.HAND_OVER, assignment=row, by=by, now=now)
    return rows


def _keep_past(rows: list[Assignment], now: datetime) -> None:
    """What the present holders did in their own time stays theirs."""
    began = dict(
        PastHolding.objects.filter(assignment__in=rows).values_list("assignment").annotate(at=Max("until")).order_by()
    )
    PastHolding.objects.bulk_create(
        PastHolding(
            assignment=row,
            person_id=row.assignee_id,
            since=began.get(row.pk, row.issued_at),
            until=now,
            acknowledge_by=row.acknowledge_by,
            acknowledged_at=row.acknowledged_at,
        )
        for row in rows
    )


def _tell(
    rows: list[Assignment], reached: Mapping[int, Reached], by: User, now: datetime
) -> dict[UUID | None, Broadcast | None]:
    """One message for what is real and one for each exercise: a mark of exercise must never stand over a real duty."""
    grouped: dict[UUID | None, list[Assignment]] = {}
    for row in rows:
        grouped.setdefault(row.exercise, []).append(row)
    return {
        exercise: notify(
            GIVEN,
            some,
            by=by.actor,
            now=now,
            key=f"assignment-hand-over:{some[0].pk}:{now.isoformat()}",
            lane=min(lane_of(queries.kind(row.kind)) for row in some),
            reached=reached,
        )
        for exercise, some in grouped.items()
    }


def _locked(assignment: Assignment, everything_by: User | None) -> list[Assignment]:
    """The open duties to move, locked in one order so that two hand-overs cannot wait for each other."""
    rows = Assignment.objects.filter(state__in=OPEN)
    if everything_by is None or assignment.assignee_id is None:
        rows = rows.filter(pk=assignment.pk)
    else:
        rows = rows.in_scope(everything_by.scope_for("assignments.assign")).filter(assignee=assignment.assignee_id)
    return list(rows.select_for_update(no_key=True).order_by("pk"))


def _give(row: Assignment, to: User, now: datetime) -> None:
    kind = queries.kind(row.kind)
    row.state = rules.next_state(Verb.HAND_OVER, row.state, row.needs_verification)
    # Past due already: the new person still gets the time to acknowledge, only the work stays late.
    row.acknowledge_by = rules.deadlines(kind, now=now, due_at=max(row.due_at, now))[0]
    if kind.acknowledge_minutes and row.due_at <= now:
        row.acknowledge_by = rules.deadlines(kind, now=now)[0]
    row.assignee, row.assignee_name, row.contact_point = to, to.name, None
    row.acknowledged_at = row.started_at = row.support_asked_at = None
    row.answer_key = row.answered_by = ""
    row.link_nonce, row.updated_at = new_nonce(), now
