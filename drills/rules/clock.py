"""The exercise clock: a pure function of what controllers did with it. Times are aware; durations are timedeltas.

The clock is never stored. A stored clock has to be moved by somebody, and in other systems a pause either swallowed
the next inject or let all of them out at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.rules import Refused
from drills.enums import ClockState, Decision, Objection, RunVerb

ZERO = timedelta(0)
# Later than this the room has gone on without the inject: a person says whether it still makes sense.
LATE_AFTER = timedelta(minutes=2)
MOST_SKEW = timedelta(minutes=600)


@dataclass(frozen=True)
class ClockEvent:
    """One act on the clock. `seconds` is how far SKEW puts it forward, 0 for the others."""

    verb: RunVerb
    at: datetime
    seconds: int = 0


_NEXT: dict[tuple[ClockState, RunVerb], ClockState] = {
    (ClockState.WAITING, RunVerb.START): ClockState.RUNNING,
    (ClockState.RUNNING, RunVerb.PAUSE): ClockState.PAUSED,
    (ClockState.PAUSED, RunVerb.RESUME): ClockState.RUNNING,
    (ClockState.RUNNING, RunVerb.SKEW): ClockState.RUNNING,
    (ClockState.PAUSED, RunVerb.SKEW): ClockState.PAUSED,
    (ClockState.RUNNING, RunVerb.STOP): ClockState.STOPPED,
    (ClockState.PAUSED, RunVerb.STOP): ClockState.STOPPED,
}


def _told(events: Iterable[ClockEvent], now: datetime) -> Iterator[tuple[ClockEvent, ClockState, ClockState]]:
    """Events up to `now` in order, each with the state before and after; what leads nowhere is passed over."""
    state = ClockState.WAITING
    for event in sorted(events, key=lambda event: event.at):
        after = _NEXT.get((state, event.verb))
        if event.at > now or after is None:
            continue
        yield event, state, after
        state = after


def clock_state(events: Iterable[ClockEvent], now: datetime) -> ClockState:
    """Where the clock stands at `now`."""
    return next((after for _event, _before, after in reversed(list(_told(events, now)))), ClockState.WAITING)


def intervals(events: Iterable[ClockEvent], now: datetime) -> list[tuple[datetime, datetime]]:
    """When the clock ran, up to `now`: half-open, in order, disjoint."""
    found: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for event, before, after in _told(events, now):
        if before != ClockState.RUNNING and after == ClockState.RUNNING:
            since = event.at
        elif before == ClockState.RUNNING and after != ClockState.RUNNING and since is not None:
            found.append((since, event.at))
            since = None
    return [*found, (since, now)] if since is not None else found


def exercise_time(events: Sequence[ClockEvent], now: datetime) -> timedelta:
    """How much time has passed in the exercise: the sum of the intervals in which it ran and of what it was put
    forward. It stands while paused and after the stop, and never goes back.
    """
    ran = sum((end - start for start, end in intervals(events, now)), ZERO)
    put = sum(event.seconds for event, _before, _after in _told(events, now) if event.verb == RunVerb.SKEW)
    return ran + timedelta(seconds=put)


def running_between(events: Sequence[ClockEvent], since: datetime, until: datetime) -> timedelta:
    """How long the clock ran between two moments. People are measured by it: a pause is not their delay, and putting
    the clock forward is not either.
    """
    return sum(
        (max(ZERO, min(end, until) - max(start, since)) for start, end in intervals(events, until)),
        ZERO,
    )


def admit(verb: RunVerb, events: Sequence[ClockEvent], *, now: datetime, seconds: int = 0) -> ClockState:
    """The state that the verb leads to. Raises Refused where it leads nowhere, or for a clock put back."""
    state = clock_state(events, now)
    if state == ClockState.STOPPED:
        raise Refused(Objection.STOPPED.value, Objection.STOPPED.label)
    after = _NEXT.get((state, verb))
    if after is None:
        already = verb in (RunVerb.START, RunVerb.RESUME) and state == ClockState.RUNNING
        found = Objection.RUNNING if already else Objection.NOT_RUNNING
        raise Refused(found.value, found.label)
    # Forward only: put back, it would leave injects that went out lying in the future.
    if verb == RunVerb.SKEW and not ZERO < timedelta(seconds=seconds) <= MOST_SKEW:
        raise Refused(Objection.FORWARD.value, Objection.FORWARD.label, field="minutes")
    return after


def verbs_of(state: ClockState) -> list[RunVerb]:
    """What a controller may do with a clock in this state, in the order of the buttons."""
    return [verb for verb in RunVerb if (state, verb) in _NEXT]


def decide(offset: timedelta, passed: timedelta, state: ClockState, *, needs_controller: bool = False) -> Decision:
    """What becomes of an inject that has not gone out, `passed` exercise time after the start.

    Nothing goes out by itself while the clock stands. What is more than two minutes late (the platform was down, the
    clock was put forward) or belongs to the controller is asked about and never let out in bulk.
    """
    if passed < offset or state == ClockState.WAITING:
        return Decision.WAIT
    if needs_controller or passed - offset > LATE_AFTER:
        return Decision.ASK
    return Decision.FIRE if state == ClockState.RUNNING else Decision.WAIT
