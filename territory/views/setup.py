"""What is set up."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import clock
from core.views.permission import requires
from territory import queries


@requires("areas.import")
def areas(request: HttpRequest) -> HttpResponse:
    """Sub-districts with their communities, grids and households; season and calendar."""
    user: Any = request.user
    today = timezone.localdate(clock.now())
    counts = queries.area_counts(user.scope_for("areas.import"))
    columns = ("communities", "grids", "households", "must_reach", "without_phone")
    context = {
        "counts": counts,
        "total": {column: sum(getattr(count, column) for count in counts) for column in columns},
        "season": queries.season_at(today),
        "missing_years": [y for y in (today.year, today.year + 1) if y not in queries.loaded_years()],
        "may_import_roll": user.can("households.import"),
    }
    return render(request, "territory/areas.html", context)
