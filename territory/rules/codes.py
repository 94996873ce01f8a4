"""The tree of official codes, and what a scope is.

A code is the path: 6 digits district, 9 sub-district, 12 community or village, 15 grid (GB/T 2260, GB/T 10114 and the
national statistical codes). Jurisdiction, roll-ups and CAP geocodes are prefix matches.
"""

from dataclasses import dataclass

LENGTHS = (6, 9, 12, 15)
LEVEL_BY_LENGTH = {6: "district", 9: "subdistrict", 12: "community", 15: "grid"}


@dataclass(frozen=True)
class Scope:
    """The areas somebody may see: a set of codes, each with everything below it. Empty sees nothing."""

    codes: frozenset[str]

    def covers(self, code: str) -> bool:
        """True when the area lies in or below one of the scope's areas."""
        return any(code.startswith(own) for own in self.codes)


NOTHING = Scope(frozenset())


def scope_of(*codes: str) -> Scope:
    """A scope over these areas, without those that another already holds."""
    kept = frozenset(code for code in codes if not any(code != other and code.startswith(other) for other in codes))
    return Scope(kept)


def trimmed(code: str) -> str:
    """A zero-padded code cut to the level it means: 410403000000 is the district 410403, 410000 the province 41.

    Cut by whole levels: plain stripping of zeros would ruin 410403010.
    """
    digits = code.strip()
    while len(digits) > 6 and digits[-3:] == "000":
        digits = digits[:-3]
    while 2 < len(digits) <= 6 and digits.endswith("00"):
        digits = digits[:-2]
    return digits


def parent_of(code: str) -> str:
    """The code one level up; empty for a district."""
    return code[: LENGTHS[LENGTHS.index(len(code)) - 1]] if len(code) in LENGTHS[1:] else ""


def level_of(code: str) -> str:
    """The level's name by length; a village has a community's length. Empty when the length is none of ours."""
    return LEVEL_BY_LENGTH.get(len(code), "") if code.isascii() and code.isdigit() else ""
