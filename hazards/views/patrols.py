"""Patrols at the desk: the stage of the rain, walks under way, missed points, routes."""

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
from hazards.enums import RainStage
from hazards.forms import PointForm, ReasonForm, RouteForm, StageForm, TermForm
from hazards.models import PatrolRoute, PatrolTerm, PatrolWatch
from hazards.views.register import person
from territory.queries import area_names


@requires("rounds.view")
def home(request: HttpRequest) -> HttpResponse:
    """Which points of a patrol were missed, who is under way, and which stage holds?"""
    return _home(request)


def _home(request: HttpRequest, form: StageForm | None = None) -> HttpResponse:
    user, now = person(request), clock.now()
    scope = user.scope_for("rounds.view")
    may_press = user.can("assignments.assign")
    watches = queries.patrol_watches(scope)
    runs = list(queries.patrol_runs(scope)[: queries.PATROLS_SHOWN])
    names = area_names({watch.area_code for watch in watches} | {run.area_code for run in runs})
    own = user.scope_for("assignments.assign")
    context = {
        "missed": queries.missed_points(scope, now=now),
        "runs": [(run, names.get(run.area_code, run.area_code)) for run in runs],
        "past": list(queries.patrol_runs(scope, running=False).filter(ended_at__isnull=False)[:20]),
        "watches": [
            (watch, names.get(watch.area_code, watch.area_code), own.covers(watch.area_code)) for watch in watches
        ],
        "routes": queries.route_lines(list(queries.patrol_routes(scope)), now=now),
        "stage_form": (form or StageForm(scope=own)) if may_press else None,
        "may_edit": user.can("sites.edit"),
    }
    return render(request, "hazards/patrols.html", context)


@require_POST
@requires("assignments.assign")
def press(request: HttpRequest) -> HttpResponse:
    """雨前, 雨中 or 雨后 holds over an area from now on."""
    user = person(request)
    form = StageForm(request.POST, scope=user.scope_for("assignments.assign"))
    if form.is_valid():
        try:
            watch = actions.open_watch(**form.cleaned_data, by=user, now=clock.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            stage = RainStage(watch.stage).label
            messages.success(request, _("%(stage)s: the routes are walked from now on.") % {"stage": stage})
            return redirect("hazards:patrols")
    return _home(request, form)


@require_POST
@requires("assignments.assign")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """No further walks are given."""
    user = person(request)
    watch = get_object_or_404(PatrolWatch.objects.in_scope(user.scope_for("assignments.assign")), pk=pk)
    actions.end_watch(watch=watch, by=user, now=clock.now())
    messages.success(request, _("Ended: no further patrols are given; those under way go on."))
    return redirect("hazards:patrols")


@requires("rounds.view")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Where has this patrol been, and what is left?"""
    return _run(request, pk, None)


def _run(request: HttpRequest, pk: int, form: ReasonForm | None) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(queries.run_for(user, pk))
    points = queries.points_of(found)
    left, missed = queries.left_of(points, now=clock.now())
    stops = found.ended_at is None and user.scope_for("assignments.assign").covers(found.area_code)
    context = {
        "run": found,
        "points": points,
        "left": left,
        "missed": missed,
        "form": (form or ReasonForm()) if stops else None,
        "records": found.ended_at is None and user.can("assignments.on_behalf"),
        "now": clock.now(),
    }
    return render(request, "hazards/patrol_run.html", context)


@require_POST
@requires("assignments.assign")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a patrol before its last point, with the reason."""
    user = person(request)
    found = get_object_or_404(queries.run_for(user, pk, capability="assignments.assign"))
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.stop_run(run=found, reason=form.cleaned_data["reason"], by=user, now=clock.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The patrol was stopped."))
            return redirect("hazards:patrols")
    return _run(request, pk, form)


@require_POST
@requires("assignments.on_behalf")
def record(request: HttpRequest, pk: int, point: int) -> HttpResponse:
    """代录: whoever walks has telephoned that he is at the point."""
    user = person(request)
    found = get_object_or_404(queries.run_for(user, pk, capability="assignments.on_behalf"))
    place = get_object_or_404(found.points, pk=point)
    try:
        _row, is_new = actions.check_in(point=place, by=user, given=actions.CheckIn(), now=clock.now())
        messages.success(request, _("Recorded.") if is_new else _("This point was checked in before."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("hazards:patrol_run", pk=pk)


@requires("sites.edit")
def new_route(request: HttpRequest) -> HttpResponse:
    """A new route."""
    user = person(request)
    form = RouteForm(request.POST or None, scope=user.scope_for("sites.edit"))
    if request.method == "POST" and form.is_valid():
        try:
            route = actions.make_route(**form.cleaned_data, by=user, now=clock.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            return redirect("hazards:patrol_route", pk=route.pk)
    return render(request, "hazards/patrol_route_new.html", {"form": form})


def _route(request: HttpRequest, pk: int) -> PatrolRoute:
    return get_object_or_404(queries.patrol_routes(person(request).scope_for("sites.edit")), pk=pk)


@requires("sites.edit")
def route(request: HttpRequest, pk: int) -> HttpResponse:
    """In which order, how often and by whom is this route walked?"""
    return _edit(request, _route(request, pk))


def _edit(request: HttpRequest, route: PatrolRoute, **forms: Any) -> HttpResponse:
    now = clock.now()
    points = list(route.points.all())
    context = {
        "route": route,
        "points": points,
        "minutes": sum(point.minutes for point in points),
        "line": queries.route_lines([route], now=now)[0],
        "point_form": PointForm(area_code=route.area_code, taken=[point.site_id for point in points]),
        "term_form": TermForm(scope=person(request).scope_for("sites.edit"), now=now),
    } | forms
    return render(request, "hazards/patrol_route.html", context)


@require_POST
@requires("sites.edit")
def points(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds a site at the end, moves one up, or takes one off."""
    route = _route(request, pk)
    held = [(point.site, point.minutes) for point in route.points.all()]
    form = PointForm(request.POST, area_code=route.area_code, taken=[site.pk for site, _minutes in held])
    number = _number(request.POST.get("number", ""), len(held))
    if "up" in request.POST and number:
        held[number - 1], held[number] = held[number], held[number - 1]
    elif "remove" in request.POST and number is not None:
        del held[number]
    elif form.is_valid():
        held.append((form.cleaned_data["site"], form.cleaned_data["minutes"]))
    else:
        return _edit(request, route, point_form=form)
    try:
        actions.set_points(route=route, points=held, by=person(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("hazards:patrol_route", pk=pk)


def _number(text: str, count: int) -> int | None:
    return int(text) if text.isdecimal() and int(text) < count else None


@require_POST
@requires("sites.edit")
def term(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets how often and by whom the route is walked in a stage; `drop`: in that stage not at all."""
    user, route = person(request), _route(request, pk)
    if dropped := request.POST.get("drop"):
        actions.drop_term(term=get_object_or_404(PatrolTerm, route=route, stage=dropped), by=user)
        return redirect("hazards:patrol_route", pk=pk)
    form = TermForm(request.POST, scope=user.scope_for("sites.edit"), now=clock.now())
    if form.is_valid():
        actions.set_term(route=route, **form.cleaned_data, by=user)
        messages.success(request, _("Saved."))
        return redirect("hazards:patrol_route", pk=pk)
    return _edit(request, route, term_form=form)


@require_POST
@requires("sites.edit")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """The route is walked no more."""
    actions.retire_route(route=_route(request, pk), by=person(request), now=clock.now())
    messages.success(request, _("The route was given up; what was walked stays."))
    return redirect("hazards:patrols")
