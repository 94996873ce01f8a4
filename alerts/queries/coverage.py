"""How far a notice has come, by grid: counted per household, each in exactly one state."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection

from alerts.enums import Choice, Reach
from alerts.models import DoorKnock, Notice
from alerts.rules import REACHED, SPOKEN, TONES, step_of
from messaging.enums import ARRIVED, OPEN
from messaging.enums import State as DeliveryState
from territory import queries as territory
from territory.models import within
from territory.rules import Scope

# On its way: not handed over yet, or handed over and no receipt so far.
IN_FLIGHT = (*OPEN, DeliveryState.ACCEPTED)

_ARRIVED = f"({', '.join(str(int(state)) for state in ARRIVED)})"
_IN_FLIGHT = f"({', '.join(str(int(state)) for state in IN_FLIGHT)})"

# rules.reach in SQL: a = audience row, d = the delivery to its first telephone or nothing, later = what became of those
# to its further telephones or nothing. One state a household, whichever wave reached it: the first that holds.
_CONDITIONS = (
    (f"a.answer = '{Choice.NEED_HELP.value}' AND a.help_closed_at IS NULL", Reach.NEED_HELP),
    ("a.answer <> ''", Reach.ANSWERED),
    ("a.visited_at IS NOT NULL", Reach.VISITED),
    (f"d.state IN {_ARRIVED} OR later.arrived", Reach.DELIVERED),
    ("a.closed_reason <> ''", Reach.CLOSED_UNREACHABLE),
    ("a.unreached_at IS NOT NULL", Reach.UNREACHED),
    (f"d.state IN {_IN_FLIGHT} OR later.open", Reach.PENDING),
    ("true", Reach.UNREACHED),
)
REACH = "CASE " + " ".join(f"WHEN {condition} THEN '{state.value}'" for condition, state in _CONDITIONS) + " END"
STATES = tuple(Reach)
NUMBER = "CASE " + " ".join(f"WHEN {condition} THEN {STATES.index(state)}" for condition, state in _CONDITIONS) + " END"
# A counter for each state, ordinary households first. Grouping by the state makes the planner sort all rows: 424
# against 189 ms for 100,000 on a busy machine, where the join alone took 121.
COUNTERS = ", ".join(f"count(*) FILTER (WHERE number = {number})" for number in range(2 * len(STATES)))
# The deliveries of later waves, one row a household that any was needed for: few beside the audience.
_LATER = f"""
    LEFT JOIN (SELECT p.audience_id, bool_or(n.state IN {_ARRIVED}) AS arrived, bool_or(n.state IN {_IN_FLIGHT}) AS open
                 FROM alerts_audiencephone p
                 JOIN messaging_delivery n
                   ON n.broadcast_id = p.broadcast_id AND n.contact_point_id = p.contact_point_id
                WHERE p.notice_id = ANY (%(notices)s) AND p.broadcast_id IS NOT NULL GROUP BY 1
              ) later ON later.audience_id = a.id
"""  # noqa: S608  (constants of ours)
FROM = f"""
    FROM alerts_audiencehousehold a
    LEFT JOIN messaging_delivery d ON d.broadcast_id = %(broadcast)s AND d.contact_point_id = a.contact_point_id
    {_LATER}
   WHERE a.notice_id = %(notice)s AND a.area_code LIKE ANY (%(scope)s)
"""
FROM_SEVERAL = f"""
    FROM alerts_audiencehousehold a
    JOIN alerts_notice n ON n.id = a.notice_id
    LEFT JOIN messaging_delivery d ON d.broadcast_id = n.broadcast_id AND d.contact_point_id = a.contact_point_id
    {_LATER}
   WHERE a.notice_id = ANY (%(notices)s) AND a.area_code LIKE ANY (%(scope)s)
