"""What may be done with a duty, by whom, and when it is late. Times are aware; figures are whole minutes."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from assignments.enums import CLOSED, OPEN, Objection, State, Verb
from core.rules import Refused

LONGEST_PAUSE = timedelta(hours=24)


@dataclass(frozen=True)
class Kind:
    """A kind of duty, declared by the app that owns it and listed in settings.

    `label` is an English message id. `acknowledge_minutes` 0: nobody waits for an acknowledgement. `page` is the route
    name of the owner's screen, for the owner's own use. `urgent` duties go out in the alarm lane.
    """

    name: str
    label: str
    acknowledge_minutes: int
    due_minutes: int
    remind_every_minutes: int
    reminders_before_superior: int
    needs_verification: bool
    page: str = ""
    urgent: bool = True


_NEXT: dict[Verb, tuple[tuple[State, ...], State]] = {
    Verb.ACKNOWLEDGE: ((State.ASSIGNED, State.RETURNED), State.ACKNOWLEDGED),
    Verb.START: ((State.ASSIGNED, State.ACKNOWLEDGED, State.RETURNED), State.DOING),
    Verb.REPORT: (OPEN, State.REPORTED),
    Verb.DECLINE: ((State.ASSIGNED, State.ACKNOWLEDGED, State.DOING), State.RETURNED),
    Verb.VERIFY: ((State.REPORTED,), State.VERIFIED),
    Verb.SEND_BACK: ((State.REPORTED,), State.RETURNED),
    Verb.CANCEL: ((*OPEN, State.REPORTED), State.CANCELLED),
    Verb.HAND_OVER: (OPEN, State.ASSIGNED),
}
OWN = frozenset({Verb.ACKNOWLEDGE, Verb.START, Verb.REPORT, Verb.DECLINE})
JUDGING = frozenset({Verb.VERIFY, Verb.SEND_BACK})
PROVEN = JUDGING | {Verb.REPORT}


def allowed(verb: Verb, state: str) -> bool:
    """True when the verb leads anywhere from this state."""
    return verb in _NEXT and state in _NEXT[verb][0]


def next_state(verb: Verb, state: str, needs_verification: bool) -> State:
    """The state after the verb. Raises Refused with a code in "conflict." where the verb leads nowhere from `state`."""
    if not allowed(verb, state):
        raise Refused(*_objection(verb, state))
    after = _NEXT[verb][1]
    if verb == Verb.REPORT and not needs_verification:
        return State.VERIFIED
    return after


def _objection(verb: Verb, state: str) -> tuple[str, object]:
    if state == State.CANCELLED:
        found = Objection.WITHDRAWN
    elif state in CLOSED:
        found = Objection.CLOSED
    elif verb in JUDGING:
        found = Objection.NOT_REPORTED
    elif state == State.REPORTED:
        found = Objection.REPORTED
    else:
        found = Objection.ALREADY
    return found.value, found.label


@dataclass(frozen=True)
class Standing:
    """What a person is to one duty. Supervising, verifying and assigning are meant within his own areas."""

    is_assignee: bool = False
    is_reporter: bool = False
    records_for_others: bool = False
    verifies: bool = False
    assigns: bool = False


def may(verb: Verb, standing: Standing, *, needs_verification: bool) -> bool:
    """True when somebody of this standing may use the verb, whatever the state."""
    if verb in OWN:
        return standing.is_assignee or standing.records_for_others
    if verb in JUDGING:
        return standing.verifies and not (needs_verification and is_doer(standing))
    return verb in (Verb.CANCEL, Verb.HAND_OVER) and standing.assigns


def is_doer(standing: Standing) -> bool:
    """True for whoever did the work or said that it is done: he does not judge it."""
    return standing.is_assignee or standing.is_reporter


def verbs(state: str, standing: Standing, *, needs_verification: bool, has_page: bool = False) -> list[Verb]:
    """The verbs that lead somewhere for this person now, in the order of the buttons.

    A duty with a page of its own (`has_page`) is reported and judged there, where the proof is.
    """
    return [
        verb
        for verb in _NEXT
        if allowed(verb, state)
        and may(verb, standing, needs_verification=needs_verification)
        and not (has_page and verb in PROVEN)
    ]


@dataclass(frozen=True)
class Clocks:
    """The times of one duty."""

    issued_at: datetime
    due_at: datetime
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    started_at: datetime | None = None
    reported_at: datetime | None = None
    verified_at: datetime | None = None

    @property
    def newest(self) -> datetime:
        """The last thing that happened: what happens next cannot lie before it."""
        return next(
            at
            for at in (self.verified_at, self.reported_at, self.started_at, self.acknowledged_at, self.issued_at)
            if at is not None
        )


def happened(occurred_at: datetime, clocks: Clocks, *, now: datetime) -> datetime:
    """When it happened. Raises Refused for a time in the future, before the duty was given, or before the last step.

    People type whole minutes: within the minute of the last step the step's own time is meant.
    """
    if occurred_at > now:
        raise Refused(Objection.IN_FUTURE.value, Objection.IN_FUTURE.label, field="occurred_at")
    if clocks.newest.replace(second=0, microsecond=0) <= occurred_at < clocks.newest:
        return clocks.newest
    if occurred_at < clocks.issued_at:
        raise Refused(Objection.BEFORE_ISSUED.value, Objection.BEFORE_ISSUED.label, field="occurred_at")
    if occurred_at < clocks.newest:
        raise Refused(Objection.OUT_OF_ORDER.value, Objection.OUT_OF_ORDER.label, field="occurred_at")
    return occurred_at


def minutes_late(state: str, acknowledge_by: datetime | None, due_at: datetime, *, now: datetime) -> int:
    """Whole minutes, at least 1, since a duty that is still open ran out; 0 when it is not late.

    Not acknowledged in time counts as late before the duty itself is due.
    """
    since = late_since(state, acknowledge_by, due_at, now=now)
    return max(1, int((now - since).total_seconds() // 60)) if since else 0


def late_since(state: str, acknowledge_by: datetime | None, due_at: datetime, *, now: datetime) -> datetime | None:
    """The deadline that an open duty has missed; the acknowledgement's when both are."""
    if state not in OPEN:
        return None
    if state == State.ASSIGNED and acknowledge_by is not None and acknowledge_by < now:
        return acknowledge_by
    return due_at if due_at < now else None


