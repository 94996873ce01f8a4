"""The month as a table: one row a duty day, one column a post."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo

from dutyroster.rules.calendar import PostFacts, days, duty_day, duty_day_of
from dutyroster.rules.span import Span
from territory.enums import DayKind


@dataclass(frozen=True)
class Entry:
    """A name in the table. `times` is empty when he serves the whole duty day, else “20:00–08:00”."""

    post: int
    person: str
    span: Span
    times: str = ""
    is_changed: bool = False


@dataclass(frozen=True)
class MonthRow:
    """One duty day: its kind and, by post in the table's order, who serves; an empty cell is a gap."""

    day: date
    kind: DayKind
    cells: list[list[Entry]] = field(default_factory=list)


def bounds(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def month_rows(
    year: int,
    month: int,
    *,
    posts: Sequence[PostFacts],
    entries: Iterable[Entry],
    kinds: Mapping[date, DayKind],
    zone: tzinfo,
) -> list[MonthRow]:
    """The rows of a month. A stretch belongs to the duty day in which it begins, as people count their nights."""
    by_pk = {post.pk: post for post in posts}
    cells: dict[tuple[date, int], list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: (entry.span, entry.person)):
        post = by_pk[entry.post]
        day = duty_day_of(entry.span.start, post.starts_at, zone)
        whole = duty_day(day, post.starts_at, zone) == entry.span
        cells[day, post.pk].append(entry if whole else _timed(entry, zone))
    first, last = bounds(year, month)
    return [
        MonthRow(day, kinds.get(day, DayKind.UNKNOWN), [cells[day, post.pk] for post in posts])
        for day in days(first, last)
    ]


def _timed(entry: Entry, zone: tzinfo) -> Entry:
    start, end = entry.span.start.astimezone(zone), entry.span.end.astimezone(zone)
    return Entry(entry.post, entry.person, entry.span, f"{start:%H:%M}–{end:%H:%M}", entry.is_changed)
