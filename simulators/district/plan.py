"""Areas and numbers: 12 sub-districts, 58 communities and villages, 563 grids inside them, 833 grid workers."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
DISTRICT = "410403"
GRIDS = 563
WORKERS = 833
VILLAGE_WEIGHT = 8  # against 11 of a community: villages are larger, but fewer people live in them
COMMUNITY_WEIGHT = 11


@dataclass(frozen=True)
class Place:
    """One area of the plan; `level` is a value of territory.enums.Level."""

    code: str
    name: str
    level: str


def spread(total: int, weights: list[int]) -> list[int]:
    """`total` things over places in proportion to their weights, by largest remainder; sums exactly."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


@cache
def official_areas() -> tuple[Place, ...]:
    """The district, its sub-districts and their communities and villages, in order of code."""
    with (DATA / "areas.csv").open(encoding="utf-8", newline="") as sheet:
        return tuple(Place(row["code"], row["name"], row["level"]) for row in csv.DictReader(sheet))


def subdistricts() -> list[Place]:
    """The twelve."""
    return [place for place in official_areas() if place.level == "subdistrict"]


def communities() -> list[Place]:
    """The fifty-eight communities and villages."""
    return [place for place in official_areas() if len(place.code) == 12]


@cache
def grids() -> tuple[Place, ...]:
    """The 563 grids, numbered from 001 inside each community."""
    homes = communities()
    weights = [VILLAGE_WEIGHT if home.level == "village" else COMMUNITY_WEIGHT for home in homes]
    return tuple(
        Place(f"{home.code}{number:03d}", f"{home.name}第{number}网格", "grid")
        for home, count in zip(homes, spread(GRIDS, weights), strict=True)
        for number in range(1, count + 1)
    )


@cache
def workers_by_grid() -> dict[str, int]:
    """How many workers each grid has: one, and a second one in every grid that the even spread falls on."""
    shares = [(index + 1) * WORKERS // GRIDS - index * WORKERS // GRIDS for index in range(GRIDS)]
    return {grid.code: share for grid, share in zip(grids(), shares, strict=True)}


@cache
def names() -> dict[str, str]:
    """Name of every area by code."""
    return {place.code: place.name for place in (*official_areas(), *grids())}
