"""What people do with a duty once they have it. Two who press at once: one wins, the other is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied

from accounts.models import User
from assignments import queries, rules
from assignments.actions.notify import lane_of, notify
from assignments.actions.runs import also_answered, follow, stop
from assignments.enums import BY_THEMSELVES, CLOSED, SENT_BACK, WITHDRAWN, Means, Objection, State, Stopped, Verb
from assignments.models import Assignment, AssignmentEvent
from assignments.rules import Option
from assignments.signals import assignment_changed
from core.audit import act
from core.models import Media
from core.rules import SYSTEM, Actor, Refused
from messaging.models import Broadcast


def acknowledge(
    *,
    assignment: Assignment,
    by: User,
    now: datetime,
    occurred_at: datetime | None = None,
    means: Means = Means.PAGE,
    on_behalf_of: str = "",
    note: str = "",
    photo_sha256: str = "",
) -> Assignment:
    """签收: the receiver has it. Returns the duty in its new state; a second tap returns it as it stands."""
    told = Word(now, occurred_at, means, on_behalf_of, note, photo_sha256)
    return do(Verb.ACKNOWLEDGE, assignment, by, told)


def start(
    *,
    assignment: Assignment,
    by: User,
    now: datetime,
    occurred_at: datetime | None = None,
    means: Means = Means.PAGE,
    on_behalf_of: str = "",
    note: str = "",
    photo_sha256: str = "",
) -> Assignment:
    """到场: on the spot; acknowledges on the way what nobody has acknowledged."""
    return do(Verb.START, assignment, by, Word(now, occurred_at, means, on_behalf_of, note, photo_sha256))


def report(
    *,
    assignment: Assignment,
    by: User,
    now: datetime,
    occurred_at: datetime | None = None,
    means: Means = Means.PAGE,
    on_behalf_of: str = "",
    note: str = "",
    photo_sha256: str = "",
) -> Assignment:
    """完成: reported, or closed at once where nobody needs to verify."""
    return do(Verb.REPORT, assignment, by, Word(now, occurred_at, means, on_behalf_of, note, photo_sha256))


def decline(
    *,
    assignment: Assignment,
    by: User,
    now: datetime,
    occurred_at: datetime | None = None,
    means: Means = Means.PAGE,
    on_behalf_of: str = "",
    note: str = "",
    photo_sha256: str = "",
) -> Assignment:
    """做不了: goes back with a reason; the superior hears of it at the next tick."""
    if not note.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="note")
    return do(Verb.DECLINE, assignment, by, Word(now, occurred_at, means, on_behalf_of, note, photo_sha256))


OWN_VERBS = {Verb.ACKNOWLEDGE: acknowledge, Verb.START: start, Verb.REPORT: report, Verb.DECLINE: decline}


def verify(*, assignment: Assignment, by: User, now: datetime, note: str = "") -> Assignment:
    """验收通过: closes it. Refused to whoever did or reported the work."""
    return do(Verb.VERIFY, assignment, by, Word(now, note=note))


def send_back(*, assignment: Assignment, by: User, now: datetime, note: str) -> Assignment:
    """退回: not good enough, with the reason; the assignee is told."""
    if not note.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="note")
    return do(Verb.SEND_BACK, assignment, by, Word(now, note=note))


def keep_to_its_page(assignment: Assignment) -> None:
    """Refuses to report or judge here a duty that its owner reports and judges by its own records."""
    if queries.page_of(assignment):
        raise Refused(Objection.OWN_PAGE.value, Objection.OWN_PAGE.label)


def cancel(*, assignment: Assignment, by: User | None, now: datetime, note: str = "") -> Assignment:
    """撤回: nothing more is to be done; the assignee is told. `by` None: the platform, which asks nobody's leave."""
    return do(Verb.CANCEL, assignment, by, Word(now, means=Means.PAGE if by else Means.SYSTEM, note=note))


