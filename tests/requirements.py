"""What `docs/requirements.md` says, read from its tables, so that the page and what checks it cannot drift apart.

A row holds: number, the district's words, who opens which screen, tests and commands, state, what is missing. A screen
is an address in backticks behind the person who opens it; `<…>` in it stands for whatever is there that night.
"""

import re
from dataclasses import dataclass

from django.urls import Resolver404, ResolverMatch, resolve

from tests.browser.night import PAGES, Night
from tests.layout.ground import ROOT

PAGE = ROOT / "docs" / "requirements.md"
STATES = ("可用", "部分", "未做")
# Who opens a screen, as the page says it, and his name in the cast; a resident has not signed in.
MEMBERS = {
    "指挥长": "commander",
    "带班领导": "leader",
    "值班员": "duty_officer",
    "街道值班员": "subdistrict_officer",
    "网格员": "grid_worker",
    "仓管员": "storekeeper",
    "成员单位联络员": "agency_liaison",
    "点位看护人": "site_keeper",
    "审计员": "auditor",
    "系统管理员": "administrator",
    "居民": "",
}
_ROW = re.compile(r"^\| *([AGR]\d+) *\|(.+)\| *$", re.M)
_SCREEN = re.compile(rf"({'|'.join(MEMBERS)})?\s*`(/[^`]*)`")
_BLANK = re.compile(r"<[^>]+>")
# What may stand at a blank; the first that leads to a screen is taken.
_SAMPLES = ("1", "00000000-0000-4000-8000-000000000000")


@dataclass(frozen=True)
class Screen:
    """An address as the page writes it, and who opens it (a member of the cast; empty: nobody has signed in)."""

    member: str
    address: str

    @property
    def leads_to(self) -> ResolverMatch | None:
        """The door behind the address, None where there is none."""
        for sample in _SAMPLES:
            try:
                return resolve(_BLANK.sub(sample, self.address))
            except Resolver404:
                continue
        return None

    def on(self, night: Night) -> str:
        """The address with the rows of that night; empty where the night has none for it."""
        if not _BLANK.search(self.address):
            return self.address
        there = [*night.addresses.values(), *(each.format(**night.addresses) for _, each in PAGES if "{" in each)]
        shape = re.compile("[^/]+".join(re.escape(part) for part in _BLANK.split(self.address)))
        return next((each for each in there if shape.fullmatch(each)), "")


@dataclass(frozen=True)
class Demand:
    """One row."""

    number: str
    words: str
    screens: tuple[Screen, ...]
    tests: tuple[str, ...]
    commands: tuple[str, ...]
    state: str
    missing: str


def demands() -> list[Demand]:
    """Every row of every table, in the order of the page."""
    return [_demand(number, cells) for number, cells in _ROW.findall(PAGE.read_text())]


def _demand(number: str, row: str) -> Demand:
    words, screens, proofs, state, missing = (cell.strip() for cell in row.split("|"))
    quoted = re.findall(r"`([^`]+)`", proofs)
    return Demand(
        number=number,
        words=words,
        screens=tuple(_screens(screens)),
        tests=tuple(each for each in quoted if each.startswith("tests/")),
        commands=tuple(each for each in quoted if each.startswith("script/")),
        state=state,
        missing=missing,
    )


def _screens(cell: str) -> list[Screen]:
    found: list[Screen] = []
    member = "?"
    for who, address in _SCREEN.findall(cell):
        member = MEMBERS[who] if who else member
        found.append(Screen(member, address))
    return found
