"""Routine inspections: which dates fall due, day by day, and where each stands. Whole local days."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from core.rules import Refused
from hazards.enums import Base, Circumstance, DueState, Objection

DAY = timedelta(days=1)
LONGEST = 366
# Days reckoned in one pass of one schedule: a platform that was down for two years catches up in two passes.
MOST_DAYS = 400
WAKING = range(7, 21)  # hours in which people are told of what can wait
LEVELS = {
    4: Circumstance.LEVEL_4,
    3: Circumstance.LEVEL_3,
    2: Circumstance.LEVEL_2,
    1: Circumstance.LEVEL_1,
}


@dataclass(frozen=True)
class Interval:
    """Every how many days a site is seen, and how many days before the date its duty is given."""

    days: int
    ahead: int = 0


@dataclass(frozen=True)
class Reckoned:
    """How far a schedule has been reckoned: the next date, what it is counted from, the last day looked at.

    `waits`: counted from completion, and the newest date has not been kept or made up yet.
    """

    next_on: date
    last_on: date | None
    to: date
    waits: bool = False


@dataclass(frozen=True)
class Falls:
    """A date that falls due, and the first day on which a visit keeps it."""

    on: date
    opens: date
    days: int


def check_interval(days: int, ahead: int) -> None:
    """Refuses an interval that is none, or whose dates would be open before the date before them."""
    if not (1 <= days <= LONGEST and 0 <= ahead < days):
        raise Refused(Objection.DAYS_WRONG.value, Objection.DAYS_WRONG.label, field="days")


def circumstances(*, in_season: bool, level: int | None) -> list[Circumstance]:
    """Which rows of the table hold: the season's, and every level's up to the one in force (1 is the highest)."""
    found = [Circumstance.FLOOD if in_season else Circumstance.DRY]
    return found + [row for number, row in LEVELS.items() if level is not None and level <= number]


def interval_in_force(table: Mapping[str, Interval], *, in_season: bool, level: int | None) -> Interval | None:
    """The shortest of the intervals that hold; None where the table has no row for any of them."""
    holding = [table[row] for row in circumstances(in_season=in_season, level=level) if row in table]
    return min(holding, key=lambda interval: interval.days, default=None)


def walk(
    state: Reckoned, *, base: str, today: date, interval_on: Callable[[date], Interval | None], done_on: date | None
) -> tuple[Reckoned, list[Falls]]:
    """Reckons a schedule day by day to `today`: the dates that fall due and the state from which it goes on.

    Each day is looked at once, in its own circumstances, so that it does not matter whether the platform looked every
    day or after a month: no date is lost and none comes twice. A shorter interval (the season begins, a level is
    raised) brings the next date forward, to that very day at the earliest; a longer one leaves it.
    `done_on`: when the newest date was kept or made up, for schedules that count from there.
    """
    found: list[Falls] = []
    if state.waits and done_on is not None and (interval := interval_on(done_on)) is not None:
        state = replace(state, next_on=done_on + interval.days * DAY, last_on=done_on, waits=False)
    last_day = min(today, state.to + MOST_DAYS * DAY)
    day = state.to + DAY
    while day <= last_day:
        interval = None if state.waits else interval_on(day)
        if interval is not None:
            if state.last_on is not None and state.last_on + interval.days * DAY < state.next_on:
                state = replace(state, next_on=max(day, state.last_on + interval.days * DAY))
            if state.next_on - interval.ahead * DAY <= day:
                opens = max(state.next_on - interval.ahead * DAY, (state.last_on or date.min) + DAY)
                found.append(Falls(state.next_on, min(opens, state.next_on), interval.days))
                state = replace(
                    state,
                    next_on=state.next_on + interval.days * DAY,
                    last_on=state.next_on,
                    waits=base == Base.COMPLETED,
                )
        day += DAY
    return replace(state, to=max(state.to, last_day)), found


def is_waking(hour: int) -> bool:
    """Whether people may be told of a routine at this hour of the day."""
    return hour in WAKING


def ends_at(on: date, zone: tzinfo) -> datetime:
    """The instant at which a date is over: its duty is due then, and a visit at that instant is late."""
    return datetime.combine(on + DAY, time.min, zone)


def due_state(ends: datetime, done_at: datetime | None, *, now: datetime) -> DueState:
    """Kept in time, missed and seen later, missed, or still to be seen. What was missed stays missed."""
    if done_at is not None:
        return DueState.KEPT if done_at < ends else DueState.MADE_UP
    return DueState.MISSED if ends <= now else DueState.DUE


def to_be_told(written: Iterable[date], *, today: date) -> list[date]:
    """Which of a schedule's new dates give a duty: those still to be kept, else the newest of those already over.

    A date that was over before anybody could be told stands as missed; one duty, not one a lost day, makes them up.
    """
    dates = sorted(written)
    return [on for on in dates if on >= today] or dates[-1:]
