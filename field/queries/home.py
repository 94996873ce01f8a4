"""My duties by their time, the next doors, my sites: everything somebody needs with one thumb."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from alerts import queries as alerts
from alerts.models import DoorKnock
from assignments import queries as assignments
from assignments.enums import OPEN, State
from assignments.models import Assignment
from assignments.rules import late_since, tone
from hazards.enums import MemberState
from hazards.models import Finding, RoundMember, RoutineDue
from hazards.rules import PATROL, PATROL_POINT, member_state
from territory.queries import area_names

SHOWN = 30  # duties on the first page of a phone
COUNTED = 5  # lists whose doors are counted: an officer who stands in for many grids opens the others himself
NEXT_DOORS = 3
WALKED = (PATROL.name, PATROL_POINT.name)
TONES = {MemberState.MISSING: "waiting", MemberState.WAITING: "working", MemberState.DONE: "ok"}


@dataclass(frozen=True)
class Owed:
    """A duty with its page, its place, its tone and the deadline that comes next or has passed."""

    duty: Assignment
    url: str
    place: str
    tone: str
    due: datetime


@dataclass(frozen=True)
class KnockList:
    """A list of doors: where, for which notice, how many are left; `doors` None when nobody counted them."""

    knock: DoorKnock
    place: str
    url: str
    doors: list[alerts.Door] | None

    @property
    def left(self) -> list[alerts.Door]:
        """The doors that somebody still has to go to, in walking order."""
        return [door for door in self.doors or [] if not door.settled]


@dataclass(frozen=True)
class SiteOwed:
    """A site of an open round that is mine to inspect."""

    member: RoundMember
    state: MemberState
    tone: str


@dataclass(frozen=True)
class Home:
    """The first page of a phone."""

    owed: list[Owed]
    late: int
    total: int
    knocks: list[KnockList]
    sites: list[SiteOwed]

    @property
    def next_doors(self) -> list[alerts.Door]:
        """The doors to go to next, of the list that is due first."""
        return self.knocks[0].left[:NEXT_DOORS] if self.knocks else []

    @property
    def sites_done(self) -> int:
        """My sites that need no visit any more."""
        return sum(site.state != MemberState.MISSING for site in self.sites)


def home(user: User, *, now: datetime) -> Home:
    """What this person owes; the number of statements does not depend on how much it is."""
    rows = list(assignments.my_duties(user, now).filter(state__in=OPEN)[: SHOWN + 1])
    names = _places({row.area_code for row in rows})
    pages = _pages(rows)
    owed = [_owed(row, pages[row.pk], names, now) for row in rows[:SHOWN]]
    mine = assignments.my_duties(user, now).filter(state__in=OPEN)
    return Home(
        owed=owed,
        late=mine.filter(assignments.is_late(now)).order_by().count(),
        total=len(rows) if len(rows) <= SHOWN else mine.order_by().count(),
        knocks=knock_lists(user, counted=1),
        sites=_sites(user),
    )


def knock_lists(user: User, *, counted: int = COUNTED) -> list[KnockList]:
    """My open lists of doors, first due first; the doors of the first `counted` are read."""
    found = list(
        DoorKnock.objects.filter(assignment__assignee=user, assignment__state__in=OPEN)
        .select_related("assignment", "notice")
        .order_by("assignment__due_at", "area_code")
    )
    names = _places({knock.area_code for knock in found})
    return [
        KnockList(
            knock,
            names[knock.area_code],
            reverse("alerts:knock", args=[knock.assignment.uuid]),
            alerts.doors(knock.assignment) if number < counted else None,
        )
        for number, knock in enumerate(found)
    ]


def _sites(user: User) -> list[SiteOwed]:
    members = (
        RoundMember.objects.filter(assignment__assignee=user, round__closed_at__isnull=True)
        .exclude(assignment__state=State.CANCELLED)
        .select_related("site", "inspection", "round")
        .order_by("site__code")
    )
    found = []
    for member in members:
        visit = member.inspection
        complete = visit is not None and not visit.missing_photos and not visit.sent_back_reason
        state = member_state(is_complete=complete, is_verified=visit is not None and visit.verified_at is not None)
        found.append(SiteOwed(member, state, TONES[state]))
    return sorted(found, key=lambda site: site.state != MemberState.MISSING)


def _owed(row: Assignment, url: str, names: dict[str, str], now: datetime) -> Owed:
    missed = late_since(State(row.state), row.acknowledge_by, row.due_at, now=now)
    return Owed(
        row,
        url,
        names[row.area_code],
        tone(State(row.state), late=missed is not None),
        missed or row.due_at,
    )


def _pages(rows: list[Assignment]) -> dict[int, str]:
    """Where each open duty is done, four statements for all: a resolver asked row by row would cost one each."""
    own = [row.pk for row in rows]
    knocks = set(DoorKnock.objects.filter(assignment__in=own).values_list("assignment_id", flat=True))
    sites = dict(RoundMember.objects.filter(assignment__in=own).values_list("assignment_id", "site__code"))
    sites |= dict(RoutineDue.objects.filter(assignment__in=own).values_list("assignment_id", "site__code"))
    findings = dict(Finding.objects.filter(assignment__in=own).values_list("assignment_id", "uuid"))
    pages = {}
    for row in rows:
        if row.pk in knocks:
            pages[row.pk] = reverse("alerts:knock", args=[row.uuid])
        elif row.pk in findings:
            pages[row.pk] = reverse("hazards:finding_fix", args=[findings[row.pk]])
        elif row.pk in sites:
            pages[row.pk] = reverse("hazards:inspect", args=[sites[row.pk]])
        elif row.kind in WALKED and (token := assignments.token_of(row)):
            pages[row.pk] = reverse("hazards:patrol", args=[token])
        else:
            pages[row.pk] = reverse("assignments:detail", args=[row.uuid])
    return pages


def _places(codes: set[str]) -> dict[str, str]:
    names = area_names(codes)
    return {code: names.get(code, code) for code in codes}
