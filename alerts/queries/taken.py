"""The coverage of a notice as everybody who looks is shown it: of a long audience counted once for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts.models import Notice, TakenCount
from alerts.queries.counting import Counts, counted_by_area
from alerts.queries.coverage import Coverage, Tally, composed, summed, totals
from alerts.queries.doubts import doubts_by_area
from alerts.queries.waves import Wave, phones_waiting, waves, waves_by_area
from territory.rules import Scope

# A count that old is shown no more: whoever looks counts himself. A tick takes one every five seconds.
OLDEST = timedelta(seconds=20)


@dataclass(frozen=True)
class AreaCount:
    """What is counted of one area: households as `counting.Counts` has them, households with another telephone, doors
    to be looked at, and the messages of each wave.
    """

    spoken: int = 0
    kinds: list[int] = field(default_factory=list)
    waiting: int = 0
    doubted: int = 0
    waves: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """What the coverage section prints, and of what moment it is."""

    at: datetime
    coverage: Coverage
    waves: list[Wave]
    phones_waiting: int
    doubted: int


def area_counts(notice: Notice, scope: Scope) -> dict[str, AreaCount]:
    """Counts what the coverage section prints, by area. Seven statements at most, over the whole audience."""
    counted, waiting = counted_by_area(notice, scope), phones_waiting(notice, scope)
    doubted, sent = doubts_by_area(notice, scope), waves_by_area(notice, scope)
    return {
        code: AreaCount(*counted.get(code, (0, [])), waiting.get(code, 0), doubted.get(code, 0), sent.get(code, {}))
        for code in {*counted, *waiting, *doubted, *sent}  # a subscriber's message lies where no household may
    }


def shown(notice: Notice, scope: Scope, *, now: datetime) -> Shown:
    """The taken count while it is young, else counted now; what people were sent to do is always of now."""
    taken = _taken([notice.pk], scope, now).get(notice.pk)
    at, areas = taken or (now, area_counts(notice, scope))
    return Shown(
        at,
        composed(notice, scope, _households(areas)),
        waves(notice, (area.waves for area in areas.values())),
        sum(area.waiting for area in areas.values()),
        sum(area.doubted for area in areas.values()),
    )


def shown_coverage(notice: Notice, scope: Scope, *, now: datetime) -> tuple[datetime, Coverage]:
    """The households of `shown` alone, with the moment they were counted."""
    taken = _taken([notice.pk], scope, now).get(notice.pk)
    at, counted = (taken[0], _households(taken[1])) if taken else (now, counted_by_area(notice, scope))
    return at, composed(notice, scope, counted)


def shown_totals(notices: Iterable[Notice], scope: Scope, *, now: datetime) -> dict[int, Tally]:
    """`totals` with the taken counts where these are young. Two statements."""
    rows = {row.pk: row for row in notices}
    taken = {
        pk: summed(rows[pk].area_code, _households(areas)) for pk, (_at, areas) in _taken(rows, scope, now).items()
    }
    return taken | totals([row for pk, row in rows.items() if pk not in taken], scope)


def _taken(notices: Iterable[int], scope: Scope, now: datetime) -> dict[int, tuple[datetime, dict[str, AreaCount]]]:
    rows: Any = TakenCount.objects.filter(notice__in=list(notices), at__gt=now - OLDEST)
    return {
        pk: (at, {code: AreaCount(**area) for code, area in areas.items() if scope.covers(code)})
        for pk, at, areas in rows.values_list("notice", "at", "areas")
    }


def _households(areas: Mapping[str, AreaCount]) -> dict[str, Counts]:
    return {code: (area.spoken, area.kinds) for code, area in areas.items() if area.kinds}
