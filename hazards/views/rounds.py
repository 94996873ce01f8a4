"""Rounds: what has not been inspected, and who owes it."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.forms import CloseForm, RoundForm
from hazards.models import InspectionRound
from hazards.rules import REINSPECTION
from hazards.views.listed import listed
from hazards.views.register import person
from territory.rules import scope_of

PAGE = 50  # of what is missing or to be verified: the rest page by page
SHOWN = 200


@requires("rounds.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which rounds are running, and how far are they?"""
    user = person(request)
    scope, now = user.scope_for("rounds.view"), clock.now()
    shown = list(queries.rounds(scope)[:20])
    figures = queries.figures_of(shown, scope, now=now)
    found = [(one, figures[one.pk]) for one in shown]
    to_verify = queries.to_verify(user.scope_for("assignments.verify"), besides=user)
    context = {
        "rounds": found,
        "to_verify": listed(request, "to-verify", to_verify, size=PAGE),
        "may_open": user.can("rounds.open"),
    }
    return render(request, "hazards/rounds.html", context)


@requires("rounds.open")
def new(request: HttpRequest) -> HttpResponse:
    """Opens a round over an area: one duty a site, told to whoever owes it."""
    user, now = person(request), clock.now()
    due = timezone.localtime(now + timedelta(minutes=REINSPECTION.due_minutes)).replace(minute=0)
    scope = user.scope_for("rounds.open")
    form = RoundForm(
        request.POST or None,
        scope=scope,
        initial={"due_at": due, "title": _("Re-inspection before rain"), "area_code": request.GET.get("area_code", "")},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            opened = actions.open_round(
                title=given["title"], scope=scope_of(given["area_code"]), due_at=given["due_at"], by=user, now=now
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Opened: %(round)s.") % {"round": opened.title})
            return redirect("hazards:round", pk=opened.pk)
    return render(request, "hazards/round_form.html", {"form": form} | _load(form, now))


def _load(form: RoundForm, now: datetime) -> dict[str, Any]:
    """Who would get how many sites of the area that the form shows."""
    offered = dict(form.fields["area_code"].choices)  # type: ignore[attr-defined]
    chosen = str(form["area_code"].value() or "")
    code = chosen if chosen in offered else next(iter(offered), "")
    load = queries.load_of(scope_of(code), now=now) if code else []
    return {
        "load": load,
        "load_area": offered.get(code, ""),
        "load_total": sum(each.count for each in load),
        "load_people": sum(each.person is not None for each in load),
    }


@requires("rounds.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What has not been inspected, and who owes it?"""
    round = get_object_or_404(queries.round_in_scope(person(request).scope_for("rounds.view"), pk))
    return render(request, "hazards/round.html", _shown(request, round))


def _shown(request: HttpRequest, round: InspectionRound) -> dict[str, Any]:
    user, now = person(request), clock.now()
    scope = user.scope_for("rounds.view")
    coverage = queries.round_coverage(round, scope, now=now)
    asked = request.GET.get("after", "")
    missing, after = queries.missing_page(round, scope, after=asked, size=PAGE)
    if asked and not missing:  # inspected by now: the list begins anew
        missing, after = queries.missing_page(round, scope, after="", size=PAGE)
    carried = queries.carried(round, scope)
    closing = user.can("rounds.close") and user.scope_for("rounds.close").covers(round.area_code)
    return {
        "round": round,
        "whole": coverage.whole,
        "parts": [(_("By sub-district"), coverage.by_area), (_("By kind"), coverage.by_kind)],
        "grids": sorted(coverage.by_grid, key=lambda part: (part.counted.is_whole, part.key)),
        "before": queries.round_before(round),
        "missing": queries.with_streets(missing),
        "next_url": f"?{urlencode({'after': after})}#missing" if after else "",
        "waiting": listed(request, "waiting", queries.waiting_members(round, scope), size=SHOWN),
        "later": list(queries.not_in_round(round, scope)[:SHOWN]) if round.closed_at is None else [],
        "carried": carried,
        "carried_count": queries.carried_count(round, scope, carried),
        "sweeps": list(queries.sweeps_of(round)),
        "is_late": round.closed_at is None and round.due_at < now,
        "may_close": closing and round.closed_at is None,
        "may_add": user.can("rounds.open") and round.closed_at is None,
        "may_verify": user.can("assignments.verify"),
    }


@requires("rounds.close")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes a round, with a reason for every site that is not verified."""
    user = person(request)
    scope = user.scope_for("rounds.close")
    round = get_object_or_404(InspectionRound.objects.in_scope(scope), pk=pk, closed_at__isnull=True)
    members = list(queries.counted_members(round))
    form = CloseForm(request.POST or None, members=members)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_round(round=round, reasons=form.reasons(), by=user, now=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Closed: %(round)s.") % {"round": round.title})
            return redirect("hazards:round", pk=round.pk)
    return render(request, "hazards/round_close.html", {"form": form, "round": round, "count": len(members)})


@requires("rounds.open")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds a site that was registered after the round opened."""
    user = person(request)
    scope = user.scope_for("rounds.open")
    round = get_object_or_404(InspectionRound.objects.in_scope(scope), pk=pk, closed_at__isnull=True)
    site = get_object_or_404(queries.sites_not_in(round), code=request.POST.get("site", ""))
    actions.add_to_round(round=round, site=site, by=user, now=clock.now())
    messages.success(request, _("Added: %(site)s.") % {"site": site.name})
    return redirect("hazards:round", pk=round.pk)
