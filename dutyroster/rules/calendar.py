"""Duty days: when they begin, into which shifts they fall, how many people they need, what they weigh."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from dutyroster.rules.span import Span
from territory.enums import DayKind

ORDINARY = (DayKind.WORKDAY, DayKind.WEEKEND, DayKind.HOLIDAY)
WEIGHTS = {DayKind.WORKDAY: 1.0, DayKind.WEEKEND: 1.5, DayKind.HOLIDAY: 2.0, DayKind.UNKNOWN: 1.5}
NIGHT = 1.3  # a part of a day that lies mostly between 22:00 and 06:00 costs the next day's sleep
DEFAULT_STAFF = 1  # a post that says nothing about a kind of day still wants somebody


@dataclass(frozen=True)
class Seat:
    """A shift that has to be filled by `staff` people. `day` is the duty day it belongs to, `weight` what it costs."""

    post: int
    day: date
    span: Span
    staff: int
    kind: DayKind
    weight: float = 1.0


@dataclass(frozen=True)
class PostFacts:
    """What the roster knows of a post. `staff` by kind of day and response level (None: no response)."""

    pk: int
    starts_at: time
    shift_hours: int
    rest: timedelta
    staff: Mapping[tuple[str, int | None], int]
    order: int = 0


def duty_day(day: date, starts_at: time, zone: tzinfo) -> Span:
    """The 24 hours of a duty day."""
    return Span(datetime.combine(day, starts_at, zone), datetime.combine(day + timedelta(days=1), starts_at, zone))


def duty_day_of(moment: datetime, starts_at: time, zone: tzinfo) -> date:
    """The duty day that a moment belongs to: 02:00 belongs to the day before where the shift changes at 08:00."""
    local = moment.astimezone(zone)
    return local.date() if local.time() >= starts_at else local.date() - timedelta(days=1)


def days(first_day: date, last_day: date) -> Iterator[date]:
    """Every day, both ends included."""
    for number in range((last_day - first_day).days + 1):
        yield first_day + timedelta(days=number)


def required_staff(staff: Mapping[tuple[str, int | None], int], kind: DayKind, level: int | None) -> int:
    """How many people a kind of day needs under a response level.

    A level without a row of its own takes that of the next milder one that has any (level 1 is the most severe), and
    without such a row the ordinary number holds. A day of unknown kind takes the highest of the three.
    """
    if kind == DayKind.UNKNOWN:
        return max(required_staff(staff, one, level) for one in ORDINARY)
    rows = {at: number for (day_kind, at), number in staff.items() if day_kind == kind}
    if level is not None:
        milder = [at for at in rows if at is not None and at >= level]
        if milder:
            return rows[min(milder)]
    return rows.get(None, DEFAULT_STAFF)


def weight(kind: DayKind, span: Span, zone: tzinfo) -> float:
    """What a shift costs whoever serves it, in workdays of 24 hours."""
    share = span.hours / 24
    is_night = span.hours < 24 and span.start.astimezone(zone).hour in (20, 21, 22, 23, 0, 1)
    return WEIGHTS[kind] * share * (NIGHT if is_night else 1.0)


def seats(
    post: PostFacts,
    first_day: date,
    last_day: date,
    *,
    kinds: Mapping[date, DayKind],
    zone: tzinfo,
    level: int | None = None,
    under_level: Span | None = None,
) -> list[Seat]:
    """The shifts of a post over its duty days. A date missing from `kinds` is unknown.

    The level counts for shifts that touch `under_level`: nobody knows how long a response will last.
    """
    found = []
    for day in days(first_day, last_day):
        kind = kinds.get(day, DayKind.UNKNOWN)
        begins = duty_day(day, post.starts_at, zone).start
        for number in range(24 // post.shift_hours):
            span = Span(
                begins + timedelta(hours=number * post.shift_hours),
                begins + timedelta(hours=(number + 1) * post.shift_hours),
            )
            now_in_force = level if under_level and span.overlaps(under_level) else None
            staff = required_staff(post.staff, kind, now_in_force)
            found.append(Seat(post.pk, day, span, staff, kind, weight(kind, span, zone)))
    return found
