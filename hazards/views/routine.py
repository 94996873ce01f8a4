"""Routine inspections: what was missed and who owes it, how often which kind is seen, the routine of one site."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.enums import DueState, SiteKind
from hazards.forms import DueFilterForm, IntervalForm, RoutineForm, StartForm
from hazards.forms.routine import EVERY
from hazards.queries.routine import TONES, circumstances_of
from hazards.views.register import SHEET_TYPE, person
from territory.rules import scope_of

PAGE = 200


@requires("rounds.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which dates of the routine were missed, and who owes them?"""
    user, now = person(request), clock.now()
    scope = user.scope_for("rounds.view")
    form = DueFilterForm(request.GET, scope=scope)
    filters = form.filters()
    counts = queries.due_counts(scope, filters, now=now)
    found = queries.shown_dates(queries.routine_dates(scope, filters, now=now)[: PAGE + 1], now=now)
    context = {
        "dates": found[:PAGE],
        "more": len(found) > PAGE,
        "missed": counts["state"][DueState.MISSED],
        "due": counts["state"][DueState.DUE],
        "state_chips": [
            _chip(filters.query(state=value), label, (filters.state or EVERY) == value, count, tone)
            for value, label, count, tone in [
                (state.value, state.label, counts["state"][state.value], TONES[state]) for state in DueState
            ]
            + [(EVERY, _("All"), sum(counts["state"].values()), "")]
        ],
        "kind_chips": [
            _chip(_kept(filters.query(kind=value), filters.state), label, filters.kind == value, count, "")
            for value, label, count in [("", _("All"), sum(counts["kind"].values()))]
            + [(kind.value, kind.label, counts["kind"][kind.value]) for kind in SiteKind]
        ],
        "form": form,
        "filters": filters,
        "export_url": f"{reverse('hazards:routine_export')}?{urlencode(_kept(filters.query(), filters.state))}",
        "without": queries.without_routine(scope).count(),
        "may_set": user.can("plans.edit") or user.can("sites.edit"),
    }
    return render(request, "hazards/routine.html", context)


def _kept(query: dict[str, str], state: str) -> dict[str, str]:
    return query if state else query | {"state": EVERY}


def _chip(query: dict[str, str], label: Any, current: bool, count: int, shape: str) -> dict[str, Any]:
    return {
        "label": label,
        "url": f"{reverse('hazards:routine')}?{urlencode(query)}",
        "current": current,
        "count": count,
        "shape": shape,
    }


@requires("rounds.view")
def export(request: HttpRequest) -> HttpResponse:
    """The filtered dates as xlsx."""
    scope, now = person(request).scope_for("rounds.view"), clock.now()
    filters = DueFilterForm(request.GET, scope=scope).filters()
    response = HttpResponse(queries.dates_sheet(scope, filters, now=now), content_type=SHEET_TYPE)
    response["Content-Disposition"] = f'attachment; filename="routine-{timezone.localdate(now):%Y%m%d}.xlsx"'
    return response


@requires("sites.edit")
def terms(request: HttpRequest) -> HttpResponse:
    """How often is which kind of site seen, and which sites have no routine yet?"""
    return _terms(request)


def _terms(request: HttpRequest, **forms: Any) -> HttpResponse:
    user, now = person(request), clock.now()
    scope = user.scope_for("sites.edit")
    context = {
        "kinds": circumstances_of(queries.terms_table()),
        "without": queries.without_routine(scope).count(),
        "may_set": user.can("plans.edit"),
        "interval_form": IntervalForm(),
        "start_form": StartForm(scope=scope, today=timezone.localdate(now)),
    } | forms
    return render(request, "hazards/routine_terms.html", context)


@require_POST
@requires("plans.edit")
def set_interval(request: HttpRequest) -> HttpResponse:
    """Sets how often a kind is seen in one circumstance."""
    form = IntervalForm(request.POST)
    if form.is_valid():
        try:
            actions.set_interval(**form.cleaned_data, by=person(request), now=clock.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("hazards:routine_terms")
    return _terms(request, interval_form=form)


@require_POST
@requires("plans.edit")
def drop_interval(request: HttpRequest, kind: str, circumstance: str) -> HttpResponse:
    """This circumstance changes nothing for this kind any more."""
    actions.drop_interval(kind=kind, circumstance=circumstance, by=person(request))
    return redirect("hazards:routine_terms")


@require_POST
@requires("sites.edit")
def start(request: HttpRequest) -> HttpResponse:
    """Gives the sites of an area their routine."""
    user, now = person(request), clock.now()
    form = StartForm(request.POST, scope=user.scope_for("sites.edit"), today=timezone.localdate(now))
    if form.is_valid():
        given = form.cleaned_data
        try:
            count = actions.start_routines(
                scope=scope_of(given["area_code"]),
                kind=given["kind"],
                base=given["base"],
                first_on=given["first_on"],
                by=user,
                now=now,
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("%(count)s sites have a routine from now on.") % {"count": count})
            return redirect("hazards:routine")
    return _terms(request, start_form=form)


@require_POST
@requires("sites.edit")
def of_site(request: HttpRequest, code: str) -> HttpResponse:
    """Changes or stops the routine of one site."""
    user, now = person(request), clock.now()
    site = get_object_or_404(queries.sites(user.scope_for("sites.edit"), now=now), code=code)
    if "stop" in request.POST:
        actions.stop_routine(site=site, by=user, now=now)
        messages.success(request, _("No further dates fall due here."))
        return redirect("hazards:site", code=code)
    form = RoutineForm(request.POST)
    if form.is_valid():
        try:
            actions.change_routine(site=site, **form.cleaned_data, by=user, now=now)
            messages.success(request, _("Saved."))
        except Refused as refused:
            messages.error(request, str(refused))
    else:
        messages.error(request, _("Give the next date as year, month and day."))
    return redirect("hazards:site", code=code)
