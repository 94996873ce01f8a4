"""The layers of the board's map as GeoJSON; unchanged ones cost a 304."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from board.views.situation import reader
from command.queries.closure import closed_sites_geojson
from command.queries.danger import dangers_geojson
from core import clock
from core.views.permission import requires
from hazards import queries as hazards
from supplies import queries as supplies
from territory import queries as territory
from territory.enums import Level


@requires("board.view")
@require_safe
@conditional_page
@cache_control(private=True, max_age=60)
def areas(request: HttpRequest) -> HttpResponse:
    """Outlines of the sub-districts in the reader's areas."""
    return _geojson(territory.areas_geojson(reader(request).scope, Level.SUBDISTRICT))


@requires("sites.view")
@require_safe
@conditional_page
@cache_control(private=True, no_cache=True)
def sites(request: HttpRequest) -> HttpResponse:
    """The dangerous sites in the reader's areas, by state."""
    return _geojson(hazards.sites_geojson(reader(request).scope, now=clock.now()))


@requires("command.view")
@require_safe
@conditional_page
@cache_control(private=True, no_cache=True)
def dangers(request: HttpRequest) -> HttpResponse:
    """Open dangers, by how far they are dealt with."""
    return _geojson(dangers_geojson(reader(request).scope, clock.now()))


@requires("command.view")
@require_safe
@conditional_page
@cache_control(private=True, no_cache=True)
def closures(request: HttpRequest) -> HttpResponse:
    """Places with water: closed, waiting to be re-opened, to be driven slowly."""
    return _geojson(closed_sites_geojson(reader(request).scope))


@requires("supplies.view")
@require_safe
@conditional_page
@cache_control(private=True, no_cache=True)
def stores(request: HttpRequest) -> HttpResponse:
    """Stores, by whose goods lie there and whether something is short."""
    return _geojson(supplies.stores_geojson(reader(request).scope))


def _geojson(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/geo+json")
