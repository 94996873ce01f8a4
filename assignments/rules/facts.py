"""Facts of work: what a person was asked, answered and did. Counts and whole minutes, and no judgement on them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from statistics import median

FIGURES = (
    "asked",
    "acknowledged_in_time",
    "acknowledged_late",
    "not_acknowledged",
    "done_in_time",
    "done_late",
    "open",
    "overdue",
    "handed_on",
    "sent_back",
    "verified",
    "on_behalf",
)


@dataclass(frozen=True)
class Held:
    """One duty in the time that one person held it. `until` is None while it is his.

    `sent_back` and `on_behalf` say that it happened in his time; `verified` that another person accepted his work.
    """

    kind: str
    since: datetime
    due_at: datetime
    until: datetime | None = None
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    reported_at: datetime | None = None
    sent_back: bool = False
    verified: bool = False
    on_behalf: bool = False


@dataclass
class Tally:
    """A person's figures: `counts` by FIGURES, `kinds` asked by kind, medians in whole minutes (None: no duty)."""

    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    minutes_to_acknowledge: int | None = None
    minutes_to_report: int | None = None


def figures_of(held: Held, *, now: datetime) -> frozenset[str]:
    """The figures in which this duty counts for its holder at `now`.

    Where nobody waits for an acknowledgement there is none to be late with. A duty handed on is neither done nor late.
    """
    found = {"asked"}
    if held.acknowledge_by is not None:
        end = min(now, held.until or now)
        if held.acknowledged_at is not None:
            in_time = held.acknowledged_at <= held.acknowledge_by
            found.add("acknowledged_in_time" if in_time else "acknowledged_late")
        elif held.acknowledge_by < end:
            found.add("not_acknowledged")
    if held.until is not None:
        found.add("handed_on")
    elif held.reported_at is not None:
        found.add("done_in_time" if held.reported_at <= held.due_at else "done_late")
    else:
        found.add("overdue" if held.due_at < now else "open")
    marks = {"sent_back": held.sent_back, "verified": held.verified, "on_behalf": held.on_behalf}
    return frozenset(found | {name for name, true in marks.items() if true})


def tally(rows: Iterable[Held], *, now: datetime) -> Tally:
    """The figures of one person."""
    answer, to_acknowledge, to_report = Tally(), [], []
    for row in rows:
        answer.counts.update(figures_of(row, now=now))
        answer.kinds[row.kind] += 1
        if row.acknowledged_at is not None:
            to_acknowledge.append(_minutes(row.since, row.acknowledged_at))
        if row.reported_at is not None:
            to_report.append(_minutes(row.since, row.reported_at))
    answer.minutes_to_acknowledge = int(median(to_acknowledge)) if to_acknowledge else None
    answer.minutes_to_report = int(median(to_report)) if to_report else None
    return answer


def month_span(first: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """A calendar month in local time, half-open."""
    start = datetime(first.year, first.month, 1, tzinfo=zone)
    later = start + timedelta(days=32)
    return start, datetime(later.year, later.month, 1, tzinfo=zone)


def span(first: date, last: date, *, zone: tzinfo) -> tuple[datetime, datetime]:
    """Local days, the last one included, half-open."""
    after = last + timedelta(days=1)
    return (
        datetime(first.year, first.month, first.day, tzinfo=zone),
        datetime(after.year, after.month, after.day, tzinfo=zone),
    )


def _minutes(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds() // 60))
