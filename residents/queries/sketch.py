"""A map of a few kilobytes that needs no script: outlines of the sub-districts, numbered places, closed roads."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import cos, radians

from django.db import connection

from command.models import Closure
from command.queries import ShelterLine

WIDTH = 640  # of the drawing; the page scales it
MARGIN = 24
COARSE = 0.0006  # degrees, some 60 m: what 640 units can show of a district
Pair = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """A place on the drawing; `number` is its line in the list, empty for a closed road."""

    x: int
    y: int
    number: str
    kind: str  # "shelter", "high_ground" or "closed"


@dataclass
class Sketch:
    """The drawing: its height, the outlines as SVG paths with whether each is the area asked for, the marks."""

    height: int
    outlines: list[tuple[str, bool]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    width: int = WIDTH


def sketch(lines: Sequence[ShelterLine], closures: Iterable[Closure], area_code: str) -> Sketch | None:
    """The drawing of these places; None where nothing has a position. One statement."""
    rings = _rings(area_code)
    here = [ring for code, ring in rings if code == area_code[:9]] or [ring for _code, ring in rings]
    places = [(line.shelter.position.x, line.shelter.position.y) for line in lines]
    points = [point for ring in here for point in ring] + places
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * narrow, 0.002)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(MARGIN + (x - west) * narrow * scale), round(MARGIN + (north - y) * scale)

    drawn = Sketch(height=round((north - south) * scale) + 2 * MARGIN)
    for code, ring in rings:
        steps = [at(x, y) for x, y in ring]
        path = "M" + "L".join(f"{x} {y}" for x, y in dict.fromkeys(steps)) + "z"
        drawn.outlines.append((path, code == area_code[:9]))
    for closure in closures:
        if closure.reopened_at is None and closure.closed_at is not None and closure.site.geometry:
            spot = closure.site.geometry.centroid
            drawn.marks.append(Mark(*at(spot.x, spot.y), "", "closed"))
    for number, (line, place) in enumerate(zip(lines, places, strict=True), start=1):
        drawn.marks.append(Mark(*at(*place), str(number), line.shelter.kind))
    return drawn


def _rings(area_code: str) -> list[tuple[str, list[Pair]]]:
    """The outer rings of the sub-districts, coarse, by code."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT code, ST_AsGeoJSON(ST_Multi(ST_SimplifyPreserveTopology(border, %s)), 4) FROM territory_area
                WHERE level = 'subdistrict' AND retired_at IS NULL AND border IS NOT NULL AND code LIKE %s
                ORDER BY code""",
            [COARSE, f"{area_code[:6]}%"],
        )
        found = cursor.fetchall()
    return [
        (code, [(float(x), float(y)) for x, y in polygon[0]])
        for code, text in found
        for polygon in json.loads(text)["coordinates"]
    ]