def cancel_many(
    *,
    assignments: Iterable[Assignment],
    by: User | None,
    now: datetime,
    note: str = "",
    notes: Mapping[int, str] | None = None,
) -> list[Assignment]:
    """Withdraws all of these that are not closed, with one message a telephone; returns what was withdrawn.

    `notes` by primary key: the reason of each, where it is not `note`.
    For the app that owns them: nobody's leave is asked. The number of statements does not depend on their number.
    """
    actor = by.actor if by else SYSTEM
    with act("assignments.assignment.cancel", by=actor):
        rows = list(
            Assignment.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=[row.pk for row in assignments])
            .exclude(state__in=CLOSED)
            .order_by("pk")
        )
        if not rows:
            return []
        Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.CANCELLED, updated_at=now)
        stop(rows, Stopped.CLOSED, now=now)
        lane = lane_of(queries.kind(rows[0].kind))
        key = f"assignment-cancel:{rows[0].pk}:{now.isoformat()}"
        broadcast = notify(WITHDRAWN, rows, by=actor, now=now, key=key, lane=lane)
        AssignmentEvent.objects.bulk_create(
            AssignmentEvent(
                assignment=row,
                verb=Verb.CANCEL,
                means=Means.PAGE if by else Means.SYSTEM,
                by=by,
                by_name=actor.name,
                occurred_at=now,
                recorded_at=now,
                note=(notes or {}).get(row.pk, note).strip()[:500],
                broadcast=broadcast,
            )
            for row in rows
        )
        for row in rows:
            row.state, row.updated_at = State.CANCELLED, now
            assignment_changed.send(Assignment, verb=Verb.CANCEL, assignment=row, by=by, now=now)
    return rows


def fulfil(
    *,
    assignment: Assignment,
    by: User | None,
    now: datetime,
    occurred_at: datetime | None = None,
    note: str = "",
    on_behalf_of: str = "",
) -> Assignment:
    """For the app that owns the kind: its own records show that the work is done, whoever did it (`by`, or the one
    named by `on_behalf_of`, for whom he wrote it down).

    Reports the duty like `report`, without asking whose it was.
    """
    return do(Verb.REPORT, assignment, by, Word(now, occurred_at, Means.SYSTEM, on_behalf_of, note))


def reopen(*, assignment: Assignment, by: User | None, now: datetime, note: str) -> Assignment:
    """For the app that owns the kind: what its records took for done is not, whoever says so (`by`), with the reason.

    The duty is in hand again, and whoever stands above its assignee hears of it at the next tick.
    """
    return do(Verb.REOPEN, assignment, by, Word(now, means=Means.SYSTEM, note=note))


def answer_by_link(
    *,
    assignment: Assignment,
    verb: Verb,
    now: datetime,
    occurred_at: datetime | None = None,
    note: str = "",
    photo_sha256: str = "",
) -> Assignment:
    """What the holder of a task link answers: acknowledge, start, report or decline. The link is his permission."""
    if verb not in rules.OWN:
        raise PermissionDenied(verb)
    if verb == Verb.DECLINE and not note.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="note")
    told = Word(now, occurred_at, Means.LINK, note=note, photo_sha256=photo_sha256)
    return do(verb, assignment, assignment.assignee, told)


@dataclass(frozen=True)
class Answer:
    """One of the kind's options as it was given: in whose words, from which source, by whom if not the assignee."""

    option: Option
    said: str = ""
    source: str = ""
    answered_by: str = ""


class Word:
    """What is known of an act besides who and what."""

    def __init__(
        self,
        now: datetime,
        occurred_at: datetime | None = None,
        means: Means = Means.PAGE,
        on_behalf_of: str = "",
        note: str = "",
        photo_sha256: str = "",
        answer: Answer | None = None,
    ) -> None:
        self.now, self.occurred_at, self.means = now, occurred_at or now, means
        self.on_behalf_of, self.note, self.photo_sha256 = on_behalf_of.strip()[:60], note.strip()[:500], photo_sha256
        self.answer = answer


def do(verb: Verb, assignment: Assignment, by: User | None, word: Word) -> Assignment:
    name = by.name if by else assignment.assignee_name if word.means in BY_THEMSELVES else SYSTEM.name
    actor = Actor(by.pk if by else None, name)
    with act(f"assignments.assignment.{verb.value}", by=actor):
        row = locked(assignment)
        _admit(verb, row, by, word)
        if not rules.allowed(verb, row.state) and queries.done_before(row, verb, by=by, means=word.means):
            return row
        if verb == Verb.ACKNOWLEDGE and not rules.allowed(verb, row.state) and _also_answered(row, by, word):
            return row
        after = rules.next_state(verb, row.state, row.needs_verification)
        if verb == Verb.REPORT and word.means != Means.SYSTEM:
            keep_to_its_page(row)
            said = word.note or (word.answer.said if word.answer else "")
            rules.check_proof(queries.kind(row.kind), verb, words=said, photo_sha256=word.photo_sha256)
        word.occurred_at = rules.happened(word.occurred_at, queries.clocks(row), now=word.now)
        if word.photo_sha256 and not Media.objects.filter(pk=word.photo_sha256).exists():
            raise Refused(Objection.NO_PHOTO.value, Objection.NO_PHOTO.label, field="photo_sha256")
        before = row.state
        _turn(row, verb, after, by, word)
        row.save()
        follow(row, verb, before=before, by_id=by.pk if by else None, now=word.now)
        record(row, verb, by=by, by_name=name, word=word, broadcast=_tell(row, verb, actor, word.now))
        assignment_changed.send(Assignment, verb=verb, assignment=row, by=by, now=word.now, means=word.means)
    return row


