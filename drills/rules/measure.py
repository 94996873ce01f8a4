"""Expectations of an inject beside what people did, by the times of their duties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from drills.enums import Outcome
from drills.rules.clock import ClockEvent, running_between


@dataclass(frozen=True)
class Step:
    """One expectation: how long it may take, how long it took (None: it never came to that), and what that means."""

    expected: timedelta
    taken: timedelta | None
    outcome: Outcome

    @property
    def over(self) -> timedelta:
        """By how much it was late; zero when it was not."""
        return max(timedelta(0), self.taken - self.expected) if self.taken is not None else timedelta(0)


def step(
    expect_minutes: int | None,
    *,
    issued_at: datetime,
    done_at: datetime | None,
    events: Sequence[ClockEvent],
    now: datetime,
    ended: bool,
) -> Step | None:
    """Measures one expectation; None where nothing was expected. `ended`: the drill is over, nothing can come."""
    if not expect_minutes:
        return None
    expected = timedelta(minutes=expect_minutes)
    if done_at is not None:
        taken = running_between(events, issued_at, done_at)
        return Step(expected, taken, Outcome.MET if taken <= expected else Outcome.LATE)
    waited = running_between(events, issued_at, now)
    return Step(expected, None, Outcome.MISSED if ended or waited > expected else Outcome.OPEN)


def tally(steps: Iterable[Step | None]) -> dict[Outcome, int]:
    """How many expectations ended how."""
    counted = dict.fromkeys(Outcome, 0)
    for one in steps:
        if one is not None:
            counted[one.outcome] += 1
    return counted


def percent_met(counted: dict[Outcome, int]) -> int | None:
    """Share of expectations met in time among those that have ended, rounded down; None before the first has."""
    ended = sum(count for outcome, count in counted.items() if outcome != Outcome.OPEN)
    return counted[Outcome.MET] * 100 // ended if ended else None
