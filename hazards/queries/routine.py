"""Routine inspections: what was missed and by whom, what is owed next, how often which kind is seen."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from core.rules import OpenItem
from hazards.enums import Circumstance, DueState, SiteKind
from hazards.models import HazardSite, RoutineDue, RoutineSchedule, RoutineTerm
from hazards.rules.routine import DAY, Interval, due_state, ends_at
from territory.models import PlacedQuerySet, Season
from territory.queries import area_names
from territory.rules import Scope, without_formula

TONES = {DueState.DUE: "waiting", DueState.KEPT: "ok", DueState.MISSED: "danger", DueState.MADE_UP: "late"}


@dataclass(frozen=True)
class DueFilter:
    """What the list is narrowed to; empty fields do not narrow."""

    state: str = DueState.MISSED
    kind: str = ""
    area_code: str = ""

    def query(self, **changes: str) -> dict[str, str]:
        """The filter as it stands in an address, with some parts changed."""
        own = {"state": self.state, "kind": self.kind, "area_code": self.area_code}
        return {name: value for name, value in (own | changes).items() if value}


@dataclass(frozen=True)
class RoutineOfSite:
    """What a site's page says of its routine; `next_on` None: no further date falls due."""

    schedule: RoutineSchedule | None
    next_on: date | None
    owed: RoutineDue | None
    last: RoutineDue | None
    missed: list[RoutineDue]


def terms_table() -> dict[str, dict[str, Interval]]:
    """The intervals by kind and circumstance. One statement."""
    table: dict[str, dict[str, Interval]] = defaultdict(dict)
    for row in RoutineTerm.objects.order_by("pk"):
        table[row.kind][row.circumstance] = Interval(row.days, row.ahead)
    return table


def in_flood_season() -> Callable[[date], bool]:
    """Whether a day lies in a flood season. One statement, however many days are asked about."""
    seasons = list(Season.objects.order_by("starts").values_list("starts", "ends"))
    return lambda day: any(starts <= day <= ends for starts, ends in seasons)


def newest_dates(schedules: Sequence[RoutineSchedule]) -> dict[int, RoutineDue]:
    """The newest date that has fallen due of each of these schedules. One statement."""
    rows = RoutineDue.objects.filter(schedule__in=schedules).order_by("schedule", "-due_date").distinct("schedule")
    return {row.schedule_id: row for row in rows}


def without_routine(scope: Scope, kind: str = "") -> PlacedQuerySet[HazardSite]:
    """Sites on the register that nobody has a running routine for."""
    rows = HazardSite.objects.in_scope(scope).filter(retired_at__isnull=True)
    rows = rows.exclude(pk__in=RoutineSchedule.objects.filter(stopped_at__isnull=True).values("site"))
    return (rows.filter(kind=kind) if kind else rows).order_by("code")


def _in_state(state: str, now: datetime) -> Q:
    """The same as rules.due_state, for the database; a test holds the two together."""
    today = timezone.localdate(now)
    late = Q(done_at__date__gt=F("due_date"))
    return {
        DueState.MISSED.value: Q(done_at__isnull=True, due_date__lt=today),
        DueState.DUE.value: Q(done_at__isnull=True, due_date__gte=today),
        DueState.MADE_UP.value: Q(done_at__isnull=False) & late,
        DueState.KEPT.value: Q(done_at__isnull=False) & ~late,
    }.get(state, Q())


def routine_dates(scope: Scope, filters: DueFilter, *, now: datetime) -> PlacedQuerySet[RoutineDue]:
    """Dates of routines in these areas, the oldest first; sites off the register are left out."""
    rows = RoutineDue.objects.in_scope(scope).filter(_in_state(filters.state, now), site__retired_at__isnull=True)
    if filters.kind:
        rows = rows.filter(site__kind=filters.kind)
    if filters.area_code:
        rows = rows.filter(area_code__startswith=filters.area_code)
    return rows.select_related("site", "assignment__assignee", "inspection__inspected_by").order_by("due_date", "pk")


