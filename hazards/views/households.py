"""入户排查: who is still to be checked, the form at the door, and what waits to be decided about the roll."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions as accounts
from accounts.models import User
from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.enums import HOUSEHOLD
from hazards.forms import HouseholdCheckForm, HouseholdFilterForm, ReasonForm, RevealForm
from hazards.forms.households import SHOW
from hazards.models import HouseholdCheck, RollProposal
from hazards.rules import Progress, day_starts, since_day
from hazards.views.register import SHEET_TYPE, person
from territory.models import Household
from territory.queries import season_at

PAGE = 60


def shell(user: User) -> str:
    """Who has no desk sees the pages as on his phone."""
    return "base.html" if user.can("board.view") else "phone.html"


def counted_since(asked: str) -> date:
    """From which day checks count; the flood season's first day unless another is asked for."""
    today = timezone.localdate(clock.now())
    season = season_at(today)
    return since_day(asked, season.starts if season else None, today=today)


@requires("households.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Which households are still to be checked?"""
    user = person(request)
    scope = user.scope_for("households.view")
    form = HouseholdFilterForm(request.GET, scope=scope)
    filters, since = form.filters(), counted_since(request.GET.get("since", ""))
    start = day_starts(since, timezone.get_current_timezone())
    grids = queries.progress_by_grid(scope, since=start)
    total = sum((one for code, one in grids.items() if code.startswith(filters.area_code)), Progress())
    first = _number(request.GET.get("from", ""))
    rows = list(queries.households_to_check(scope, filters, since=start)[first : first + PAGE + 1])
    asked = {**filters.query(), "since": since.isoformat()}
    context = {
        "shell": shell(user),
        "form": form,
        "filters": filters,
        "since": since,
        "progress": total,
        "lines": queries.household_lines(rows[:PAGE]),
        "next_url": f"?{urlencode({**asked, 'from': first + PAGE})}" if len(rows) > PAGE else "",
        "chips": [
            {
                "label": label,
                "url": f"?{urlencode({**asked, 'show': show})}",
                "current": show == filters.show,
                "count": None,
                "shape": "",
            }
            for show, label in SHOW
        ],
        "proposals": queries.proposals(user.scope_for("households.correct")).count()
        if user.can("households.correct")
        else 0,
        "may_check": user.can("households.check"),
        "export_url": f"{reverse('hazards:households_export')}?{urlencode(asked)}"
        if user.can("households.export")
        else "",
    }
    return render(request, "hazards/households.html", context)


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 7 else 0


@requires("households.export")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as xlsx, of one's own areas."""
    scope = person(request).scope_for("households.export")
    filters = HouseholdFilterForm(request.GET, scope=scope).filters()
    content = queries.household_sheet(scope, filters, since=counted_since(request.GET.get("since", "")))
    answer = HttpResponse(content, content_type=SHEET_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="household-checks.xlsx"'
    return answer


def _household(request: HttpRequest, pk: int, capability: str = "households.view") -> Household:
    return get_object_or_404(queries.household_for(person(request), pk, capability=capability))


@requires("households.view")
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """When was this household checked, and what was wrong?"""
    return _page(request, _household(request, pk))


def _page(request: HttpRequest, home: Household, status: int = 200, **more: Any) -> HttpResponse:
    user, now = person(request), clock.now()
    asked = queries.requests(user.scope_for("requests.view"), now=now).filter(household=home)[:20]
    context = {
        "shell": shell(user),
        "line": queries.household_lines([home])[0],
        "phones": queries.masked_phones(home),
        "checks": queries.checks_of(home),
        "proposals": queries.proposal_lines(queries.proposals(user.scope, household=home), reader=user),
        "may_decide": user.scope_for("households.correct").covers(home.area_code),
        "may_check": user.scope_for("households.check").covers(home.area_code) and home.retired_at is None,
        "may_take": user.scope_for("requests.take").covers(home.area_code),
        "asked": queries.request_lines(asked, now=now),
        "reveal": RevealForm() if user.scope_for("households.reveal").covers(home.area_code) else None,
        "revealed": None,
        "taken": request.GET.get("taken", ""),
    }
    return render(request, "hazards/household.html", context | more, status=status)


@requires("households.check")
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be asked at this door?"""
    user, now, home = person(request), clock.now(), _household(request, pk, "households.check")
    checklist = queries.current_checklist(HOUSEHOLD)
    if checklist is None:
        raise Http404
    options: dict[str, Any] = {
        "items": queries.items_of(checklist),
        "records_for_others": user.scope_for("assignments.on_behalf").covers(home.area_code),
        "now": now,
    }
    form = (
        HouseholdCheckForm(request.POST, request.FILES, **options)
        if request.method == "POST"
        else HouseholdCheckForm(**options)
    )
    if request.method == "POST" and (stored := _take(request, form, home)):
        if stored.failed_items:
            messages.warning(request, _("Stored: %(count)s items failed.") % {"count": stored.failed_items})
        else:
            messages.success(request, _("Stored."))
        return redirect(f"{reverse('hazards:household', args=[home.pk])}?taken={stored.client_uuid}")
    context = {"form": form, "line": queries.household_lines([home])[0], "phones": queries.masked_phones(home)}
    return render(request, "hazards/household_check.html", context)


def _take(request: HttpRequest, form: HouseholdCheckForm, home: Household) -> HouseholdCheck | None:
    """The stored check; None with the refusal written into the form."""
    if not form.is_valid():
        return None
    user = person(request)
    try:
        return actions.check_household(
            visit=form.visit(by=user),
            household=home,
            outcome=form.cleaned_data["outcome"],
            by=user,
            now=clock.now(),
            **form.corrections(),
        )[0]
    except Refused as refused:
        form.refuse(refused.field, str(refused))
    return None


@requires("households.view")
@require_safe
def one_check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was said at this door, question by question?"""
    user = person(request)
    found = get_object_or_404(queries.check_in_scope(user, uuid))
    context = {
        "shell": shell(user),
        "check": found,
        "line": queries.household_lines([found.household])[0],
        "may_see_household": user.scope_for("households.view").covers(found.area_code),
    }
    return render(request, "hazards/household_answers.html", context)


@requires("households.reveal")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole name and numbers, once, for a reason that is kept."""
    home, form = _household(request, pk, "households.reveal"), RevealForm(request.POST)
    if not form.is_valid():
        return _page(request, home, status=400, reveal=form)
    try:
        shown = accounts.reveal(
            by=person(request),
            subject=f"household:{home.pk}",
            reason=form.cleaned_data["reason"],
            address=request.META.get("REMOTE_ADDR"),
            now=clock.now(),
        )
    except Refused as refused:
        form.add_error("reason", str(refused))
        return _page(request, home, status=400, reveal=form)
    return _page(request, home, revealed=shown)


@requires("households.correct")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What do the checks propose to change in the roll of my areas?"""
    user = person(request)
    rows = queries.proposals(user.scope_for("households.correct"))
    lines = queries.proposal_lines(rows[:200], reader=user)
    context = {"lines": lines, "shell": shell(user), "form": ReasonForm()}
    return render(request, "hazards/proposals.html", context)


@requires("households.correct")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """采纳 or 不采纳."""
    user = person(request)
    rows = RollProposal.objects.in_scope(user.scope_for("households.correct")).select_related("household")
    row = get_object_or_404(rows, pk=pk)
    accept = request.POST.get("verdict") == "accept"
    try:
        actions.decide_proposal(
            proposal=row, accept=accept, reason=request.POST.get("reason", ""), by=user, now=clock.now()
        )
        messages.success(request, _("The roll is corrected.") if accept else _("The roll stays as it is."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("hazards:household", row.household_id) if "home" in request.POST else redirect("hazards:proposals")
