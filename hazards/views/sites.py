"""One site: facts, who answers for it, what was seen."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.enums import Base, SiteState
from hazards.forms import ResponsibleForm, RoutineForm
from hazards.queries.routine import RoutineOfSite
from hazards.queries.upkeep import kept_of
from hazards.rules import KIND_MARKS, STATE_TONES
from hazards.views.register import layers, person
from territory.queries import area_names


@requires("sites.view")
def page(request: HttpRequest, code: str) -> HttpResponse:
    """In which state is this place, and what is owed here?"""
    user = person(request)
    site = get_object_or_404(queries.site_for(user, "sites.view", now=clock.now()), code=code)
    return render(request, "hazards/site.html", _shown(user, site))


def _shown(user: User, site: Any) -> dict[str, Any]:
    now = clock.now()
    names = area_names({site.area_code, site.area_code[:9], site.area_code[:12]})
    place = site.geometry.centroid if site.geometry else None
    around = f"{place.x - 0.008},{place.y - 0.006},{place.x + 0.008},{place.y + 0.006}" if place else ""
    state = SiteState(site.state)
    routine = queries.routine_of(site, now=now)
    editor = user.scope_for("sites.edit").covers(site.area_code)
    return {
        "site": site,
        "state_label": state.label,
        "tone": STATE_TONES[state],
        "mark": KIND_MARKS[site.kind],
        "area": " · ".join(
            names[code] for code in (site.area_code[:9], site.area_code[:12], site.area_code) if code in names
        )
        if len(site.area_code) > 12
        else names.get(site.area_code, site.area_code),
        "place": place,
        "extent": around,
        "layers": layers({"area_code": site.area_code[:9]}),
        "people": queries.in_charge(site, now=now),
        "open": queries.shown(queries.open_at(site), now=now),
        "settled": queries.shown(queries.settled_at(site), now=now),
        "kept": kept_of([site], now=now)[site.pk],
        "routine": routine,
        "routine_form": RoutineForm(initial=_routine_initial(routine, now)) if editor else None,
        "history": queries.site_history(site),
        "duty": queries.duty_at(site, now=now),
        "form": ResponsibleForm(scope=user.scope_for("sites.edit"), now=now) if editor else None,
        "may_edit": editor,
        "may_inspect": user.can("sites.inspect") and site.retired_at is None,
    }


def _routine_initial(routine: RoutineOfSite, now: datetime) -> dict[str, Any]:
    schedule, today = routine.schedule, timezone.localdate(now)
    return {"base": schedule.base if schedule else Base.SCHEDULED, "next_on": max(routine.next_on or today, today)}


@requires("sites.edit")
def responsible(request: HttpRequest, code: str) -> HttpResponse:
    """Names who answers for the site from now on."""
    user, now = person(request), clock.now()
    scope = user.scope_for("sites.edit")
    site = get_object_or_404(queries.sites(scope, now=now), code=code)
    form = ResponsibleForm(request.POST, scope=scope, now=now)
    if form.is_valid():
        try:
            actions.name_responsible(site=site, by=user, now=now, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("From now on %(person)s answers for it.") % {"person": form.cleaned_data["person"]}
            )
            return redirect("hazards:site", code=site.code)
    return render(request, "hazards/site.html", _shown(user, site) | {"form": form})
