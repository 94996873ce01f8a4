"""What the command centre looks at, joined from the apps below; a fixed number of statements whatever is late.

Everything is limited to `scope`. Figures come from the apps that own them, so that no two screens disagree.
"""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from alerts import queries as alerts
from alerts.enums import NoticeLevel, NoticeState, Reach
from alerts.models import Notice
from alerts.queries.lists import Line
from alerts.rules import COLOURS, SPOKEN
from assignments import queries as assignments
from assignments.models import Assignment
from core.queries import late_ticks, tick_ages
from hazards import queries as hazards
from hazards.models import InspectionRound, RoundMember
from hazards.rules import Figures
from messaging.queries import channel_health
from territory.queries import area_names
from territory.rules import Scope

MOST_FAILS = 0.5  # of what ended within the hour
LISTED = 30  # late rows on the board; the rest is one click away


@dataclass(frozen=True)
class Lateness:
    """One line of the late list: a duty, where it is owed in words, the deadline it has missed, whom to call."""

    duty: Assignment
    place: str
    url: str
    since: datetime
    phone: str


@dataclass(frozen=True)
class InForce:
    """A notice in force, with the colour of its level."""

    notice: Notice
    colour: str


@dataclass(frozen=True)
class Situation:
    """The whole board at one moment."""

    at: datetime
    round: InspectionRound | None
    counted: Figures
    unowed: list[RoundMember]  # sites of the round that nobody was told to inspect
    in_force: list[InForce]
    newest: Notice | None
    coverage: alerts.Coverage | None
    crying: list[Line]  # who waits for help, the longest on top; never cut short
    to_sign: int
    duties: dict[str, int]
    late: list[Lateness]
    stopped: list[str]  # workers that have not come round in time
    working: int
    faulty: list[str]  # channels that cannot send, or of which most fails

    @property
    def late_count(self) -> int:
        """How many duties are late, listed or not."""
        return self.duties.get("late", 0)

    @property
    def more_late(self) -> int:
        """Late duties that the list leaves out."""
        return max(0, self.late_count - len(self.late))

    @property
    def needing_help(self) -> int:
        """Households that ask for help and were not helped yet."""
        return self.coverage.total.count(Reach.NEED_HELP) if self.coverage else 0

    @property
    def must_answered(self) -> int:
        """Households that must be reached and were spoken to."""
        return sum(self.coverage.total.must.get(state, 0) for state in SPOKEN) if self.coverage else 0

    @property
    def must_open(self) -> int:
        """Households that must be reached and were not spoken to yet."""
        return self.coverage.total.must_total - self.must_answered if self.coverage else 0

    @property
    def ordinary_open(self) -> int:
        """Ordinary households that no message and nobody has reached."""
        if self.coverage is None:
            return 0
        return self.coverage.total.ordinary_total - self.coverage.total.ordinary_delivered


def situation(scope: Scope, *, now: datetime) -> Situation:
    """Everything the board shows."""
    opened = hazards.rounds(scope).filter(closed_at__isnull=True, exercise__isnull=True).order_by("-number").first()
    notices = list(alerts.notices(scope, (NoticeState.SUBMITTED, NoticeState.ISSUED)).filter(expires_at__gt=now))
    issued = [row for row in notices if row.state == NoticeState.ISSUED and row.exercise is None]
    newest = max(issued, key=lambda row: row.issued_at or now, default=None)
    late = list(assignments.late(scope, now)[:LISTED])
    places = _places(late)
    ages = tick_ages(now=now)
    return Situation(
        at=now,
        round=opened,
        counted=hazards.round_coverage(opened, scope, now=now).whole if opened else Figures(),
        unowed=list(hazards.missing_members(opened, scope).filter(assignment__isnull=True)[:LISTED]) if opened else [],
        in_force=[InForce(row, COLOURS[NoticeLevel(row.level)]) for row in sorted(issued, key=lambda row: row.level)],
        newest=newest,
        coverage=alerts.coverage(newest, scope) if newest else None,
        crying=alerts.calls_for_help(newest, scope) if newest else [],
        to_sign=sum(row.state == NoticeState.SUBMITTED for row in notices),
        duties=assignments.counts(scope, now),
        late=[_lateness(duty, places) for duty in late],
        stopped=late_ticks(now=now),
        working=len(ages),
        faulty=[one.channel for one in channel_health() if one.fault or one.error_rate > MOST_FAILS],
    )


def _lateness(duty: Assignment, places: dict[str, str]) -> Lateness:
    own_page = reverse("assignments:detail", args=[duty.uuid])
    since: datetime = duty.late_since  # type: ignore[attr-defined]  # annotated by `late`
    phone = duty.assignee.phone if duty.assignee else ""
    return Lateness(duty, places[duty.area_code], own_page, since, phone or "")


def _places(duties: list[Assignment]) -> dict[str, str]:
    """Where each duty is owed, in words: the sub-district, and the grid or community in it."""
    codes = {duty.area_code for duty in duties}
    names = area_names(codes | {code[:9] for code in codes})
    return {
        code: " ".join(dict.fromkeys(names[part] for part in (code[:9], code) if part in names)) or code
        for code in codes
    }