"""


@dataclass
class Tally:
    """Households of one area by state; ordinary ones and those who must be spoken to apart."""

    code: str
    name: str = ""
    ordinary: dict[Reach, int] = field(default_factory=dict)
    must: dict[Reach, int] = field(default_factory=dict)
    must_spoken: int = 0
    knocking: bool = False

    def add(self, other: "Tally") -> None:
        """Takes another area's households in."""
        for mine, theirs in ((self.ordinary, other.ordinary), (self.must, other.must)):
            for state, count in theirs.items():
                mine[state] = mine.get(state, 0) + count
        self.must_spoken += other.must_spoken

    def count(self, state: Reach) -> int:
        """Households in this state."""
        return self.ordinary.get(state, 0) + self.must.get(state, 0)

    @property
    def total(self) -> int:
        return sum(self.ordinary.values()) + sum(self.must.values())

    @property
    def reached(self) -> int:
        return sum(self.count(state) for state in REACHED)

    @property
    def must_total(self) -> int:
        return sum(self.must.values())

    @property
    def must_answered(self) -> int:
        """必达户应答率's numerator: those who answered or were spoken to."""
        return sum(self.must.get(state, 0) for state in SPOKEN)

    @property
    def ordinary_total(self) -> int:
        return sum(self.ordinary.values())

    @property
    def ordinary_delivered(self) -> int:
        """送达率's numerator."""
        return sum(self.ordinary.get(state, 0) for state in REACHED)

    @property
    def ordinary_answered(self) -> int:
        """叫应率's numerator."""
        return sum(self.ordinary.get(state, 0) for state in SPOKEN)

    @property
    def crying(self) -> int:
        """Households that ask for help."""
        return self.count(Reach.NEED_HELP)

    @property
    def unreached(self) -> int:
        return self.count(Reach.UNREACHED)

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
    """The whole, and its parts worst first: by grid and by sub-district. The grids sum to the whole."""

    total: Tally
    grids: list[Tally]
    subdistricts: list[Tally]

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
    """Counts the frozen audience inside the scope. Three statements: the count, the knocks, the names."""
    grids: dict[str, Tally] = {}
    with connection.cursor() as cursor:
        cursor.execute(_counted("area_code", FROM), parameters(notice, scope))
        for code, *numbers in cursor.fetchall():
            grids[code] = _tally(code, numbers)
    knocking = set(DoorKnock.objects.filter(within(scope), notice=notice).values_list("area_code", flat=True))
    names = territory.area_names({*grids, *(code[:9] for code in grids)})
    total, subdistricts = Tally(notice.area_code), dict[str, Tally]()
    for grid in grids.values():
        grid.name, grid.knocking = names.get(grid.code, grid.code), grid.code in knocking
        total.add(grid)
        part = subdistricts.setdefault(grid.code[:9], Tally(grid.code[:9], names.get(grid.code[:9], grid.code[:9])))
        part.add(grid)
    return Coverage(total, _worst_first(grids.values()), _worst_first(subdistricts.values()))


def totals(notices: Iterable[Notice], scope: Scope) -> dict[int, Tally]:
    """The whole of each notice inside the scope, by primary key, for lists that show no parts. One statement."""
    whole = {row.pk: Tally(row.area_code) for row in notices}
    with connection.cursor() as cursor:
        cursor.execute(_counted("notice_id", FROM_SEVERAL), {"notices": list(whole), "scope": _prefixes(scope)})
        for pk, *numbers in cursor.fetchall():
            whole[pk] = _tally(whole[pk].code, numbers)
    return whole


def _counted(key: str, source: str) -> str:
    return f"""SELECT {key}, count(*) FILTER (WHERE spoken), {COUNTERS} FROM (
                   SELECT a.{key}, a.must_reach <> '' AND a.visited_at IS NOT NULL AS spoken,
                          {NUMBER} + CASE WHEN a.must_reach <> '' THEN {len(STATES)} ELSE 0 END AS number
                          {source} OFFSET 0
               ) states GROUP BY 1"""  # noqa: S608  (constants of this module)


def _tally(code: str, numbers: list[int]) -> Tally:
    spoken, *counts = numbers
    return Tally(code, "", _present(counts[: len(STATES)]), _present(counts[len(STATES) :]), spoken)


def _present(counts: list[int]) -> dict[Reach, int]:
    return {state: count for state, count in zip(STATES, counts, strict=True) if count}


def parameters(notice: Notice, scope: Scope) -> dict[str, Any]:
    """What FROM asks for."""
    return {
        "notice": notice.pk,
        "notices": [notice.pk],
        "broadcast": notice.broadcast_id,
        "scope": _prefixes(scope),
    }


def _prefixes(scope: Scope) -> list[str]:
    return [f"{code}%" for code in sorted(scope.codes)]


def _worst_first(tallies: Iterable[Tally]) -> list[Tally]:
    return sorted(tallies, key=lambda one: (-one.crying, -one.unreached, -one.pending, one.code))


def coverage_geojson(notice: Notice, scope: Scope) -> str:
    """The grids of the audience as GeoJSON with `step`, `name` and `state` ("96/98")."""
    found = coverage(notice, scope)
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
