"""Which facts of a site a person keeps, who owns each, and when one counts as unverified (未核实)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hazards.enums import Fact, SiteRole

FRESH = timedelta(days=90)
ENDING = timedelta(days=30)
# Whoever walks there knows the place; whoever leads knows the people. Nobody named: the sub-district's office owns it.
OWNERS: Mapping[Fact, SiteRole] = {
    Fact.POSITION: SiteRole.PATROL_RESP,
    Fact.LIMIT: SiteRole.TECH_RESP,
    Fact.PERSONS: SiteRole.ADMIN_RESP,
    Fact.PHONES: SiteRole.ADMIN_RESP,
}


@dataclass(frozen=True)
class KeptLine:
    """One fact of a site as it is kept: who owns it (empty: the sub-district), since when it is known to be true."""

    fact: Fact
    owner: str
    verified_at: date | None
    is_stale: bool


def is_stale(verified_at: date | None, *, today: date) -> bool:
    """True when nobody has verified it for 90 days, or ever."""
    return verified_at is None or today - verified_at > FRESH


def kept_lines(verified: Mapping[str, date], holders: Mapping[str, str], *, today: date) -> list[KeptLine]:
    """The facts of a site in their order. `verified`: fact → day; `holders`: role → name of who holds it now."""
    return [
        KeptLine(fact, holders.get(OWNERS[fact], ""), verified.get(fact), is_stale(verified.get(fact), today=today))
        for fact in Fact
    ]
