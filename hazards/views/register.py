"""The register: which sites, in which state."""

from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.enums import SiteKind, SiteState
from hazards.forms import FilterForm, ReasonForm, SiteForm
from hazards.models import HazardSite
from hazards.queries.upkeep import near
from hazards.rules import KIND_MARKS, STATE_TONES, SiteFilter
from territory.queries import area_names
from territory.rules import Scope

PAGE = 120
EXTENT = "113.28,33.70,113.46,33.84"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def person(request: HttpRequest) -> User:
    """Whoever is signed in; the permission marks have seen to it."""
    return cast("User", request.user)


@requires("sites.view")
def register(request: HttpRequest) -> HttpResponse:
    """隐患排查: the filtered register as map and table."""
    scope, now = person(request).scope_for("sites.view"), clock.now()
    form = FilterForm(request.GET, scope=scope)
    filters = form.filters()
    return render(request, "hazards/register.html", _listed(request, scope, filters, now) | {"form": form})


def _listed(request: HttpRequest, scope: Scope, filters: SiteFilter, now: datetime) -> dict[str, Any]:
    after = request.GET.get("after", "")
    rows = queries.bare_sites(scope, filters, now=now).filter(code__gt=after).defer("geometry", "note")
    found = list(rows[: PAGE + 1])
    counted = queries.register_figures(scope, filters, now=now)
    last = found[PAGE - 1].code if len(found) > PAGE else ""
    asked = urlencode(filters.query())
    return {
        "sites": _rows(found[:PAGE]),
        "next_url": f"{reverse('hazards:register')}?{urlencode({**filters.query(), 'after': last})}" if last else "",
        "total": counted.states[filters.state],
        "states": counted.states,
        "kind_chips": _chips("kind", SiteKind, counted.kinds, filters),
        "state_chips": _chips("state", SiteState, counted.states, filters),
        "layers": layers(filters.query()),
        "legend": [{"mark": mark, "tone": "ok", "label": kind.label} for kind, mark in KIND_MARKS.items()]
        + [{"mark": "circle", "tone": tone, "label": state.label} for state, tone in STATE_TONES.items()],
        "extent": counted.extent or EXTENT,
        "asked": asked,
        "export_url": f"{reverse('hazards:export')}?{asked}",
        "filtered": bool(filters.query()),
        "may_edit": person(request).can("sites.edit"),
    }


def _rows(found: list[Any]) -> list[Any]:
    names = area_names({site.area_code[:9] for site in found})
    queries.with_standing(found)
    for site in found:
        site.street = names.get(site.area_code[:9], site.area_code)
        site.tone, site.state_label = STATE_TONES[SiteState(site.state)], SiteState(site.state).label
    return found


def _chips(name: str, choices: Any, counts: dict[str, int], filters: SiteFilter) -> list[dict[str, Any]]:
    own = filters.query().get(name, "")
    shown = [("", _("All"))] + [(choice.value, choice.label) for choice in choices]
    return [
        {
            "label": label,
            "url": f"{reverse('hazards:register')}?{urlencode(filters.query(**{name: value}))}",
            "current": value == own,
            "count": counts.get(value, 0),
            "shape": STATE_TONES[SiteState(value)] if name == "state" and value else "",
        }
        for value, label in shown
    ]


def layers(asked: dict[str, str]) -> list[dict[str, Any]]:
    """The sub-districts' borders, and the sites that `asked` narrows to."""
    borders = f"{reverse('api_territory:areas')}?{urlencode({'level': 'subdistrict', 'format': 'geojson'})}"
    places = f"{reverse('api_hazards:sites')}?{urlencode({'format': 'geojson', **asked})}"
    return [
        {"label": _("Sub-district borders"), "url": borders, "role": "base", "on": True},
        {"label": _("Hazard sites"), "url": places, "role": "points", "on": True, "state_of": "state_label"},
    ]


@requires("sites.view")
def export(request: HttpRequest) -> HttpResponse:
    """The filtered register as xlsx."""
    scope, now = person(request).scope_for("sites.view"), clock.now()
    filters = FilterForm(request.GET, scope=scope).filters()
    response = HttpResponse(queries.register_sheet(scope, filters, now=now), content_type=SHEET_TYPE)
    response["Content-Disposition"] = f'attachment; filename="hazard-sites-{now:%Y%m%d-%H%M}.xlsx"'
    return response


@requires("sites.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A site comes onto the register."""
    user = person(request)
    form = SiteForm(request.POST or None, scope=user.scope_for("sites.edit"), nonce=_nonce(request))
    beside: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid() and not (beside := _beside(request, form, None)):
        try:
            site = actions.register_site(code=form.cleaned_data["code"], by=user, now=clock.now(), **form.values())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Stored: %(site)s.") % {"site": site.name})
            return redirect("hazards:site", code=site.code)
    return render(request, "hazards/site_form.html", {"form": form, "site": None, "theirs": None, "beside": beside})


def _beside(request: HttpRequest, form: SiteForm, site: HazardSite | None) -> list[dict[str, Any]]:
    """Sites so near that this may be one of them, until the person has ticked that it is another place."""
    place = form.cleaned_data["geometry"]
    moved = place and (site is None or place != site.geometry)
    if not moved or request.POST.get("another_place"):
        return []
    mine = queries.sites_open_to(person(request), "sites.view", now=clock.now())
    found = near(place, besides=site)
    seen = set(mine.filter(pk__in=[other.pk for other, _metres in found]).values_list("pk", flat=True))
    return [{"site": other, "metres": metres, "open": other.pk in seen} for other, metres in found]


@requires("sites.edit")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """A site is changed; when somebody was faster both versions are shown."""
    user = person(request)
    scope = user.scope_for("sites.edit")
    site = get_object_or_404(queries.sites(scope), code=code)
    form = SiteForm(request.POST or None, scope=scope, nonce=_nonce(request), site=site)
    theirs: list[dict[str, Any]] | None = None
    beside: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid() and not (beside := _beside(request, form, site)):
        base = form.cleaned_data["base_version"] or site.updated_at
        try:
            actions.change_site(site=site, changes=form.values(), base_version=base, by=user, now=clock.now())
        except Refused as refused:
            theirs = _both_versions(form, site)
            form.data = request.POST.dict() | {"base_version": site.updated_at.isoformat()}
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Stored: %(site)s.") % {"site": site.name})
            return redirect("hazards:site", code=site.code)
    context = {"form": form, "site": site, "theirs": theirs, "beside": beside}
    return render(request, "hazards/site_form.html", context)


def _both_versions(form: SiteForm, site: Any) -> list[dict[str, Any]]:
    return [
        {"label": form[name].label, "theirs": getattr(site, name), "mine": value}
        for name, value in form.values().items()
        if getattr(site, name) != value
    ]


def _nonce(request: HttpRequest) -> str:
    return str(getattr(request, "csp_nonce", ""))


@requires("sites.edit")
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """A site leaves the register, with the reason."""
    user = person(request)
    site = get_object_or_404(queries.sites(user.scope_for("sites.edit")), code=code)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.retire_site(site=site, reason=form.cleaned_data["reason"], by=user, now=clock.now())
        messages.success(request, _("%(site)s has left the register.") % {"site": site.name})
        return redirect("hazards:register")
    return render(request, "hazards/retire.html", {"form": form, "site": site})
