"""A grid's page, the list of grids with the same figures, and their ledger."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from assignments import queries as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from core import clock
from core.views.permission import requires
from field import queries
from field.forms import LEDGER_STATES, LedgerForm
from field.queries import SHOWN, TOLD_WITH
from field.rules import LedgerFilter
from hazards.enums import SiteState
from hazards.queries import HouseholdFilter, household_lines, households_to_check, sites
from hazards.rules import STATE_TONES, SiteFilter, day_starts, since_day
from territory.queries import areas, season_at
from territory.rules import Scope, scope_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FEW, LINES = 12, 200


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)  # the doors let nobody else in


def _shell(user: User) -> str:
    return "base.html" if user.can("board.view") else "phone.html"


def _since(request: HttpRequest) -> Any:
    today = timezone.localdate(clock.now())
    season = season_at(today)
    return since_day(request.GET.get("since", ""), season.starts if season else None, today=today)


def _read(request: HttpRequest, scope: Scope) -> tuple[queries.Grids, Any]:
    since = _since(request)
    start = day_starts(since, timezone.get_current_timezone())
    return queries.grids(scope, now=clock.now(), since=start), since


@requires("households.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """In which grids is something late, left or unmanned?"""
    user = _person(request)
    scope = user.scope_for("households.view")
    found, since = _read(request, scope)
    if len(found.lines) == 1:
        return redirect("field:grid", found.lines[0].code)
    lines, asked = _narrowed(request, found)
    streets = sorted({(line.code[:9], line.street) for line in found.lines})
    chips = [
        {
            "label": label,
            "url": f"?{urlencode(asked | {'show': name})}",
            "current": name == asked["show"],
            "count": sum(SHOWN[name](line) for line in found.lines),
            "shape": "",
        }
        for name, label in _labels()
    ]
    context = {
        "shell": _shell(user),
        "found": found,
        "lines": lines,
        "since": since,
        "chips": chips,
        "streets": streets,
        "area_code": asked.get("area_code", ""),
        "show": asked["show"],
        "export_url": f"{reverse('field:grids_export')}?{urlencode(asked | {'since': since.isoformat()})}",
        "may_ledger": user.can("requests.view"),
    }
    return render(request, "field/grids.html", context)


def _labels() -> list[tuple[str, str]]:
    return [
        ("all", _("All")),
        ("late", _("Something is late")),
        ("open", _("Something is open")),
        ("left", _("Households left to check")),
        ("unmanned", _("Without a worker")),
    ]


def _narrowed(request: HttpRequest, found: queries.Grids) -> tuple[list[queries.GridLine], dict[str, str]]:
    show, area = request.GET.get("show", "all"), request.GET.get("area_code", "")
    show = show if show in SHOWN else "all"
    lines = [line for line in found.lines if SHOWN[show](line) and line.code.startswith(area)]
    return lines, {"show": show} | ({"area_code": area} if area else {})


@requires("households.view")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as xlsx."""
    found, _day = _read(request, _person(request).scope_for("households.view"))
    return _sheet(queries.grids_sheet(_narrowed(request, found)[0]), "grids.xlsx")


def _sheet(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@requires("households.view")
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What is open in this grid?"""
    user, now = _person(request), clock.now()
    if not (len(code) == 15 and user.scope_for("households.view").covers(code) and areas(scope_of(code), "grid")):
        raise Http404
    grid = scope_of(code)
    found, since = _read(request, grid)
    start = day_starts(since, timezone.get_current_timezone())
    owed = Assignment.objects.in_scope(grid).filter(state__in=OPEN, exercise__isnull=True).exclude(kind__in=TOLD_WITH)
    here = list(sites(grid, SiteFilter(), now=now)) if user.can("sites.view") else []
    ledger = queries.ledger(grid, LedgerFilter(), now=now, most=FEW) if user.can("requests.view") else []
    context = {
        "shell": _shell(user),
        "line": found.lines[0],
        "since": since,
        "duties": duties.lines(owed.select_related("assignee").order_by("due_at", "pk")[:FEW], now=now),
        "sites": [(site, STATE_TONES[SiteState(site.state)], SiteState(site.state).label) for site in here],
        "ledger": ledger[:FEW],
        "left": household_lines(households_to_check(grid, HouseholdFilter(), since=start)[:FEW]),
        "told": queries.last_notices(grid),
        "may_call": user.can("people.call") or user in found.lines[0].workers,
        "may_check": user.scope_for("households.check").covers(code),
        "may_take": user.scope_for("requests.take").covers(code),
        "may_ledger": user.can("requests.view"),
        "may_see_notice": user.can("notices.view"),
    }
    return render(request, "field/grid.html", context)


@requires("requests.view")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Which requests and problems are open, and which are late?"""
    user, now = _person(request), clock.now()
    form = LedgerForm(request.GET, scope=user.scope_for("requests.view"))
    filters = form.filters()
    lines = queries.ledger(user.scope_for("requests.view"), filters, now=now, most=LINES)
    given = {name: value for name, value in request.GET.items() if value}
    context = {
        "shell": _shell(user),
        "form": form,
        "filters": filters,
        "lines": lines[:LINES],
        "more": len(lines) > LINES,
        "late": sum(line.late for line in lines),
        "state_chips": [
            {
                "label": label,
                "url": f"?{urlencode(given | {'state': state})}",
                "current": state == filters.state,
                "count": None,
                "shape": "",
            }
            for state, label in LEDGER_STATES
        ],
        "export_url": f"{reverse('field:ledger_export')}?{urlencode(given)}",
        "may_take": user.can("requests.take"),
    }
    return render(request, "field/ledger.html", context)


@requires("requests.view")
@require_safe
def ledger_export(request: HttpRequest) -> HttpResponse:
    """The same lines in the layout of the 台账."""
    scope = _person(request).scope_for("requests.view")
    filters = LedgerForm(request.GET, scope=scope).filters()
    return _sheet(queries.ledger_sheet(queries.ledger(scope, filters, now=clock.now())), "ledger.xlsx")