def due_counts(scope: Scope, filters: DueFilter, *, now: datetime) -> dict[str, dict[str, int]]:
    """How many dates each state and each kind would show. Two statements."""
    every = routine_dates(scope, DueFilter("", filters.kind, filters.area_code), now=now).select_related(None)
    wanted: dict[str, Any] = {state.value: Count("pk", filter=_in_state(state, now)) for state in DueState}
    by_kind = routine_dates(scope, DueFilter(filters.state, "", filters.area_code), now=now).select_related(None)
    kinds: dict[str, Any] = {kind.value: Count("pk", filter=Q(site__kind=kind)) for kind in SiteKind}
    return {
        "state": dict(every.order_by().aggregate(**wanted)),
        "kind": dict(by_kind.order_by().aggregate(**kinds)),
    }


def shown_dates(rows: Iterable[RoutineDue], *, now: datetime) -> list[RoutineDue]:
    """These dates with state, colour and the name of the sub-district. One statement for the names."""
    found = list(rows)
    names = area_names({row.area_code[:9] for row in found})
    zone = timezone.get_default_timezone()
    for row in found:
        state = due_state(ends_at(row.due_date, zone), row.done_at, now=now)
        row.state, row.tone, row.state_label = state.value, TONES[state], str(state.label)
        row.street = names.get(row.area_code[:9], row.area_code)
    return found


def routine_of(site: HazardSite, *, now: datetime) -> RoutineOfSite:
    """Next date, last visit that kept one, and what was missed, of one site. Two statements."""
    schedule = RoutineSchedule.objects.filter(site=site).first()
    if schedule is None:
        return RoutineOfSite(None, None, None, None, [])
    rows = shown_dates(
        site.routine_dates.select_related("assignment", "inspection").order_by("-due_date")[:60], now=now
    )
    return RoutineOfSite(
        schedule,
        schedule.next_on if schedule.stopped_at is None else None,
        next((row for row in reversed(rows) if row.state == DueState.DUE), None),
        next((row for row in rows if row.done_at is not None), None),
        [row for row in rows if row.state in (DueState.MISSED, DueState.MADE_UP)],
    )


def dates_sheet(scope: Scope, filters: DueFilter, *, now: datetime) -> bytes:
    """The filtered dates as xlsx, one a row, times local, no cell that a spreadsheet would run."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Routine inspections"))
    sheet.append(
        [
            _("Site code"),
            _("Site name"),
            _("Kind"),
            _("Sub-district"),
            _("Date"),
            _("State"),
            _("Who owes it"),
            _("Phone"),
            _("Duty given"),
            _("Seen at"),
            _("Inspected by"),
            _("Days late"),
        ]
    )
    today = timezone.localdate(now)
    for row in shown_dates(routine_dates(scope, filters, now=now), now=now):
        duty, visit = row.assignment, row.inspection
        seen = timezone.localdate(row.done_at) if row.done_at else today
        texts: list[Any] = [
            row.site.code, row.site.name, str(SiteKind(row.site.kind).label), row.street, row.due_date.isoformat(),
            row.state_label, duty.assignee_name if duty else _("nobody was told"),
            (duty.assignee.phone or "") if duty and duty.assignee else "", _local(duty.issued_at) if duty else "",
            _local(row.done_at), visit.inspected_by.name if visit else "",
        ]  # fmt: skip
        sheet.append([*map(without_formula, texts), max(0, (seen - row.due_date) // DAY)])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def missed_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Sites whose routine has a missed date, as the duty room hands them over: one line a site, the oldest thirty."""
    missed = RoutineDue.objects.in_scope(scope).filter(_in_state(DueState.MISSED, now), site__retired_at__isnull=True)
    oldest = missed.filter(site=OuterRef("site")).order_by("due_date").values("pk")[:1]
    rows = missed.filter(pk=Subquery(oldest)).select_related("site", "assignment").order_by("due_date", "pk")[:30]
    zone = timezone.get_default_timezone()
    return [
        OpenItem(
            key=f"hazards.routine:{row.site_id}",
            label=_("Missed routine inspection"),
            title=f"{row.site.name} {row.due_date:%m-%d}"
            + (f" {row.assignment.assignee_name}" if row.assignment else ""),
            url=reverse("hazards:site", args=[row.site.code]),
            since=ends_at(row.due_date, zone),
        )
        for row in rows
    ]


def circumstances_of(table: dict[str, dict[str, Interval]]) -> list[tuple[SiteKind, list[tuple[Circumstance, Any]]]]:
    """The table as a page draws it: every kind with every circumstance, None where there is no row."""
    return [(kind, [(row, table.get(kind.value, {}).get(row.value)) for row in Circumstance]) for kind in SiteKind]
