"""People by what they do: nobody in the demo has a real name, and no telephone number is anybody's.

Numbers are 190 00…: the operator that owns the prefix has given out none of them, and the demo's only gateway is the
simulator. Counted from 190 0000 0000: up to 999 grid workers, from 1,000 everybody else, from 1,000,000 households by
grid, 3,000,000 further their second numbers.
"""

from dataclasses import dataclass
from functools import cache

from simulators.district.plan import DISTRICT, communities, grids, names, subdistricts, workers_by_grid

SIGN_INS = ("commander", "duty", "leader", "subdistrict", "grid", "store", "agency", "keeper", "audit", "admin")
AGENCIES = ("住建局", "城管局", "水利局", "自然资源局", "应急局", "公安交警", "商务局")
KEEPERS = 56  # one for each of the 51 car parks and 5 malls
BASE = 19_000_000_000


@dataclass(frozen=True)
class Person:
    """One account; `role` is a value of accounts.enums.Role, `phone` as somebody would write it."""

    username: str
    name: str
    role: str
    area_code: str
    phone: str


@cache
def workers() -> tuple[Person, ...]:
    """The 833 grid workers, in order of their grids; the first one signs in as `grid`."""
    posts = [grid.code for grid in grids() for _ in range(workers_by_grid()[grid.code])]
    return tuple(
        Person(
            "grid" if number == 1 else f"wg{number:04d}",
            f"网格员 {number:04d}",
            "grid_worker",
            code,
            str(BASE + number),
        )
        for number, code in enumerate(posts, start=1)
    )


@cache
def officers() -> tuple[Person, ...]:
    """Two officers a sub-district: the one who answers for it, and the one on the telephone."""
    return tuple(
        Person(
            "subdistrict" if place == 0 and rank == 0 else f"jd{sub.code[-3:]}{'ab'[rank]}",
            f"{sub.name}{('防汛专干', '分管领导')[rank]}",
            "subdistrict_officer",
            sub.code,
            str(BASE + 1_100 + place * 2 + rank),
        )
        for place, sub in enumerate(subdistricts())
        for rank in (0, 1)
    )


@cache
def agencies() -> tuple[Person, ...]:
    """One liaison for each member agency; the first one signs in as `agency`."""
    return tuple(
        Person(
            "agency" if number == 0 else f"cy{number:02d}",
            f"{agency}联络员",
            "agency_liaison",
            DISTRICT,
            str(BASE + 1_200 + number),
        )
        for number, agency in enumerate(AGENCIES)
    )


@cache
def keepers() -> tuple[Person, ...]:
    """Whoever minds a mall or a car park; the first one signs in as `keeper`."""
    homes = communities()
    return tuple(
        Person(
            "keeper" if number == 1 else f"gh{number:02d}",
            f"点位管护员 {number:02d}",
            "site_keeper",
            homes[number % len(homes)].code,
            str(BASE + 1_300 + number),
        )
        for number in range(1, KEEPERS + 1)
    )


@cache
def headquarters() -> tuple[Person, ...]:
    """The command room."""
    posts = (
        ("commander", "指挥长", "commander"),
        ("duty", "区防办值班员", "duty_officer"),
        ("leader", "带班领导", "leader"),
        ("store", "物资仓库管理员", "storekeeper"),
        ("audit", "审计员", "auditor"),
        ("admin", "系统管理员", "administrator"),
        # Whoever takes turns in the duty room with those above.
        *((f"zb{number:02d}", f"区防办值班员 {number:02d}", "duty_officer") for number in range(2, 7)),
        *((f"db{number:02d}", f"带班领导 {number:02d}", "leader") for number in range(2, 4)),
        *((f"kg{number:02d}", f"物资仓库管理员 {number:02d}", "storekeeper") for number in range(2, 5)),
    )
    return tuple(
        Person(username, name, role, DISTRICT, str(BASE + 1_001 + number))
        for number, (username, name, role) in enumerate(posts)
    )


def everybody() -> tuple[Person, ...]:
    """All accounts of the demo."""
    return (*headquarters(), *officers(), *agencies(), *keepers(), *workers())


def where(person: Person) -> str:
    """The area of his role, in words."""
    return names()[person.area_code]
