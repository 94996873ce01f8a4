"""How far a notice has come, by grid: counted per household, each in exactly one state."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection

from alerts.enums import Reach
from alerts.models import DoorKnock, Notice
from alerts.queries.counting import AWAY, KINDS, MET_CRYING, STATES, Counts, counted_by_area, counted_by_notice
from alerts.queries.units import UnitSum, unit_sums
from alerts.rules import REACHED, SPOKEN, TONES, UNANSWERED, UNDELIVERED, step_of
from territory import queries as territory
from territory.models import within
from territory.rules import Scope

# The places of each state among the counts: of ordinary households, of those who must be spoken to, of both.
_ORDINARY = {state: (place,) for place, state in enumerate(STATES)}
_APART = {Reach.ANSWERED: (AWAY,), Reach.NEED_HELP: (MET_CRYING,)}
_MUST = {state: (len(STATES) + place, *_APART.get(state, ())) for place, state in enumerate(STATES)}
_BOTH = {state: _ORDINARY[state] + _MUST[state] for state in STATES}


@dataclass
class Tally:
    """Households of one area: `counts` by kind (see `counting`), those spoken to of the ones who must be."""

    code: str
    name: str = ""
    counts: list[int] = field(default_factory=lambda: [0] * KINDS)
    must_spoken: int = 0
    units: UnitSum = field(default_factory=UnitSum)
    knocking: bool = False

    def add(self, other: "Tally") -> None:
        """Takes another area's households in."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.must_spoken += other.must_spoken

    @property
    def ordinary(self) -> dict[Reach, int]:
        """Ordinary households by state, where there are any."""
        return {state: count for state in STATES if (count := self._sum(_ORDINARY, [state]))}

    @property
    def must(self) -> dict[Reach, int]:
        """Those who must be spoken to by state, where there are any."""
        return {state: count for state in STATES if (count := self._sum(_MUST, [state]))}

    @property
    def must_away(self) -> int:
        """Of the latter, those who only say that they are away."""
        return self.counts[AWAY]

    @property
    def must_met_crying(self) -> int:
        """Of the latter, those who were spoken to and ask for help."""
        return self.counts[MET_CRYING]

    def _sum(self, places: Mapping[Reach, tuple[int, ...]], states: Iterable[Reach]) -> int:
        counts = self.counts
        return sum([counts[place] for state in states for place in places[state]])

    def count(self, *states: Reach) -> int:
        """Households in any of these states."""
        return self._sum(_BOTH, states)

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def reached(self) -> int:
        return self.count(*REACHED)

    @property
    def must_total(self) -> int:
        return sum(self.counts[len(STATES) :])

    @property
    def must_answered(self) -> int:
        """必达户应答率's numerator: those who answered or were spoken to. Being away answers for nobody at home."""
        return self._sum(_MUST, SPOKEN) - self.must_away

    @property
    def must_unspoken(self) -> int:
        """Those nobody has spoken to in person, and nobody has signed for as unreachable."""
        return self.must_total - self.must_spoken - self._sum(_MUST, [Reach.CLOSED_UNREACHABLE])

    @property
    def must_missing(self) -> int:
        """Those who keep it below 100 %: nobody has spoken to them, or they ask for help."""
        return self.must_unspoken + self.must_met_crying

    @property
    def ordinary_total(self) -> int:
        return sum(self.counts[: len(STATES)])

    @property
    def ordinary_delivered(self) -> int:
        """送达率's numerator."""
        return self._sum(_ORDINARY, REACHED)

    @property
    def ordinary_undelivered(self) -> int:
        """Ordinary households that nothing has reached and nobody has signed for, and those who ask for help."""
        return self._sum(_ORDINARY, UNDELIVERED)

    @property
    def ordinary_unanswered(self) -> int:
        """The same where answers are the goal: a message that arrived answers nothing."""
        return self._sum(_ORDINARY, UNANSWERED)

    @property
    def ordinary_answered(self) -> int:
        """叫应率's numerator."""
        return self._sum(_ORDINARY, SPOKEN)

    @property
    def crying(self) -> int:
        """Households that ask for help."""
        return self.count(Reach.NEED_HELP)

    @property
    def unreached(self) -> int:
        return self.count(Reach.UNREACHED)

    @property
    def must_unreached(self) -> int:
        """Those not reached who must be spoken to."""
        return self._sum(_MUST, [Reach.UNREACHED])

    @property
    def pending(self) -> int:
        return self.count(Reach.PENDING)

    @property
    def step(self) -> int:
        """The map's step, 1 worst to 5 best."""
        return step_of(self.reached, self.total)


@dataclass(frozen=True)
class Bar:
    """One state of the whole audience, for the bars."""

    state: Reach
    count: int
    total: int

    @property
    def tone(self) -> str:
        """The colour and shape of the state."""
        return TONES[self.state]


