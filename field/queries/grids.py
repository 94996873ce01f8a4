"""A grid in figures: what is open in it, who works it, how far its households were reached and checked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from openpyxl import Workbook

from accounts.enums import Role
from accounts.models import RoleHeld, User
from accounts.queries import area_names
from alerts import queries as alerts
from alerts.enums import NoticeState
from alerts.models import Notice
from alerts.queries import Tally
from assignments.enums import OPEN, State
from assignments.models import Assignment
from assignments.queries import is_late
from command.models import Danger, HelpRequest
from command.rules.danger import HELPER_MINUTES
from hazards.enums import UNSETTLED
from hazards.models import Finding, HazardSite
from hazards.queries import is_late_finding, progress_by_grid, requests_by_grid
from hazards.rules import Progress
from territory.models import within
from territory.queries import areas
from territory.rules import Scope, without_formula

NOTHING = (0, 0)
# Duties that are told with the finding, request, call or danger that they settle: once.
TOLD_WITH = ("rectify", "citizen_request", "help", "danger", "danger_receipt")


@dataclass(frozen=True)
class GridLine:
    """One grid; pairs are open and late. `coverage` is that of the notice the list is about, None where it went not."""

    code: str
    name: str
    street: str
    progress: Progress = field(default_factory=Progress)
    sites: int = 0
    workers: list[User] = field(default_factory=list)
    duties: tuple[int, int] = NOTHING
    findings: tuple[int, int] = NOTHING
    requests: tuple[int, int] = NOTHING
    help: tuple[int, int] = NOTHING
    dangers: int = 0
    coverage: Tally | None = None

    @property
    def open(self) -> int:
        """Everything that somebody still has to do here."""
        return self.duties[0] + self.findings[0] + self.requests[0] + self.help[0] + self.dangers

    @property
    def late(self) -> int:
        """What is over its time."""
        return self.duties[1] + self.findings[1] + self.requests[1] + self.help[1]

    @property
    def is_unmanned(self) -> bool:
        """Nobody works this grid now."""
        return not self.workers


@dataclass(frozen=True)
class Grids:
    """The grids of a scope by code, and the notice whose coverage they show."""

    lines: list[GridLine]
    notice: Notice | None

    @property
    def unmanned(self) -> int:
        """Grids without a worker."""
        return sum(line.is_unmanned for line in self.lines)

    @property
    def with_late(self) -> int:
        """Grids in which something is late."""
        return sum(line.late > 0 for line in self.lines)

    @property
    def left(self) -> int:
        """Households not checked yet."""
        return sum(line.progress.left for line in self.lines)


# What the list is narrowed to, by its word in the address.
SHOWN: dict[str, Callable[[GridLine], bool]] = {
    "all": lambda line: True,
    "unmanned": lambda line: line.is_unmanned,
    "late": lambda line: line.late > 0,
    "open": lambda line: line.open > 0,
    "left": lambda line: line.progress.left > 0,
}


def grids(scope: Scope, *, now: datetime, since: datetime) -> Grids:
    """Every grid in scope with its figures, by code. Sixteen statements at most, whatever the number of grids."""
    codes = [area.code for area in areas(scope, "grid")]
    names = area_names({*codes, *(code[:9] for code in codes)})
    notice = alerts.notices(scope, (NoticeState.ISSUED,)).filter(exercise=None).first()
    covered = {tally.code: tally for tally in alerts.coverage(notice, scope).grids} if notice else {}
    progress, workers = progress_by_grid(scope, since=since), workers_by_grid(scope, now=now)
    sites = _sites(scope)
    duties, findings = _duties(scope, now), _findings(scope, now)
    asked = requests_by_grid(scope, now=now)
    crying, dangers = _help(scope, now), _dangers(scope)
    return Grids(
        [
            GridLine(
                code,
                names.get(code, code),
                names.get(code[:9], code[:9]),
                progress.get(code, Progress()),
                sites.get(code, 0),
                workers.get(code, []),
                duties.get(code, NOTHING),
                findings.get(code, NOTHING),
                asked.get(code, NOTHING),
                crying.get(code, NOTHING),
                dangers.get(code, 0),
                covered.get(code),
            )
            for code in codes
        ],
        notice,
    )


def workers_by_grid(scope: Scope, *, now: datetime) -> dict[str, list[User]]:
    """Who works each grid now, the longest first. One statement."""
    held = RoleHeld.objects.filter(
        within(scope), Q(until__isnull=True) | Q(until__gt=now), role=Role.GRID_WORKER, since__lte=now
    ).filter(user__is_active=True)
    found: dict[str, list[User]] = {}
    for each in held.select_related("user").order_by("area_code", "since", "user_id"):
        found.setdefault(each.area_code, []).append(each.user)
    return found


def _sites(scope: Scope) -> dict[str, int]:
    rows = HazardSite.objects.in_scope(scope).filter(retired_at__isnull=True).order_by()
    return {row["area_code"]: row["count"] for row in rows.values("area_code").annotate(count=Count("pk"))}


def _duties(scope: Scope, now: datetime) -> dict[str, tuple[int, int]]:
    rows = (
        Assignment.objects.in_scope(scope)
        .filter(state__in=OPEN, exercise__isnull=True)
        .exclude(kind__in=TOLD_WITH)
        .order_by()
        .values("area_code")
        .annotate(open=Count("pk"), late=Count("pk", filter=is_late(now)))
    )
    return {row["area_code"]: (row["open"], row["late"]) for row in rows}


def _findings(scope: Scope, now: datetime) -> dict[str, tuple[int, int]]:
    # A finding has a `late` of its own for screens.
    rows = (
        Finding.objects.in_scope(scope)
        .filter(state__in=UNSETTLED, exercise__isnull=True)
        .order_by()
        .values("area_code")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=is_late_finding(now)))
    )
    return {row["area_code"]: (row["open"], row["overdue"]) for row in rows}


def _help(scope: Scope, now: datetime) -> dict[str, tuple[int, int]]:
    alone = Q(assignment__isnull=True) | Q(assignment__state__in=(State.CANCELLED, State.RETURNED))
    late = alone & Q(received_at__lte=now - timedelta(minutes=HELPER_MINUTES))
    rows = HelpRequest.objects.in_scope(scope).filter(closed_at__isnull=True, exercise=None).order_by()
    counted = rows.values("area_code").annotate(open=Count("pk"), late=Count("pk", filter=late))
    return {row["area_code"]: (row["open"], row["late"]) for row in counted}


def _dangers(scope: Scope) -> dict[str, int]:
    rows = Danger.objects.in_scope(scope).filter(closed_at__isnull=True, exercise=None).order_by()
    return {row["area_code"]: row["count"] for row in rows.values("area_code").annotate(count=Count("pk"))}


@dataclass(frozen=True)
class Told:
    """A notice and how far it came in one grid."""

    notice: Notice
    tally: Tally


def last_notices(scope: Scope, *, limit: int = 3) -> list[Told]:
    """The last real notices that went to households of a grid, the newest first. Two statements."""
    found = list(alerts.notices(scope, (NoticeState.ISSUED,)).filter(exercise=None)[: limit * 3])
    counted = alerts.totals(found, scope) if found else {}
    return [Told(row, counted[row.pk]) for row in found if counted[row.pk].total][:limit]


def grids_sheet(lines: Iterable[GridLine]) -> bytes:
    """The figures of the grids as xlsx, one row a grid; no cell runs as a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Grids"))
    sheet.append(
        [
            *(_("Sub-district"), _("Grid"), _("Grid code"), _("Workers"), _("Households"), _("Must be reached")),
            *(_("Checked"), _("Must be reached, checked"), _("Sites"), _("Open duties"), _("Late duties")),
            *(_("Open findings"), _("Late findings"), _("Open requests"), _("Late requests")),
            *(_("Calls for help"), _("Dangers"), _("Reached by the last notice"), _("Households of the last notice")),
        ]
    )
    for line in lines:
        done, told = line.progress, line.coverage
        workers = "、".join(person.name for person in line.workers) or _("No worker")
        sheet.append(
            [
                *map(without_formula, (line.street, line.name, line.code, workers)),
                *(done.households, done.must, done.checked, done.must_checked, line.sites),
                *(*line.duties, *line.findings, *line.requests, line.help[0], line.dangers),
                *((told.reached, told.total) if told else ("", "")),
            ]
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()
