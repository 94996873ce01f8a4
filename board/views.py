"""The situation board and the layers of its map."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from accounts.models import User
from board import queries
from core import clock
from core.views.permission import requires
from hazards import queries as hazards
from territory import queries as territory
from territory.enums import Level


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)  # the door lets nobody else in


@requires("board.view")
@require_safe
def situation(request: HttpRequest) -> HttpResponse:
    """The board; asked by htmx, only what changes on it."""
    shown = queries.situation(_reader(request).scope, now=clock.now())
    words = {"shown": shown, "question": queries.question(shown), "strip": queries.strip(shown)}
    if request.headers.get("HX-Request"):
        return render(request, "board/live.html", words)
    sight = {
        "extent": queries.extent(_reader(request).scope),
        "layers": queries.layers(shown),
        "legend": queries.legend(shown),
    }
    return render(request, "board/situation.html", words | sight | {"tiles": settings.TILES_URL})


@requires("board.view")
@require_safe
@conditional_page
@cache_control(private=True, max_age=60)
def areas(request: HttpRequest) -> HttpResponse:
    """Outlines of the sub-districts in the reader's areas."""
    return _geojson(territory.areas_geojson(_reader(request).scope, Level.SUBDISTRICT))


@requires("sites.view")
@require_safe
@conditional_page
@cache_control(private=True, no_cache=True)
def sites(request: HttpRequest) -> HttpResponse:
    """The dangerous sites in the reader's areas, by state."""
    return _geojson(hazards.sites_geojson(_reader(request).scope, now=clock.now()))


def _geojson(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/geo+json")
