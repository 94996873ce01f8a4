"""Polygons and circles as CAP writes them: “latitude,longitude” pairs, the last the same as the first."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from alerts.enums import CapFault
from alerts.rules.cap.reading import Finding

Point = tuple[float, float]  # latitude, longitude
_NUMBER = r"-?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})")
_CIRCLE = re.compile(rf"({_NUMBER}),({_NUMBER}) (\d+(?:\.\d+)?)")
FLAT = 1e-12  # square degrees; about a hundredth of a square metre


def ring_of(text: str) -> list[Point]:
    """The points of a polygon that was checked."""
    return [point for pair in text.split() if (point := _point(pair))]


def circle_of(text: str) -> tuple[float, float, float] | None:
    """Latitude, longitude, radius in km; None when it is no circle on earth."""
    found = _CIRCLE.fullmatch(text)
    if not found:
        return None
    latitude, longitude, radius = (float(part) for part in found.groups())
    return (latitude, longitude, radius) if on_earth((latitude, longitude)) else None


def on_earth(point: Point) -> bool:
    """True for a latitude and a longitude that exist."""
    return abs(point[0]) <= 90 and abs(point[1]) <= 180


def faults_of_polygon(text: str) -> Iterator[Finding]:
    """What is wrong with a polygon. One bad pair rejects the ring: a ring without it would be another area."""
    pairs = text.split()
    for pair in pairs:
        point = _point(pair)
        if point is None:
            yield Finding(CapFault.POLYGON_TEXT, {"value": pair[:40]})
            return
        if not on_earth(point):
            yield Finding(CapFault.POLYGON_RANGE, {"value": pair[:40]})
            return
    if len(pairs) < 4:
        yield Finding(CapFault.POLYGON_FEW, {"value": len(pairs)})
        return
    ring = ring_of(text)
    if ring[0] != ring[-1]:
        yield Finding(CapFault.POLYGON_OPEN)
    elif _crosses(ring):
        yield Finding(CapFault.POLYGON_CROSSES)
    elif abs(_area(ring)) < FLAT:
        yield Finding(CapFault.POLYGON_FLAT)


def _point(pair: str) -> Point | None:
    found = _PAIR.fullmatch(pair)
    return (float(found[1]), float(found[2])) if found else None


def _area(ring: Sequence[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _crosses(ring: Sequence[Point]) -> bool:
    """Whether two sides that are no neighbours meet. Rings are short: every pair of sides is compared."""
    sides = list(pairwise(ring))
    last = len(sides) - 1
    return any(
        _meet(*sides[i], *sides[j])
        for i in range(len(sides))
        for j in range(i + 2, len(sides))
        if not (i == 0 and j == last)
    )


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