@dataclass(frozen=True)
class Coverage:
    """The whole, and its parts worst first: by grid, by sub-district, by community. The grids sum to the whole."""

    total: Tally
    grids: list[Tally]
    subdistricts: list[Tally]
    communities: list[Tally] = field(default_factory=list)

    @cached_property
    def bars(self) -> list[Bar]:
        """Every state with its count, in the order in which states hold."""
        return [Bar(state, self.total.count(state), self.total.total) for state in Reach]

    @property
    def unreached_without_knock(self) -> int:
        """Households not reached in grids where nobody was sent to knock."""
        return sum(grid.unreached for grid in self.grids if not grid.knocking)

    @property
    def accounted(self) -> bool:
        """Nothing on its way any more, and somebody knocks wherever a household was not reached."""
        return not self.total.pending and not self.unreached_without_knock


def coverage(notice: Notice, scope: Scope) -> Coverage:
    """Counts the frozen audience inside the scope. Five statements: the count, the key units, the knocks, the names."""
    return composed(notice, scope, counted_by_area(notice, scope))


def composed(notice: Notice, scope: Scope, counted: Mapping[str, Counts]) -> Coverage:
    """The whole and its parts from a count by area. Three statements: the knocks, the names, the key units."""
    grids = {code: _tally(code, counts) for code, counts in counted.items()}
    knocking = set(DoorKnock.objects.filter(within(scope), notice=notice).values_list("area_code", flat=True))
    names = territory.area_names({*grids, *(code[:length] for code in grids for length in (9, 12))})
    total, subdistricts, communities = Tally(notice.area_code), dict[str, Tally](), dict[str, Tally]()
    units = unit_sums(notice, scope)
    for grid in grids.values():
        grid.name, grid.knocking = names.get(grid.code, grid.code), grid.code in knocking
        total.add(grid)
        for parts, length in ((subdistricts, 9), (communities, 12)):
            code = grid.code[:length]
            parts.setdefault(code, Tally(code, names.get(code, code))).add(grid)
    for code, unit in units.items():
        total.units += unit
        for parts, length in ((subdistricts, 9), (communities, 12), (grids, 15)):
            if part := parts.get(code[:length]):
                part.units += unit
    return Coverage(
        total, _worst_first(grids.values()), _worst_first(subdistricts.values()), _worst_first(communities.values())
    )


def totals(notices: Iterable[Notice], scope: Scope) -> dict[int, Tally]:
    """The whole of each notice inside the scope, by primary key, for lists that show no parts. One statement."""
    codes = {row.pk: row.area_code for row in notices}
    if not codes:
        return {}
    found = counted_by_notice(codes, scope)
    return {pk: _tally(code, found[pk]) if pk in found else Tally(code) for pk, code in codes.items()}


def summed(code: str, counted: Mapping[str, Counts]) -> Tally:
    """One tally of everything that was counted by area."""
    whole = Tally(code)
    for area, counts in counted.items():
        whole.add(_tally(area, counts))
    return whole


def _tally(code: str, counted: Counts) -> Tally:
    spoken, counts = counted
    return Tally(code, "", counts, spoken)


def _worst_first(tallies: Iterable[Tally]) -> list[Tally]:
    return sorted(tallies, key=lambda one: (-one.crying, -one.unreached, -one.pending, one.code))


def coverage_geojson(found: Coverage) -> str:
    """The grids of the audience as GeoJSON with `step`, `name` and `state` ("96/98")."""
    shapes: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, ST_AsGeoJSON(border, 5) FROM territory_area WHERE border IS NOT NULL AND code = ANY (%s)",
            [[grid.code for grid in found.grids]],
        )
        shapes = dict(cursor.fetchall())
    # Where no grid has a border the sub-districts are shown, if those have.
    tallies = found.grids
    if not shapes:
        tallies = found.subdistricts
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT code, ST_AsGeoJSON(border, 5) FROM territory_area WHERE border IS NOT NULL AND code = ANY (%s)",
                [[part.code for part in tallies]],
            )
            shapes = dict(cursor.fetchall())
    features = (
        f'{{"type":"Feature","id":"{part.code}","properties":{_printed(part)},"geometry":{shapes[part.code]}}}'
        for part in tallies
        if part.code in shapes
    )
    return '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}"


def _printed(part: Tally) -> str:
    return json.dumps(
        {"code": part.code, "name": part.name, "state": f"{part.reached}/{part.total}", "step": part.step},
        ensure_ascii=False,
    )


def whole_extent(notice: Notice) -> str:
    """West, south, east, north of the notice's area for the map; the district's own when no border is known."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
                 FROM (SELECT ST_Extent(border) AS box FROM territory_area a
                        JOIN alerts_noticearea n ON n.notice_id = %s AND a.code LIKE n.area_code || '%%') e""",
            [notice.pk],
        )
        edges = cursor.fetchone()
    return ",".join(f"{edge:.4f}" for edge in edges) if edges and edges[0] is not None else "113.20,33.68,113.54,33.86"