def minutes_taken(clocks: Clocks) -> dict[str, int | None]:
    """Minutes from issue to acknowledgement, arrival, report and verification; None where it has not come to that."""
    return {
        name: None if at is None else int((at - clocks.issued_at).total_seconds() // 60)
        for name, at in (
            ("acknowledge", clocks.acknowledged_at),
            ("start", clocks.started_at),
            ("report", clocks.reported_at),
            ("verify", clocks.verified_at),
        )
    }


def tone(state: str, *, late: bool) -> str:
    """The colour and shape of a state on screens."""
    if late:
        return "danger"
    return {
        State.ASSIGNED: "waiting",
        State.ACKNOWLEDGED: "working",
        State.DOING: "working",
        State.REPORTED: "working",
        State.VERIFIED: "ok",
        State.RETURNED: "late",
        State.CANCELLED: "off",
    }[State(state)]


def deadlines(kind: Kind, *, now: datetime, due_at: datetime | None = None) -> tuple[datetime | None, datetime]:
    """By when a duty given now is to be acknowledged (None: nobody waits for it) and done."""
    due = due_at or now + timedelta(minutes=kind.due_minutes)
    if not kind.acknowledge_minutes:
        return None, due
    return min(now + timedelta(minutes=kind.acknowledge_minutes), due), due


def first_reminder(acknowledge_by: datetime | None, due_at: datetime) -> datetime:
    """When the first reminder of a duty just given falls due."""
    return acknowledge_by or due_at


@dataclass(frozen=True)
class Reminder:
    """What the `number`th reminder does. `level` 0 reminds the assignee, 1 tells the sub-district, 2 the duty room."""

    number: int
    level: int
    next_at: datetime


def reminder(kind: Kind, given: int, *, now: datetime) -> Reminder:
    """The reminder after `given` ones. Nothing ends by itself: the duty room is told ever more rarely."""
    number = given + 1
    beyond = number - kind.reminders_before_superior
    level = 0 if beyond <= 0 else min(beyond, 2)
    # A minute is the least, or a kind that names none would be reminded at every tick.
    pause = timedelta(minutes=max(1, kind.remind_every_minutes))
    if beyond > 2:
        pause = min(pause * 2 ** min(beyond - 2, 20), LONGEST_PAUSE)
    return Reminder(number, level, now + pause)


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def link_token(number: int, nonce: str, *, secret: str) -> str:
    """The last part of a task link: the duty's number in base 36, a hyphen, 22 characters nobody can guess."""
    return f"{_base36(number)}-{_signature(number, nonce, secret)}"


def number_in(token: str) -> int | None:
    """The number that a token claims, not yet checked; None when it has not the form of one."""
    head, hyphen, tail = token.partition("-")
    well_formed = hyphen and len(tail) == 22 and 0 < len(head) <= 12 and all(digit in _DIGITS for digit in head)
    return int(head, 36) if well_formed else None


def is_genuine(token: str, number: int, nonce: str, *, secret: str) -> bool:
    """True when the token was made for this duty under its present nonce; an empty nonce revokes every token."""
    return bool(nonce) and hmac.compare_digest(token.encode(), link_token(number, nonce, secret=secret).encode())


def _signature(number: int, nonce: str, secret: str) -> str:
    mac = hmac.new(f"assignments.link:{secret}".encode(), f"{number}:{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:16]).decode().rstrip("=")


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits
