"""群众诉求问题台账 of grids: one reading of requests, findings, calls for help and dangers; nothing is stored twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from accounts.queries import area_names
from assignments.models import Assignment
from command.models import Danger, HelpRequest
from command.queries import danger_lines, help_lines
from field.enums import LedgerKind
from field.rules import LedgerFilter
from hazards.enums import UNSETTLED, FindingState, Grade
from hazards.models import CitizenRequest, Finding
from hazards.queries import is_late_finding, request_lines, requests, shown
from territory.models import PlacedQuerySet
from territory.rules import Scope, masked_name, without_formula

MOST = 5_000  # of each kind; a grid's ledger of a year holds some dozens


@dataclass(frozen=True)
class LedgerLine:
    """One line: what, who asked (masked), how it is settled, by whom and when, how it ended."""

    kind: LedgerKind
    url: str
    area_code: str
    received_at: datetime
    what: str
    state: str
    tone: str
    who: str = ""
    category: str = ""
    mode: str = ""
    due_at: datetime | None = None
    responsible: str = ""
    outcome: str = ""
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    closing_words: str = ""
    late: bool = False
    place: str = ""
    area: str = ""


def ledger(scope: Scope, filters: LedgerFilter, *, now: datetime, most: int = MOST) -> list[LedgerLine]:
    """The filtered lines, late ones first, then the newest. A fixed number of statements."""
    kinds = {
        LedgerKind.REQUEST: _requests,
        LedgerKind.FINDING: _findings,
        LedgerKind.HELP: _help,
        LedgerKind.DANGER: _dangers,
    }
    wanted = [reading for kind, reading in kinds.items() if filters.kind in ("", kind)]
    found = [line for reading in wanted for line in reading(scope, filters, now, most)]
    names = _places({line.area_code for line in found})
    placed = [replace(line, area=names[line.area_code]) for line in found]
    return sorted(placed, key=lambda line: (not line.late, -line.received_at.timestamp()))


def _narrowed(rows: PlacedQuerySet[Any], filters: LedgerFilter, at: str) -> PlacedQuerySet[Any]:
    if filters.area_code:
        rows = rows.filter(area_code__startswith=filters.area_code)
    if filters.start:
        rows = rows.filter(**{f"{at}__gte": filters.start})
    if filters.end:
        rows = rows.filter(**{f"{at}__lt": filters.end})
    return rows


def _requests(scope: Scope, filters: LedgerFilter, now: datetime, most: int) -> Iterator[LedgerLine]:
    rows: PlacedQuerySet[CitizenRequest] = requests(scope, state=filters.state, now=now)
    for line in request_lines(_narrowed(rows, filters, "received_at")[:most], now=now):
        row = line.request
        yield LedgerLine(
            LedgerKind.REQUEST,
            reverse("hazards:request", args=[row.uuid]),
            row.area_code,
            row.received_at,
            row.what,
            str(line.state.label),
            line.tone,
            who=line.who,
            category=row.category,
            mode=row.get_mode_display(),
            due_at=row.due_at,
            responsible=row.responsible,
            outcome=row.outcome,
            answered_at=row.answered_at,
            closed_at=row.closed_at,
            closed_by=row.closed_by.name if row.closed_by else "",
            closing_words=row.closing_words,
            late=line.late,
            place=row.place,
        )


def _findings(scope: Scope, filters: LedgerFilter, now: datetime, most: int) -> Iterator[LedgerLine]:
    rows = Finding.objects.in_scope(scope).filter(exercise__isnull=True)
    states = {
        "open": Q(state__in=UNSETTLED),
        "late": is_late_finding(now),
        "answered": Q(state=FindingState.SUBMITTED),
        "closed": Q(closed_at__isnull=False),
    }
    rows = _narrowed(rows.filter(states.get(filters.state, Q())), filters, "found_at")
    rows = rows.select_related("site", "assignment", "found_by", "closed_by").order_by("-found_at", "-pk")
    for line in shown(rows[:most], now=now):
        row = line.finding
        yield LedgerLine(
            LedgerKind.FINDING,
            reverse("hazards:finding", args=[row.uuid]),
            row.area_code,
            row.found_at,
            row.what,
            line.state,
            line.tone,
            who=row.found_by.name,
            category=str(Grade(row.grade).label),
            mode=_("To be settled by a date"),
            due_at=row.due_at,
            responsible=row.fixer_name,
            outcome=row.fixed_words or row.measure,
            answered_at=row.fixed_at,
            closed_at=row.closed_at,
            closed_by=row.closed_by.name if row.closed_by else "",
            closing_words=row.closed_words,
            late=line.late,
            place=row.site.name,
        )


def _help(scope: Scope, filters: LedgerFilter, now: datetime, most: int) -> Iterator[LedgerLine]:
    rows = HelpRequest.objects.in_scope(scope).filter(exercise=None)
    states = {
        "open": Q(closed_at__isnull=True),
        "late": Q(closed_at__isnull=True),
        "answered": Q(closed_at__isnull=True, spoken_at__isnull=False),
        "closed": Q(closed_at__isnull=False),
    }
    rows = _narrowed(rows.filter(states.get(filters.state, Q())), filters, "received_at")
    for line in help_lines(rows.select_related("assignment", "closed_by").order_by("-pk")[:most], now=now):
        row = line.request
        if filters.state == "late" and not line.late:
            continue
        yield LedgerLine(
            LedgerKind.HELP,
            reverse("command:help_request", args=[row.uuid]),
            row.area_code,
            row.received_at,
            row.need or str(_("Call for help")),
            str(line.state.label),
            line.tone,
            who=masked_name(row.who),
            category=row.get_source_display(),
            mode=_("Settled on the spot"),
            responsible=line.helper,
            outcome=f"{row.get_outcome_display()} {row.outcome_note}".strip(),
            answered_at=row.spoken_at,
            closed_at=row.closed_at,
            closed_by=row.closed_by.name if row.closed_by else "",
            late=line.late,
            place=row.place,
        )


def _dangers(scope: Scope, filters: LedgerFilter, now: datetime, most: int) -> Iterator[LedgerLine]:
    if filters.state == "late":
        return
    rows = Danger.objects.in_scope(scope).filter(exercise=None)
    states = {
        "open": Q(closed_at__isnull=True),
        "answered": Q(closed_at__isnull=True, controlled_at__isnull=False),
        "closed": Q(closed_at__isnull=False),
    }
    rows = _narrowed(rows.filter(states.get(filters.state, Q())), filters, "reported_at")
    for line in danger_lines(rows.select_related("site", "assignment").order_by("-pk")[:most], now=now):
        row = line.danger
        duty: Assignment | None = row.assignment
        yield LedgerLine(
            LedgerKind.DANGER,
            reverse("command:danger", args=[row.uuid]),
            row.area_code,
            row.reported_at,
            f"{row.get_kind_display()} {row.description}".strip(),
            str(line.state.label),
            line.tone,
            who=masked_name(row.reporter_name),
            category=row.get_kind_display(),
            mode=_("Settled on the spot"),
            responsible=duty.assignee_name if duty else "",
            answered_at=row.controlled_at,
            closed_at=row.closed_at,
            closing_words=row.closed_reason,
            place=row.where,
        )


def _places(codes: set[str]) -> dict[str, str]:
    """The areas of a ledger as people call them. One statement."""
    names = area_names(codes)
    return {code: names.get(code, code) for code in codes}


def ledger_sheet(lines: Iterable[LedgerLine]) -> bytes:
    """The lines in the layout of the 台账, one a row, times local; no telephone, no cell that runs as a formula."""
    rows = list(lines)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Ledger of requests"))
    sheet.append(
        [
            *(
                _("No."),
                _("Source"),
                _("Taken in at"),
                _("Grid"),
                _("Grid code"),
                _("Who makes the request"),
                _("Place"),
            ),
            *(_("What is asked for"), _("Category"), _("How it is settled"), _("To be settled by"), _("Responsible")),
            *(_("State"), _("Late"), _("What was done"), _("Result reported at"), _("Asked back at")),
            *(_("Asked back by"), _("What was said on asking back")),
        ]
    )
    for number, line in enumerate(rows, start=1):
        sheet.append(
            [
                number,
                str(LedgerKind(line.kind).label),
                _local(line.received_at),
                *map(without_formula, (line.area, line.area_code, line.who, line.place, line.what, line.category)),
                line.mode,
                _local(line.due_at),
                without_formula(line.responsible),
                line.state,
                _("Late") if line.late else "",
                without_formula(line.outcome),
                *map(_local, (line.answered_at, line.closed_at)),
                *map(without_formula, (line.closed_by, line.closing_words)),
            ]
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
