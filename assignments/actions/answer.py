"""One of a kind's answers, given by whoever owes the duty or for him, whatever door it came through."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from accounts.models import User
from assignments import queries, rules
from assignments.actions.notify import lane_of, notify_people
from assignments.actions.work import Answer, Word, do, locked, record
from assignments.enums import BY_THEMSELVES, CLOSED, SUPPORT, Means, Objection, State, Verb
from assignments.models import Assignment
from assignments.rules import Option
from assignments.signals import assignment_changed
from core.audit import act
from core.rules import SYSTEM, Actor, Refused


def answer(
    *,
    assignment: Assignment,
    option: str,
    means: Means,
    now: datetime,
    by: User | None = None,
    occurred_at: datetime | None = None,
    answered_by: str = "",
    on_behalf_of: str = "",
    note: str = "",
    said: str = "",
    source: str = "",
    photo_sha256: str = "",
) -> Assignment:
    """Stores an answer by its key, with who, when and how. The same `source` again stores nothing.

    `by` is who acts: the person himself (None without account), or whoever records what he said. `answered_by` names a
    deputy who answers in the assignee's place. An answer given before changes nothing, except that support may be asked
    for afterwards. Raises Refused where the key is none of the duty's or fits its state no more.
    """
    actor = by.actor if by else Actor(None, assignment.assignee_name)
    with act("assignments.assignment.answer", by=actor):
        row = locked(assignment)
        if source and row.events.filter(source=source).exists():
            return row
        chosen = rules.option_with(option, queries.options_of(row))
        if chosen is None:
            raise Refused(Objection.NO_OPTION.value, Objection.NO_OPTION.label, field="option")
        word = Word(
            now,
            _at(row, occurred_at, means, now),
            means,
            on_behalf_of or (row.assignee_name if answered_by else ""),
            note or (said or gettext(chosen.label) if chosen.verb == Verb.DECLINE else ""),
            photo_sha256,
            Answer(chosen, said, source, answered_by),
        )
        if rules.allowed(chosen.verb, row.state):
            row = do(chosen.verb, row, by, word)
        else:
            row = _again(row, chosen, by, word, actor.name)
        if chosen.wants_support and row.support_asked_at == word.occurred_at:
            _tell_room(row, by, now)
        row.refresh_from_db()
    return row


def _at(row: Assignment, occurred_at: datetime | None, means: Means, now: datetime) -> datetime:
    """A gateway's clock may go wrong by seconds: what a phone sent lies between the last step and now."""
    if occurred_at is None or means not in BY_THEMSELVES:
        return occurred_at or now
    return min(max(occurred_at, queries.clocks(row).newest), now)


def _again(row: Assignment, chosen: Option, by: User | None, word: Word, name: str) -> Assignment:
    """An answer to a duty that has one: support may still be asked for, the same again is nothing new."""
    if row.state != State.CANCELLED and chosen.key == row.answer_key:
        return row
    if row.state == State.CANCELLED or not chosen.wants_support:
        if chosen.verb == Verb.ACKNOWLEDGE and row.acknowledged_at and row.state != State.CANCELLED:
            return row
        rules.next_state(chosen.verb, row.state, row.needs_verification)
        return row
    if by is not None and word.means not in BY_THEMSELVES:
        who = queries.standing(by, row)
        if not rules.may(Verb.ACKNOWLEDGE, who, needs_verification=row.needs_verification):
            raise PermissionDenied(Verb.ASK_SUPPORT)
        word.on_behalf_of = word.on_behalf_of or ("" if who.is_assignee else row.assignee_name)
    word.occurred_at = min(max(word.occurred_at, row.issued_at), word.now)
    row.answer_key, row.support_asked_at = chosen.key, word.occurred_at
    row.save(update_fields=["answer_key", "support_asked_at", "updated_at"])
    record(row, Verb.ASK_SUPPORT, by=by, by_name=name, word=word)
    assignment_changed.send(Assignment, verb=Verb.ASK_SUPPORT, assignment=row, by=by, now=word.now, means=word.means)
    return row


def _tell_room(row: Assignment, by: User | None, now: datetime) -> None:
    """Whoever is on duty in the district's room hears that somebody needs support."""
    room = queries.superiors({row.area_code}, 2, now).get(row.area_code, {})
    told = {person: [row] for person in room if by is None or person != by.pk}
    if told:
        key = f"assignment-support:{row.pk}:{now.isoformat()}"
        notify_people(SUPPORT, told, by=SYSTEM, now=now, key=key, lane=lane_of(queries.kind(row.kind)))


def send_support(*, assignment: Assignment, by: User, now: datetime, note: str = "") -> Assignment:
    """已安排支援: somebody has seen to it; the flag goes, the answer stays."""
    with act("assignments.assignment.support", by=by.actor):
        row = locked(assignment)
        if not by.scope_for("assignments.on_behalf").covers(row.area_code):
            raise PermissionDenied(Verb.SUPPORT_SENT)
        if row.support_asked_at is None:
            raise Refused(Objection.NO_SUPPORT.value, Objection.NO_SUPPORT.label)
        row.support_asked_at = None
        row.save(update_fields=["support_asked_at", "updated_at"])
        record(row, Verb.SUPPORT_SENT, by=by, by_name=by.name, word=Word(now, note=note))
    return row


def answer_many(
    *,
    given: Collection[tuple[Assignment, str]],
    by: User,
    now: datetime,
    occurred_at: datetime | None = None,
) -> list[Assignment]:
    """代录 of several people at once, each with his key, at one time. All are stored or none.

    Whoever has answered by himself meanwhile stays as he is: his own word stands.
    """
    with act("assignments.assignment.answer_many", by=by.actor):
        return [
            answer(
                assignment=duty,
                option=key,
                means=Means.PHONE_CALL,
                now=now,
                by=by,
                occurred_at=_since(duty, occurred_at),
            )
            for duty, key in sorted(given, key=lambda each: each[0].pk)
            if not _answered(duty)
        ]


def _since(duty: Assignment, occurred_at: datetime | None) -> datetime | None:
    """One time for several people: for whoever was asked only later, the moment he was asked."""
    return max(occurred_at, duty.issued_at) if occurred_at else None


def _answered(duty: Assignment) -> bool:
    row = Assignment.objects.get(pk=duty.pk)
    return bool(row.answer_key) or row.acknowledged_at is not None or row.state in CLOSED
