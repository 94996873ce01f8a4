"""The register is kept true: what is unverified, one press for what has not changed, and where a place really lies."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import queries
from hazards.actions.upkeep import keep_facts, move_site, restore_site
from hazards.enums import Fact
from hazards.forms import FilterForm, ReasonForm
from hazards.forms.ledger import PlaceForm
from hazards.models import HazardSite
from hazards.queries import upkeep as kept
from hazards.queries.sheet import public_sheet
from hazards.rules.plate import plate
from hazards.views.listed import listed
from hazards.views.register import EXTENT, PAGE, SHEET_TYPE, layers, person
from territory.queries import area_names

STALE = 200  # ticks on one page: what a form may carry is limited


@requires("sites.edit")
def home(request: HttpRequest) -> HttpResponse:
    """Which facts has nobody verified for 90 days? POST: 都没变 for the sites that stay ticked."""
    user, now = person(request), clock.now()
    scope = user.scope_for("sites.edit")
    if request.method == "POST":
        found = list(queries.sites(scope, now=now).filter(code__in=request.POST.getlist("site")))
        keep_facts(sites=found, facts=list(Fact), on=timezone.localdate(now), by=user)
        messages.success(request, _("Verified today: %(count)s sites.") % {"count": len(found)})
        return redirect("hazards:upkeep")
    context = {
        "stale": listed(request, "unverified", kept.unverified(scope, now=now), size=STALE),
        "total": queries.sites(scope, now=now).prefetch_related(None).count(),
        "gaps": queries.responsibility_gaps(scope, now=now),
        "ending": kept.ending(scope, now=now),
        "twins": kept.twins(scope),
    }
    return render(request, "hazards/upkeep.html", context)


@require_POST
@requires("sites.edit")
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """都没变 for one site."""
    user, now = person(request), clock.now()
    site = get_object_or_404(queries.sites(user.scope_for("sites.edit"), now=now), code=code)
    keep_facts(sites=[site], facts=list(Fact), on=timezone.localdate(now), by=user)
    messages.success(request, _("Verified today: %(count)s sites.") % {"count": 1})
    return redirect("hazards:site", code=code)


@requires("sites.edit")
def position(request: HttpRequest, code: str) -> HttpResponse:
    """The point of a site is dragged to where it lies."""
    user, now = person(request), clock.now()
    site = get_object_or_404(queries.sites(user.scope_for("sites.edit"), now=now), code=code)
    place = site.geometry.centroid if site.geometry else None
    start = {"longitude": place.x, "latitude": place.y} if place else {}
    form = PlaceForm(request.POST or None, initial=start | {"base_version": site.updated_at.isoformat()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        base = parse_datetime(given["base_version"]) or site.updated_at
        try:
            move_site(site=site, place=(given["longitude"], given["latitude"]), base_version=base, by=user, now=now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Stored: %(site)s.") % {"site": site.name})
            return redirect("hazards:site", code=code)
    around = f"{place.x - 0.004},{place.y - 0.003},{place.x + 0.004},{place.y + 0.003}" if place else EXTENT
    context = {"site": site, "form": form, "extent": around, "layers": layers({"area_code": site.area_code[:9]})}
    return render(request, "hazards/position.html", context)


@requires("sites.edit")
def restore(request: HttpRequest, code: str) -> HttpResponse:
    """A site that had left comes back onto the register, with the reason."""
    user = person(request)
    gone = HazardSite.objects.in_scope(user.scope_for("sites.edit")).filter(retired_at__isnull=False)
    site = get_object_or_404(gone, code=code)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        restore_site(site=site, reason=form.cleaned_data["reason"], by=user, now=clock.now())
        messages.success(request, _("Stored: %(site)s.") % {"site": site.name})
        return redirect("hazards:site", code=code)
    return render(request, "hazards/restore.html", {"form": form, "site": site})


@requires("sites.view")
def card(request: HttpRequest, code: str) -> HttpResponse:
    """The printed card of a site, A4, with the plate that opens its page on a phone."""
    now = clock.now()
    site = get_object_or_404(queries.site_for(person(request), "sites.view", now=now), code=code)
    return render(request, "hazards/cards.html", {"cards": _cards([site], now)})


@requires("sites.view")
def cards(request: HttpRequest) -> HttpResponse:
    """The cards of the filtered register, one a page."""
    scope, now = person(request).scope_for("sites.view"), clock.now()
    found = list(queries.sites(scope, FilterForm(request.GET, scope=scope).filters(), now=now)[:PAGE])
    return render(request, "hazards/cards.html", {"cards": _cards(found, now)})


def _cards(found: list[Any], now: datetime) -> list[dict[str, Any]]:
    names = area_names({site.area_code[:length] for site in found for length in (9, 12)})
    made = []
    for site in found:
        side, path = plate(settings.PUBLIC_URL + reverse("hazards:site", args=[site.code]))
        area = " · ".join(dict.fromkeys(names.get(site.area_code[:length], "") for length in (9, 12))).strip(" ·")
        place = site.geometry.centroid if site.geometry else None
        made.append(
            {
                "site": site,
                "side": side,
                "path": path,
                "area": area,
                "place": place,
                "people": queries.in_charge(site, now=now),
                "phone": settings.DUTY_PHONE,
            }
        )
    return made


@requires("sites.view")
def geojson(request: HttpRequest) -> HttpResponse:
    """The filtered register as a GeoJSON file in WGS-84."""
    scope, now = person(request).scope_for("sites.view"), clock.now()
    filters = FilterForm(request.GET, scope=scope).filters()
    header = f'attachment; filename="hazard-sites-{now:%Y%m%d-%H%M}.geojson"'
    content = queries.sites_geojson(scope, filters, now=now)
    return HttpResponse(content, content_type="application/geo+json", headers={"Content-Disposition": header})


@requires("sites.edit")
def public_list(request: HttpRequest) -> HttpResponse:
    """责任人公示: names and duties for the notice board, nobody's own number."""
    scope, now = person(request).scope_for("sites.edit"), clock.now()
    filters = FilterForm(request.GET, scope=scope).filters()
    header = f'attachment; filename="responsible-persons-{now:%Y%m%d}.xlsx"'
    content = public_sheet(scope, filters, now=now)
    return HttpResponse(content, content_type=SHEET_TYPE, headers={"Content-Disposition": header})
