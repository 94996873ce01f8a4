"""Borders for a district whose inner borders nobody publishes: an approximate outline, cut again and again.

Every cut halves a set of areas along the longer side of what is left, at the line that gives each half its share of
the ground. The result is a partition without gaps, the same every time, and no survey: the map says 示意.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import cast

from django.contrib.gis.geos import GeometryCollection, GEOSGeometry, MultiPolygon, Point, Polygon

from simulators.district.plan import DISTRICT, communities, grids, subdistricts

# WGS-84, inside 113.280–113.463 E, 33.715–33.829 N; drawn by hand.
OUTLINE = (
    (113.2815, 33.7420), (113.2830, 33.7605), (113.2802, 33.7765), (113.2925, 33.7850), (113.3010, 33.8010),
    (113.3180, 33.8075), (113.3390, 33.8040), (113.3560, 33.8165), (113.3790, 33.8200), (113.3985, 33.8288),
    (113.4210, 33.8215), (113.4395, 33.8120), (113.4420, 33.7960), (113.4628, 33.7840), (113.4570, 33.7665),
    (113.4480, 33.7560), (113.4405, 33.7385), (113.4205, 33.7330), (113.4010, 33.7205), (113.3790, 33.7155),
    (113.3610, 33.7245), (113.3420, 33.7215), (113.3215, 33.7300), (113.3020, 33.7290), (113.2815, 33.7420),
)  # fmt: skip

# Where each sub-district roughly lies in the outline (east, north; 0–1) and its share of the ground.
LAYOUT = {
    "410403001": (0.22, 0.40, 4), "410403002": (0.08, 0.45, 3), "410403003": (0.10, 0.25, 3),
    "410403004": (0.20, 0.20, 4), "410403005": (0.38, 0.45, 9), "410403006": (0.45, 0.70, 9),
    "410403007": (0.30, 0.55, 6), "410403008": (0.35, 0.15, 7), "410403009": (0.55, 0.25, 12),
    "410403010": (0.15, 0.75, 12), "410403011": (0.75, 0.45, 29), "410403012": (0.80, 0.80, 18),
}  # fmt: skip
HALVINGS = 14  # of the interval where a cut is sought: to a metre or so


@dataclass(frozen=True)
class Seat:
    """An area waiting for its ground."""

    code: str
    east: float
    north: float
    weight: float


@cache
def cells() -> dict[str, Polygon]:
    """The ground of every area by code, from the district to the grid."""
    outline = Polygon(OUTLINE)
    ground = {DISTRICT: outline}
    ground |= _divided(outline, [Seat(sub.code, *LAYOUT[sub.code]) for sub in subdistricts()])
    for level in (communities(), list(grids())):
        for parent in sorted({place.code[:-3] for place in level}):
            codes = [place.code for place in level if place.code[:-3] == parent]
            ground |= _divided(ground[parent], [_seat(code, number) for number, code in enumerate(codes)])
    return ground


def centre(code: str) -> Point:
    """A point well inside an area."""
    return cells()[code].point_on_surface


def geojson() -> bytes:
    """Every border as a GeoJSON feature collection; `code` names the area, `sketch` says what the border is worth."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "sketch": True},
            "geometry": json.loads(MultiPolygon(cell, srid=4326).json),
        }
        for code, cell in sorted(cells().items())
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def _seat(code: str, number: int) -> Seat:
    # An additive recurrence fills the square evenly whatever the count: cuts have something to sort by.
    return Seat(code, (0.5 + number * 0.7549) % 1, (0.5 + number * 0.5698) % 1, 1.0 + (number * 7 % 5) / 10)


def _divided(ground: Polygon, seats: list[Seat]) -> dict[str, Polygon]:
    if len(seats) == 1:
        return {seats[0].code: ground}
    west, south, east, north = ground.extent
    upright = (east - west) * 0.83 >= north - south  # a degree of longitude is shorter here
    ordered = sorted(seats, key=lambda seat: ((seat.east if upright else seat.north), seat.code))
    whole = sum(seat.weight for seat in ordered)
    middle, _ = min(
        ((place, abs(sum(seat.weight for seat in ordered[:place]) - whole / 2)) for place in range(1, len(ordered))),
        key=lambda choice: choice[1],
    )
    share = sum(seat.weight for seat in ordered[:middle]) / whole
    first, second = _cut(ground, share, upright)
    return _divided(first, ordered[:middle]) | _divided(second, ordered[middle:])


def _cut(ground: Polygon, share: float, upright: bool) -> tuple[Polygon, Polygon]:
    """The ground on both sides of the line that leaves `share` of it on the western (or southern) side."""
    west, south, east, north = ground.extent
    low, high = (west, east) if upright else (south, north)
    wanted = ground.area * share
    for _ in range(HALVINGS):
        line = (low + high) / 2
        if _one(ground.intersection(_half(ground, line, upright))).area < wanted:
            low = line
        else:
            high = line
    half = _half(ground, high, upright)
    return _one(ground.intersection(half)), _one(ground.difference(half))


def _half(ground: Polygon, line: float, upright: bool) -> Polygon:
    """Everything west (south) of a line that leans a little, as roads do."""
    west, south, east, north = ground.extent
    lean = ((north - south) if upright else (east - west)) * 0.09
    if upright:
        return Polygon(
            ((west - 1, south), (line - lean, south), (line + lean, north), (west - 1, north), (west - 1, south))
        )
    return Polygon(((west, south - 1), (west, line - lean), (east, line + lean), (east, south - 1), (west, south - 1)))


def _one(shape: GEOSGeometry) -> Polygon:
    """The largest polygon of what a cut leaves: a bay of the outline may fall apart."""
    if isinstance(shape, Polygon):
        return shape
    pieces = [piece for piece in cast("GeometryCollection", shape) if isinstance(piece, Polygon)]
    return max(pieces, key=lambda piece: piece.area)
