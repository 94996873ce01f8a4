"""The household roll: any number of invented households over the 563 grids, the same every time for the same number."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from simulators.district.people import BASE
from simulators.district.plan import Place, grids, names, spread
from simulators.district.sketch import cells

MUST_REACH_SHARE = 0.04
NO_PHONE_SHARE = 0.02
SECOND_PHONE_SHARE = 0.15
REASONS = ("alone", "alone", "alone", "bedridden", "bedridden", "near_danger", "basement")  # values of MustReach
NUMBERS_PER_GRID = 4_000  # a household keeps its number whatever the size of the roll
SECOND_NUMBERS = 3_000_000
PER_STAIRWAY = 2
FLOORS = 6
STAIRWAYS = 3


@dataclass(frozen=True, slots=True)
class Home:
    """One household of the roll."""

    code: str
    grid: str
    building: str
    unit: str
    floor: int
    room: str
    address: str
    head: str
    persons: int
    phone: str
    second_phone: str
    must_reach: str
    east: float
    north: float
    verified: str


def homes(count: int) -> Iterator[Home]:
    """`count` households in order of their grids."""
    weights = [8 + (place * 5) % 7 for place in range(len(grids()))]
    for place, (grid, share) in enumerate(zip(grids(), spread(count, weights), strict=True)):
        yield from _of_grid(grid, share, 1_000_000 + place * NUMBERS_PER_GRID)


def _of_grid(grid: Place, count: int, first_number: int) -> Iterator[Home]:
    luck = random.Random(grid.code)
    west, south, east, north = cells()[grid.code].extent
    middle = cells()[grid.code].point_on_surface
    place = names()[grid.code[:12]]
    rural = grid.code[9] == "2"
    spot = (middle.x, middle.y)
    for index in range(count):
        building, unit, floor, room, first = _door(index, rural=rural)
        if first:  # a new building has its own place; its households share it
            spot = (
                round(middle.x + luck.uniform(-0.22, 0.22) * (east - west), 6),
                round(middle.y + luck.uniform(-0.22, 0.22) * (north - south), 6),
            )
        number = BASE + first_number + index
        reason = luck.choice(REASONS) if luck.random() < MUST_REACH_SHARE else ""
        phone = "" if luck.random() < NO_PHONE_SHARE else str(number)
        second = str(number + SECOND_NUMBERS) if phone and luck.random() < SECOND_PHONE_SHARE else ""
        yield Home(
            code=f"{grid.code}{index + 1:04d}",
            grid=grid.code,
            building=building,
            unit=unit,
            floor=floor,
            room=room,
            address=f"{place}{building}",
            head=f"住户{grid.code[-9:]}-{index + 1}",
            persons=1 if reason == "alone" else luck.randint(1, 5),
            phone=phone,
            second_phone=second,
            must_reach=reason,
            east=spot[0],
            north=spot[1],
            verified=f"2026-{luck.randint(3, 5):02d}-{luck.randint(1, 28):02d}",
        )


def _door(index: int, *, rural: bool) -> tuple[str, str, int, str, bool]:
    """Building, stairway, floor, room, and whether it is the building's first door."""
    if rural:
        yard = index // 2 + 1
        return f"{yard}号院", "", 1, str(index % 2 + 1), index % 2 == 0
    per_building = STAIRWAYS * FLOORS * PER_STAIRWAY
    building, rest = divmod(index, per_building)
    unit, rest = divmod(rest, FLOORS * PER_STAIRWAY)
    floor, door = divmod(rest, PER_STAIRWAY)
    return f"{building + 1}号楼", f"{unit + 1}单元", floor + 1, f"{floor + 1}{door + 1:02d}", index % per_building == 0
