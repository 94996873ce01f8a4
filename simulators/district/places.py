"""The 105 sites of six kinds: how many of each is the district's own figure, everything else is an example."""

import csv
from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin

from django.contrib.gis.geos import GEOSGeometry, LineString, Point, Polygon

from simulators.district import people
from simulators.district.people import Person
from simulators.district.plan import DATA, grids, subdistricts
from simulators.district.sketch import cells

METRE_NORTH = 1 / 110_900  # degrees
METRE_EAST = 1 / 92_500  # degrees, at 33.77° N
# Sites whose technical responsible is not named yet: a register without gaps would not show what a gap looks like.
WITHOUT_TECHNICIAN = frozenset({"WD-TC07", "WD-TC29", "WD-DZ05", "WD-YJ13"})
TECHNICIAN = {
    "river": "水利局",
    "underpass": "住建局",
    "ug_mall": "商务局",
    "ug_parking": "住建局",
    "geo_hazard": "自然资源局",
    "waterlog_point": "城管局",
}


@dataclass(frozen=True)
class Danger:
    """One site; `area_code` is a grid, for a river reach the community it runs through."""

    code: str
    kind: str
    name: str
    area_code: str
    closing_depth_cm: int | None
    geometry: GEOSGeometry


@cache
def dangers() -> tuple[Danger, ...]:
    """The 105."""
    with (DATA / "sites.csv").open(encoding="utf-8", newline="") as sheet:
        rows = list(csv.DictReader(sheet))
    used: dict[str, int] = {}
    found = []
    for number, row in enumerate(rows):
        community = row["area_code"]
        inside = [grid.code for grid in grids() if grid.code.startswith(community)]
        used[community] = used.get(community, -1) + 1
        grid = inside[used[community] * 3 % len(inside)]
        kind = row["kind"]
        area = community if kind == "river" else grid
        depth = int(row["closing_depth_cm"]) if row["closing_depth_cm"] else None
        found.append(Danger(row["code"], kind, row["name"], area, depth, _geometry(kind, area, number)))
    return tuple(found)


def responsible(danger: Danger) -> dict[str, Person]:
    """Who answers for a site, by role: the sub-district's leader, the agency's technician, who patrols it."""
    number = next(place for place, sub in enumerate(subdistricts()) if danger.area_code.startswith(sub.code))
    named = {"admin_resp": people.officers()[number * 2 + 1]}
    if danger.code not in WITHOUT_TECHNICIAN:
        agency = people.AGENCIES.index(TECHNICIAN[danger.kind])
        named["tech_resp"] = people.agencies()[agency]
    named["patrol_resp"] = _patrol(danger)
    return named


def _patrol(danger: Danger) -> Person:
    minded = [each for each in dangers() if each.kind in ("ug_mall", "ug_parking")]
    if danger in minded:
        return people.keepers()[minded.index(danger)]
    return next(worker for worker in people.workers() if worker.area_code.startswith(danger.area_code))


def _geometry(kind: str, area: str, number: int) -> GEOSGeometry:
    cell = cells()[area]
    middle = cell.point_on_surface
    if kind == "river":
        west, _, east, _ = cell.extent
        bends = [
            Point(west + (east - west) * step / 8, middle.y + sin(step * 1.1 + number) * 160 * METRE_NORTH)
            for step in range(9)
        ]
        return LineString([(round(bend.x, 6), round(bend.y, 6)) for bend in bends], srid=4326)
    if kind == "geo_hazard" and number % 2 == 0:
        ring = [
            (
                round(middle.x + cos(turn * pi / 4) * (70 + turn % 3 * 25) * METRE_EAST, 6),
                round(middle.y + sin(turn * pi / 4) * (70 + turn % 3 * 25) * METRE_NORTH, 6),
            )
            for turn in range(8)
        ]
        return Polygon([*ring, ring[0]], srid=4326)
    return Point(round(middle.x, 6), round(middle.y, 6), srid=4326)
