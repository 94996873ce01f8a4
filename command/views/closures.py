"""断行: which places have water, two taps and a depth to close one, a second person to open it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assignments.enums import OPEN
from command import actions, queries
from command.enums.closing import ReopenReason
from command.enums.dangers import RoadState
from command.forms.closing import ReopenForm, TickForm
from command.forms.dangers import DepthForm, WaterForm
from command.models import Closure
from command.queries.closing import depths_of
from command.queries.closing_pages import tick_lines
from command.rules.closure import DEPTH_BUTTONS, TICK_BACK, closes
from command.views.dangers import below, more, tabs, who
from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import queries as hazards
from hazards.models import HazardSite

FIELDS = ("client_uuid", "depth_cm", "means", "note", "occurred_at")


@requires("command.view")
@require_safe
def closures(request: HttpRequest) -> HttpResponse:
    """Which roads are closed, and which wait for a second person?"""
    user, ended = who(request), request.GET.get("state") == "ended"
    rows, following = more(request, below(request, queries.closures(user.scope, ended=ended)))
    context = {
        # Closed roads stand above those where people only drive slowly.
        "lines": sorted(queries.closure_lines(rows), key=lambda line: line.state == RoadState.SLOW),
        "counts": queries.closure_counts(user.scope, clock.now()),
        "ended": ended,
        "more": following,
        "may_set": user.can("plans.edit"),
        "tabs": tabs(request, "closures"),
    }
    return render(request, "command/closures.html", context)


@requires("command.view")
@require_safe
def layer(request: HttpRequest) -> HttpResponse:
    """Places with water for the map."""
    return HttpResponse(queries.closed_sites_geojson(who(request).scope), content_type="application/geo+json")


@requires("dangers.report")
@require_safe
def roads(request: HttpRequest) -> HttpResponse:
    """First tap: which place?"""
    return render(request, "command/roads.html", {"roads": queries.roads(who(request), now=clock.now())})


@requires("dangers.report")
def water(request: HttpRequest, code: str) -> HttpResponse:
    """Second tap: how deep? The button says what follows from it."""
    user, now = who(request), clock.now()
    site = get_object_or_404(
        hazards.site_for(user, "dangers.report", now=now).filter(retired_at__isnull=True), code=code
    )
    form = WaterForm(request.POST, request.FILES) if request.method == "POST" else WaterForm()
    if request.method == "POST" and (stored := _taken(request, form, site)):
        return redirect("command:closure", stored.client_uuid)
    return render(request, "command/water.html", {"form": form, **depth_buttons(site)})


def depth_buttons(site: HazardSite) -> dict[str, Any]:
    """The depths that one tap reports at a place, each with whether it closes the place."""
    limit = depths_of(site).closing
    return {
        "site": site,
        "limit": limit,
        "depths": [(depth, closes(depth, limit)) for depth in sorted({*DEPTH_BUTTONS, limit})],
    }


def _taken(request: HttpRequest, form: WaterForm, site: HazardSite) -> Closure | None:
    if not form.is_valid():
        return None
    given, user = form.cleaned_data, who(request)
    values: dict[str, Any] = {name: given[name] for name in FIELDS}
    try:
        stored, _new = actions.report_water(**values, site=site, photos=form.photos(by=user), by=user, now=clock.now())
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    if stored.closed_by_id not in (None, user.pk) and stored.closed_at:
        words = {"who": stored.closed_by_name, "at": timezone.localtime(stored.closed_at).strftime("%H:%M")}
        messages.info(request, _("%(who)s closed it at %(at)s already; your depth was added.") % words)
    else:
        messages.success(request, _("Stored, and everybody concerned is told."))
    return stored


@requires("dangers.report")
@require_safe
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Is it closed, which tick is missing, and who may open it?"""
    user, now = who(request), clock.now()
    row = get_object_or_404(queries.closure_for(user, uuid, now=now))
    decides = user.scope_for("closures.decide").covers(row.area_code)
    line = queries.closure_lines([row])[0]
    context = {
        "line": line,
        "acts": queries.closure_acts(row),
        "told": (told := queries.told_of(row)),
        "unaware": sum(1 for duty in told if duty.acknowledged_at is None and duty.state in OPEN),
        "going_on": row.reopened_at is None,
        "ticks": tick_lines(user, line),
        "opens_below": depths_of(row.site).opening,
        "may_open": decides and row.reopened_at is None and user.pk not in (row.closed_by_id, row.reopen_asked_by_id),
        "may_ask": row.reopened_at is None and row.closed_at is not None,
        "reasons": ReopenReason.choices,
        "tick_form": TickForm(auto_id="tick_%s"),
        "reasons_back": TICK_BACK,
        "may_list": user.can("command.view"),
        "exercise": _("Exercise") if row.exercise else "",
    }
    return render(request, "command/closure.html", context)


@requires("assignments.act")
@require_POST
def tick(request: HttpRequest, uuid: UUID, party: str) -> HttpResponse:
    """One of the three parties has done its part, or is recorded to have done it."""
    user, now = who(request), clock.now()
    row = get_object_or_404(queries.closure_for(user, uuid, now=now))
    owed = get_object_or_404(row.ticks.all(), party=party)
    form = TickForm(request.POST)
    try:
        at = form.cleaned_data["occurred_at"] if form.is_valid() else None
        actions.tick(tick=owed, by=user, now=now, occurred_at=at)
        messages.success(request, _("Ticked."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("command:closure", uuid)


@requires("assignments.act")
@require_POST
def take_back(request: HttpRequest, uuid: UUID, party: str) -> HttpResponse:
    """One party's tick does not hold: it is taken back with the reason."""
    user, now = who(request), clock.now()
    row = get_object_or_404(queries.closure_for(user, uuid, now=now))
    made = get_object_or_404(row.ticks.all(), party=party)
    try:
        actions.take_back_tick(tick=made, by=user, now=now, reason=request.POST.get("reason", ""))
        messages.success(request, _("Taken back; it is to be ticked anew."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("command:closure", uuid)


@requires("dangers.report")
@require_POST
def ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """申请恢复."""
    user, now = who(request), clock.now()
    row = get_object_or_404(queries.closure_for(user, uuid, now=now))
    form = DepthForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {}
    depth = given.get("depth_cm")
    try:
        actions.ask_reopening(
            closure=row, depth_cm=-1 if depth is None else depth, by=user, now=now, note=given.get("note", "")
        )
        messages.success(request, _("Asked for: another person opens it."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("command:closure", uuid)


@requires("closures.decide")
@require_POST
def reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """恢复通行, by another person, with the reason and the depth now."""
    user, now = who(request), clock.now()
    row = get_object_or_404(queries.closure_for(user, uuid, now=now))
    form = ReopenForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("command:closure", uuid)
    try:
        actions.reopen(closure=row, by=user, now=now, **form.cleaned_data)
        messages.success(request, _("Open to traffic again; everybody concerned is told."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("command:closure", uuid)
