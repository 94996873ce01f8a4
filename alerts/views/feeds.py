"""The feeds of official warnings: does each answer, and what did it bring that could not be taken in?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alerts import queries
from core import clock
from core.views.permission import requires


@requires("notices.view")
@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """Which feed is silent?"""
    now = clock.now()
    lines = queries.feed_lines(now)
    context = {
        "lines": lines,
        "silent": [line.feed.name for line in lines if line.is_stale],
        "troubles": queries.troubles(now),
    }
    return render(request, "alerts/feeds.html", context)
