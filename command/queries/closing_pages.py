"""What the pages of a closing show: its three ticks, and the places that the holder of a task link may close."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from assignments.enums import OPEN
from assignments.models import Assignment
from assignments.queries import to_copy
from command.enums.closing import Party
from command.models import ClosureTick
from command.queries.closure import ROADS, ClosureLine, Road, roads_at
from hazards import queries as hazards
from hazards.models import HazardSite


@dataclass(frozen=True)
class TickLine:
    """One party's tick as the page shows it, and what this reader may do about it."""

    party: Party
    tick: ClosureTick | None
    may_tick: bool
    may_take_back: bool
    is_own: bool
    text: str  # what is copied for a chat, with the personal link; empty when nothing is owed

    @property
    def tone(self) -> str:
        """The colour and shape of its state."""
        return "ok" if self.tick and self.tick.ticked_at else "danger"


def tick_lines(user: User, line: ClosureLine) -> list[TickLine]:
    """The three parties of one closing, each with its tick; nothing where the place was never closed."""
    if line.closure.closed_at is None:
        return []
    made = {tick.party: tick for tick in line.ticks}
    records = user.scope_for("assignments.on_behalf").covers(line.closure.area_code)
    found = []
    for party in Party:
        tick = made.get(party.value)
        owed = tick is not None and tick.ticked_at is None and tick.assignment.state in OPEN
        own = tick is not None and tick.assignment.assignee_id == user.pk
        may = owed and line.closure.reopened_at is None and (own or records)
        stands = tick is not None and tick.ticked_at is not None
        may_take_back = stands and line.closure.reopened_at is None and (own or records)
        text = to_copy(tick.assignment) if tick and owed and records else ""
        found.append(TickLine(party, tick, may, may_take_back, own, text))
    return found


def closable_by_link(duty: Assignment, *, now: datetime) -> list[Road]:
    """The places that the holder of a duty's link may close: those he answers for, else those of the duty's area.

    Whoever holds a duty over the whole district sees its first 80; water first.
    """
    if duty.assignee is not None:
        rows = hazards.site_for(duty.assignee, "dangers.report", now=now)
    else:
        rows = HazardSite.objects.filter(area_code__startswith=duty.area_code)
    return roads_at(rows.filter(kind__in=ROADS, retired_at__isnull=True), exercise=duty.exercise)
