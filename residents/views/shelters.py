"""去哪里避险: the list with the way to each, and a drawing."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from command import queries as command
from core import clock
from core.views.permission import public
from residents.queries import sketch
from residents.views.notices import fresh, page_etag, place_context

NEAR = 12  # farther ones are no help on foot
WHOLE = 40  # of the district: what keeps the page light on an old phone


@public
@require_safe
@condition(etag_func=page_etag)
def shelters(request: HttpRequest, area_code: str = "") -> HttpResponse:
    """Where is it safe, which way, how far? Public: the places are meant for everybody.

    The list needs no script. With one the phone sorts it by its own position, which never leaves it.
    """
    now = clock.now()
    context = place_context(area_code, now)
    lines = command.nearest_shelters(area_code or settings.DISTRICT_CODE, most=NEAR if area_code else WHOLE)
    closures = command.public_closures(now)
    drawing = sketch(lines, closures, area_code or settings.DISTRICT_CODE)
    context |= {"lines": lines, "sketch": drawing, "open": sum(line.is_open for line in lines)}
    # Where one is let in goes before where one may have to wait at the door.
    context["best"] = next((line for line in lines if line.is_open), lines[0] if lines else None)
    return fresh(render(request, "residents/shelters.html", context))
