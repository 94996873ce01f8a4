"""The work log of a day: what was done, what was recorded only afterwards, until when a remark may be added."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

NOON = 12  # whoever worked through the night writes on the day before until then


@dataclass(frozen=True)
class Done:
    """One thing that a person did, as the app that keeps such records tells it.

    `what` is the translated kind of thing, `text` says which; `recorded_at` is when it was typed.
    """

    person_id: int
    at: datetime
    recorded_at: datetime
    what: str
    text: str
    area_code: str = ""
    url: str = ""


def day_of(at: datetime, zone: tzinfo) -> date:
    """The local day in which something happened."""
    return at.astimezone(zone).date()


def is_afterwards(done: Done, zone: tzinfo) -> bool:
    """True for what was recorded only after its local day was over: it stood not in the log of that evening."""
    return day_of(done.recorded_at, zone) > day_of(done.at, zone)


def may_remark(day: date, *, now: datetime, zone: tzinfo) -> bool:
    """A remark belongs to today, until noon also to the day before; later the log of a day is left as it is."""
    local = now.astimezone(zone)
    return day == local.date() or (day == local.date() - timedelta(days=1) and local.hour < NOON)


def by_day(rows: Iterable[Done], zone: tzinfo) -> dict[date, list[Done]]:
    """What was done on each local day, in the order in which it happened."""
    found: dict[date, list[Done]] = {}
    for row in sorted(rows, key=lambda one: (one.at, one.recorded_at, one.text)):
        found.setdefault(day_of(row.at, zone), []).append(row)
    return found


def counted(rows: Iterable[Done]) -> list[tuple[str, int]]:
    """How many of each kind of thing, by its word."""
    return sorted(Counter(row.what for row in rows).items())
