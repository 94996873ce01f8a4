"""速览: what a leader must know and sign, on one screen of a phone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from board import queries
from board.views.situation import reader
from core import clock
from core.views.permission import requires
from dutyroster import queries as dutyroster
from territory.rules import LENGTHS

TILES = 6


@requires("brief.view")
@require_safe
def brief(request: HttpRequest) -> HttpResponse:
    """Six tiles, what waits for his name, whom to call, and the text to read aloud; htmx asks for the middle only."""
    now = clock.now()
    shown = queries.situation(reader(request).scope, now=now)
    on_duty = dutyroster.on_duty(reader(request).scope, now)
    words = {
        "shown": shown,
        "question": queries.question(shown),
        "banner": queries.banner(shown),
        "strip": queries.strip(shown)[:TILES],
        "aloud": queries.to_read_aloud(shown),
        "own_shifts": [shift for shift in on_duty if len(shift.area_code) <= LENGTHS[0]],
        "other_shifts": [shift for shift in on_duty if len(shift.area_code) > LENGTHS[0]],
    }
    live = request.headers.get("HX-Request")
    return render(request, "board/brief_live.html" if live else "board/brief.html", words)
