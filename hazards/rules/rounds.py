"""When the calendar opens a round, and what became of each site between two rounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from hazards.enums import Change, SeasonPhase

# A round whose day passed while the platform was down is opened this many days later at most.
CATCH_UP = timedelta(days=30)


def opening_day(phase: str, offset_days: int, *, starts: date, ends: date) -> date:
    """The day on which a planned round opens in a season."""
    base = {
        SeasonPhase.BEFORE: starts,
        SeasonPhase.MIDDLE: starts + (ends - starts) // 2,
        SeasonPhase.AFTER: ends,
    }[SeasonPhase(phase)]
    return base + timedelta(days=offset_days)


def opens_now(day: date, *, planned_on: date, today: date) -> bool:
    """Whether a round planned for `day` is to be opened today: never for a day before somebody had planned it."""
    return planned_on <= day <= today <= day + CATCH_UP


@dataclass(frozen=True)
class Comparison:
    """The sites of two rounds by what became of them, and how many findings were found and settled between."""

    by_change: dict[Change, list[int]] = field(default_factory=dict)

    def count(self, change: Change) -> int:
        """How many sites went that way."""
        return len(self.by_change.get(change, []))


def change(before: int | None, after: int | None) -> Change:
    """What became of a site that stands in both rounds; the failed items of each visit, None: not inspected."""
    if before is None or after is None:
        return Change.UNSEEN
    if before == after:
        return Change.SAME
    return Change.WORSE if after > before else Change.BETTER


def compared(before: Mapping[int, int | None], after: Mapping[int, int | None]) -> Comparison:
    """Each site of either round once, by its primary key."""
    found: dict[Change, list[int]] = {each: [] for each in Change}
    for site in sorted({*before, *after}):
        if site not in before:
            found[Change.NEW].append(site)
        elif site not in after:
            found[Change.GONE].append(site)
        else:
            found[change(before[site], after[site])].append(site)
    return Comparison(found)
