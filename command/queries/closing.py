"""The three ticks of closings, who makes them where, and the depths from which places are closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assignments.models import Assignment
from assignments.queries import prefixes, superiors
from command.enums.closing import Party
from command.models import ClosingLimit, ClosingPartner, Closure, ClosureTick
from command.rules.closure import limit_of, opens_below
from hazards.models import HazardSite
from territory.rules import Scope


@dataclass(frozen=True)
class Depths:
    """From which depth one place is closed, and below which it may be opened."""

    closing: int
    opening: int


def limits() -> dict[str, ClosingLimit]:
    """The depths of every kind that has its own. One statement."""
    return {row.kind: row for row in ClosingLimit.objects.all()}


def depths_of(site: HazardSite, known: dict[str, ClosingLimit] | None = None) -> Depths:
    """The depths of one place; `known` saves the statement where a list asks."""
    own = (limits() if known is None else known).get(site.kind)
    closing = limit_of(site.closing_depth_cm, own.closing_depth_cm if own else None)
    return Depths(closing, opens_below(closing, own.reopen_below_cm if own else None))


@dataclass(frozen=True)
class Answerable:
    """Who is asked for a tick."""

    person: int | None
    name: str
    partner: ClosingPartner | None = None


def partners(scope: Scope) -> list[ClosingPartner]:
    """Who answers for each party in these areas. One statement."""
    rows = ClosingPartner.objects.in_scope(scope).select_related("person", "contact_point")
    return list(rows.order_by("party", "area_code"))


def answerable_for(area_code: str, now: datetime) -> dict[Party, Answerable]:
    """Who is asked for each tick of a place: the partner named for the smallest area around it.

    Where nobody is named the sub-district keeps watch, and the duty room owes the rest and telephones. A party is left
    out only where the district has nobody at all.
    """
    rows = ClosingPartner.objects.filter(area_code__in=prefixes(area_code)).select_related("person", "contact_point")
    named = {Party(row.party): row for row in sorted(rows, key=lambda row: len(row.area_code))}
    found: dict[Party, Answerable] = {}
    for party in Party:
        row = named.get(party)
        if row is not None and (row.person is None or row.person.is_active):
            name = row.person.name if row.person else row.contact_name
            found[party] = Answerable(row.person_id, name, row)
            continue
        level = 1 if party == Party.WATCH else 2
        people = superiors({area_code}, level, now).get(area_code) or superiors({area_code}, 2, now).get(area_code, {})
        if people:
            person = min(people)
            found[party] = Answerable(person, people[person])
    return found


def ticks_of(rows: Iterable[Closure]) -> dict[int, list[ClosureTick]]:
    """The ticks asked for at each of these closings, in the order of the parties. One statement."""
    found: dict[int, list[ClosureTick]] = {row.pk: [] for row in rows}
    asked = ClosureTick.objects.filter(closure__in=found).select_related("assignment__assignee", "ticked_by")
    for tick in asked.order_by("pk"):
        found[tick.closure_id].append(tick)
    return found


def tick_of(assignment: Assignment) -> ClosureTick | None:
    """The tick that a duty is about."""
    return ClosureTick.objects.filter(assignment=assignment).select_related("closure__site").first()