def _also_answered(row: Assignment, by: User | None, word: Word) -> bool:
    """Where everybody must answer, the answer of another one who was asked: told in the history, the state stays."""
    if not also_answered(row, by.pk if by else None, word.now):
        return False
    record(row, Verb.ACKNOWLEDGE, by=by, by_name=by.name if by else row.assignee_name, word=word)
    return True


def locked(assignment: Assignment) -> Assignment:
    """The duty as it stands, held until the transaction ends."""
    held = Assignment.objects.select_for_update(of=("self",), no_key=True).select_related("assignee")
    return held.get(pk=assignment.pk)


def _admit(verb: Verb, row: Assignment, by: User | None, word: Word) -> None:
    """Whether this person may; and that a supervisor's word for another is marked as such."""
    if by is None or word.means in (*BY_THEMSELVES, Means.SYSTEM):
        return
    who = queries.standing(by, row)
    if verb in rules.JUDGING and who.verifies and row.needs_verification and rules.is_doer(who):
        raise Refused(Objection.SAME_PERSON.value, Objection.SAME_PERSON.label)
    if not rules.may(verb, who, needs_verification=row.needs_verification):
        raise PermissionDenied(verb)
    if verb in rules.OWN and not who.is_assignee:
        # Whom the ladder has asked answers for himself; whoever else records it has heard it from somebody.
        if not who.is_asked:
            word.means = Means.GROUP_TEXT if word.means == Means.GROUP_TEXT else Means.PHONE_CALL
        word.on_behalf_of = word.on_behalf_of or row.assignee_name


def _turn(row: Assignment, verb: Verb, after: State, by: User | None, word: Word) -> None:
    """Moves the row's clocks with its state."""
    at = word.occurred_at
    if verb in (Verb.ACKNOWLEDGE, Verb.START, Verb.REPORT):
        row.acknowledged_at = row.acknowledged_at or at
    if verb == Verb.START:
        row.started_at = row.started_at or at
    elif verb == Verb.REPORT:
        row.reported_at, row.reported_by = at, by
        row.verified_at = at if after == State.VERIFIED else None
    elif verb == Verb.VERIFY:
        row.verified_at, row.verified_by = at, by
    elif verb == Verb.SEND_BACK:
        row.reported_at, row.reported_by = None, None
    elif verb == Verb.REOPEN:
        row.reported_at, row.reported_by, row.verified_at, row.verified_by = None, None, None, None
    if given := word.answer:
        row.answer_key, row.answered_by = given.option.key, given.answered_by[:60]
        row.support_asked_at = at if given.option.wants_support else row.support_asked_at
    row.state = after


def _tell(row: Assignment, verb: Verb, by: Actor, now: datetime) -> Broadcast | None:
    words = {Verb.SEND_BACK: SENT_BACK, Verb.CANCEL: WITHDRAWN}.get(verb)
    if words is None:
        return None
    key = f"assignment-{verb.value}:{row.pk}:{now.isoformat()}"
    return notify(words, [row], by=by, now=now, key=key, lane=lane_of(queries.kind(row.kind)))


def record(
    row: Assignment, verb: Verb, *, by: User | None, by_name: str, word: Word, broadcast: Broadcast | None = None
) -> AssignmentEvent:
    """One line in the duty's history."""
    given = word.answer
    return AssignmentEvent.objects.create(
        assignment=row,
        verb=verb,
        means=word.means,
        by=by,
        by_name=by_name,
        on_behalf_of=word.on_behalf_of,
        occurred_at=word.occurred_at,
        recorded_at=word.now,
        note=word.note,
        option=given.option.key if given else "",
        said=given.said.strip()[:500] if given else "",
        source=given.source if given else "",
        photo_sha256=word.photo_sha256,
        broadcast=broadcast,
    )
