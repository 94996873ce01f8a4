"""Who is in post, who is late, when the roll is called. Times are aware; figures are whole minutes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from assignments.rules import Kind, reminding
from core.rules import Refused
from dutyroster.enums import (
    EMPTY_POST_LABEL,
    ROLL_CALL_LABEL,
    STAND_IN_LABEL,
    TAKE_POST_LABEL,
    AttendanceFault,
    Outcome,
    PostState,
)

TOLD_BEFORE = timedelta(minutes=30)  # a shift's duty is given this long before it starts
EARLIEST = timedelta(hours=1)  # nobody checks in earlier than this before his shift
# After an outage the duties of shifts that began meanwhile are still given; older ones would only wake people.
LOOKED_BACK = timedelta(hours=2)
DEPUTY_MINUTES = 10  # a deputy who says nothing this long is passed over; example, from a county's ten minutes to come
CALLS = 2  # a roll call is repeated once before absence is suspected
ANSWER_MINUTES = (3, 60)
LONGEST_WINDOW = timedelta(days=1)

# Example times, as everywhere: the district's own rule replaces them.
TAKE_POST = Kind("take_post", TAKE_POST_LABEL, 0, 30, reminding(5, 2), False)
STAND_IN = Kind("stand_in", STAND_IN_LABEL, 5, 30, reminding(5, 2), False)
ROLL_CALL = Kind("roll_call", ROLL_CALL_LABEL, 0, 10, reminding(60, 2), False)
EMPTY_POST = Kind("empty_post", EMPTY_POST_LABEL, 5, 30, reminding(10, 2), False)

# Who has to be called before whom; the page of presence is read from the top.
WORST_FIRST = (
    PostState.MISSING,
    PostState.SUSPECTED,
    PostState.LEFT,
    PostState.EXPECTED,
    PostState.STAND_IN,
    PostState.LATE,
    PostState.IN_POST,
)
POST_STATE_TONES = {
    PostState.IN_POST: "ok",
    PostState.LATE: "late",
    PostState.STAND_IN: "working",
    PostState.EXPECTED: "waiting",
    PostState.SUSPECTED: "late",
    PostState.MISSING: "danger",
    PostState.LEFT: "off",
}
OUTCOME_TONES = {
    Outcome.WAITING: "waiting",
    Outcome.IN_POST: "ok",
    Outcome.LATE: "late",
    Outcome.SUSPECTED: "late",
    Outcome.CONFIRMED: "danger",
    Outcome.EXCUSED: "off",
}


def draw(seed: str, window_from: datetime, window_until: datetime) -> datetime:
    """The second of the window at which the roll is called: from the start on, before the end.

    The same seed draws the same second of the same window, whatever the machine, so that anybody can check afterwards
    that nobody chose it.
    """
    seconds = int((window_until - window_from).total_seconds())
    if seconds < 1:
        raise refused(AttendanceFault.WINDOW, field="window_until")
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
    return window_from + timedelta(seconds=number % seconds)


def check_window(window_from: datetime, window_until: datetime, answer_minutes: int, *, now: datetime) -> None:
    """Raises Refused for a window nobody can be called in."""
    if window_until <= window_from:
        raise refused(AttendanceFault.WINDOW, field="window_until")
    if window_until <= now:
        raise refused(AttendanceFault.WINDOW_OVER, field="window_until")
    if window_until - window_from > LONGEST_WINDOW:
        raise refused(AttendanceFault.WINDOW_LONG, field="window_until")
    if not ANSWER_MINUTES[0] <= answer_minutes <= ANSWER_MINUTES[1]:
        raise refused(AttendanceFault.ANSWER_TIME, field="answer_minutes")


def refused(fault: AttendanceFault, *, field: str = "", **params: object) -> Refused:
    """The refusal with its code and its sentence."""
    return Refused(fault.value, fault.label, field=field, params=params)


def late_from(starts_at: datetime, late_minutes: int) -> datetime:
    """From this moment on whoever has not come is late and a deputy is called."""
    return starts_at + timedelta(minutes=late_minutes)


def is_late(came_at: datetime, starts_at: datetime, late_minutes: int) -> bool:
    """True for whoever came after the minutes allowed."""
    return came_at > late_from(starts_at, late_minutes)


def check_arrival(occurred_at: datetime, starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    """Raises Refused for a time at which nobody can have come to this shift."""
    if occurred_at > now:
        raise refused(AttendanceFault.IN_FUTURE, field="occurred_at")
    if now < starts_at - EARLIEST:
        raise refused(AttendanceFault.TOO_EARLY)
    if occurred_at < starts_at - EARLIEST:
        raise refused(AttendanceFault.BEFORE_SHIFT, field="occurred_at")
    if occurred_at >= ends_at:
        raise refused(AttendanceFault.OVER, field="occurred_at")


@dataclass(frozen=True)
class Seen:
    """What is known of one shift: when its person came and left, and what else was found."""

    starts_at: datetime
    late_minutes: int
    came_at: datetime | None = None
    left_at: datetime | None = None
    substitutes: bool = False  # the shift itself is that of somebody who stands in
    suspected: bool = False
    confirmed_absent: bool = False


def presence(seen: Seen, *, now: datetime) -> PostState:
    """Whether the person of a running shift is there; what speaks against it weighs more."""
    if seen.left_at is not None:
        return PostState.LEFT
    if seen.confirmed_absent:
        return PostState.MISSING
    if seen.suspected:
        return PostState.SUSPECTED
    if seen.came_at is None:
        return PostState.MISSING if now >= late_from(seen.starts_at, seen.late_minutes) else PostState.EXPECTED
    if seen.substitutes:
        return PostState.STAND_IN
    return PostState.LATE if is_late(seen.came_at, seen.starts_at, seen.late_minutes) else PostState.IN_POST


THERE = frozenset({PostState.IN_POST, PostState.LATE, PostState.STAND_IN})


def answer(calls: int, outcome: str) -> Outcome:
    """What an answer to a roll call means: the first call in time, the second or later late, a judged one stands."""
    if outcome in (Outcome.CONFIRMED, Outcome.EXCUSED, Outcome.IN_POST, Outcome.LATE):
        return Outcome(outcome)
    return Outcome.IN_POST if calls <= 1 and outcome == Outcome.WAITING else Outcome.LATE


@dataclass(frozen=True)
class NextCall:
    """What happens when the time to answer is over: another call, or the suspicion that nobody is there."""

    calls: int
    outcome: Outcome
    next_at: datetime | None


def unanswered(calls: int, answer_minutes: int, *, now: datetime) -> NextCall:
    """After `calls` calls without answer."""
    if calls < CALLS:
        return NextCall(calls + 1, Outcome.WAITING, now + timedelta(minutes=answer_minutes))
    return NextCall(calls, Outcome.SUSPECTED, None)
