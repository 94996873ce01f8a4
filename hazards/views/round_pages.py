"""A round beside the one before it, its evidence, and the rounds that the season calendar opens."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.forms import PlannedForm
from hazards.models import InspectionRound, SeasonRound
from hazards.views.register import SHEET_TYPE, person

SHOWN = 500


def _round(request: HttpRequest, pk: int) -> InspectionRound:
    return get_object_or_404(queries.round_in_scope(person(request).scope_for("rounds.view"), pk))


@requires("rounds.view")
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What has become better and worse since the round before?"""
    round = _round(request, pk)
    between = queries.between_rounds(round, person(request).scope_for("rounds.view"))
    return render(request, "hazards/round_compare.html", {"round": round, "between": between})


@requires("rounds.view")
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Who inspected and who verified every site of the round?"""
    round, scope = _round(request, pk), person(request).scope_for("rounds.view")
    context = {
        "round": round,
        "members": queries.with_streets(queries.evidence(round, scope)[:SHOWN]),
        "whole": queries.round_coverage(round, scope, now=clock.now()).whole,
    }
    return render(request, "hazards/round_evidence.html", context)


@requires("rounds.view")
def evidence_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The evidence as xlsx."""
    round = _round(request, pk)
    content = queries.evidence_sheet(round, person(request).scope_for("rounds.view"))
    response = HttpResponse(content, content_type=SHEET_TYPE)
    response["Content-Disposition"] = f'attachment; filename="round-{round.number}-evidence.xlsx"'
    return response


@requires("rounds.view")
def calendar(request: HttpRequest) -> HttpResponse:
    """Which rounds does the season open by itself, and on which day?"""
    return _calendar(request)


def _calendar(request: HttpRequest, form: PlannedForm | None = None) -> HttpResponse:
    user, now = person(request), clock.now()
    own = user.scope_for("rounds.open")
    context: dict[str, Any] = {
        "planned": [
            (each, own.covers(each.row.area_code))
            for each in queries.planned_rounds(user.scope_for("rounds.view"), now=now)
        ],
        "form": (form or PlannedForm(scope=own)) if user.can("rounds.open") else None,
        "example_area": min(own.codes, key=len, default=""),
    }
    return render(request, "hazards/round_calendar.html", context)


@require_POST
@requires("rounds.open")
def plan(request: HttpRequest) -> HttpResponse:
    """Puts a round into the calendar."""
    user = person(request)
    form = PlannedForm(request.POST, scope=user.scope_for("rounds.open"))
    if form.is_valid():
        try:
            actions.plan_round(**form.cleaned_data, by=user, now=clock.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("hazards:round_calendar")
    return _calendar(request, form)


@require_POST
@requires("rounds.open")
def examples(request: HttpRequest) -> HttpResponse:
    """Puts the shipped examples into an empty calendar."""
    user = person(request)
    try:
        count = actions.plan_examples(area_code=request.POST.get("area_code", ""), by=user, now=clock.now())
        messages.success(request, _("%(count)s rounds planned.") % {"count": count})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("hazards:round_calendar")


@require_POST
@requires("rounds.open")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a round out of the calendar."""
    user = person(request)
    rows = SeasonRound.objects.in_scope(user.scope_for("rounds.open"))
    actions.stop_planned(planned=get_object_or_404(rows, pk=pk), by=user, now=clock.now())
    return redirect("hazards:round_calendar")
