"""待核: doors ticked faster than anybody walks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncMinute

from alerts.enums import VisitOutcome
from alerts.models import Notice, Visit
from alerts.rules import Tick, doubted
from territory import queries as territory
from territory.models import within
from territory.rules import Scope

MINUTE = timedelta(seconds=60)


@dataclass(frozen=True)
class Doubt:
    """The visits of one person that nobody could have made: how many, between when, in which grids."""

    by: int
    name: str
    areas: str
    first: datetime
    last: datetime
    visits: list[int]

    @property
    def count(self) -> int:
        """How many doors."""
        return len(self.visits)


def doubts(notice: Notice, scope: Scope) -> list[Doubt]:
    """Whose ticks are to be looked at, most first; what was judged already is left out. Two statements.

    All ticks of a person count, also those outside the scope: he ticked them in the same minute.
    """
    open_ones = [row for row in _open_ticks(notice) if scope.covers(row[4])]
    names = territory.area_names({row[4] for row in open_ones})
    people: dict[int, list[tuple[int, str, datetime, str]]] = {}
    for pk, by, name, at, code in open_ones:
        people.setdefault(by or 0, []).append((pk, name, at, names.get(code, code)))
    return sorted((_doubt(by, own) for by, own in people.items()), key=lambda one: -one.count)


def doubts_by_area(notice: Notice, scope: Scope) -> Counter[str]:
    """How many doors are to be looked at, by area. One statement."""
    return Counter(code for *_tick, code in _open_ticks(notice) if scope.covers(code))


def _open_ticks(notice: Notice) -> list[tuple[int, int | None, str, datetime, str]]:
    """Ticks that nobody could have made and nobody has judged: visit, person, his name, when, where."""
    told = (VisitOutcome.TOLD, VisitOutcome.NOBODY, VisitOutcome.REFUSED)
    ticked = Visit.objects.filter(audience__notice=notice, by__isnull=False, outcome__in=told)
    # Within sixty seconds lie two minutes of the clock at most: whoever has half as many in none of them is left out.
    minutes = ticked.order_by().annotate(minute=TruncMinute("occurred_at")).values("by", "minute")
    busy = minutes.annotate(count=Count("pk")).filter(count__gte=-(-settings.DOOR_TICKS_A_MINUTE // 2)).values("by")
    rows = list(
        ticked.filter(by__in=busy)
        .order_by("occurred_at", "pk")
        .values_list("pk", "by", "by_name", "occurred_at", "audience__area_code", "check_of")
    )
    ticks = [Tick(pk, by or 0, at) for pk, by, _name, at, _code, _check in rows]
    found = doubted(ticks, most=settings.DOOR_TICKS_A_MINUTE, within=MINUTE)
    return [(pk, by, name, at, code) for pk, by, name, at, code, check in rows if pk in found and check is None]


def _doubt(by: int, own: list[tuple[int, str, datetime, str]]) -> Doubt:
    return Doubt(
        by=by,
        name=own[0][1],
        areas="、".join(dict.fromkeys(area for _pk, _name, _at, area in own)),
        first=own[0][2],
        last=own[-1][2],
        visits=[pk for pk, _name, _at, _area in own],
    )


def doubted_doors(found: Iterable[Doubt], scope: Scope) -> list[Visit]:
    """The doors behind these doubts, in the order of their ticks. One statement."""
    numbers = [pk for doubt in found for pk in doubt.visits]
    rows = Visit.objects.filter(within(scope, "audience__area_code"), pk__in=numbers)
    return list(rows.select_related("audience__household").order_by("occurred_at", "pk"))
