"""What anybody may read. No sign-in, no script."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_safe

from alerts import queries
from alerts.models import Notice
from alerts.rules import COLOURS
from command import queries as command
from command.models import Closure
from core import clock
from core.views.permission import public
from residents.enums import ADVICE
from residents.queries import advice_for
from territory import queries as territory
from territory.rules import Scope, level_of, scope_of

FRESH_SECONDS = 30
NEAREST = 3
# What the first page tells at length: more in one night would be too much for a telephone with little reception.
WHOLE_WARNINGS, WHOLE_CLOSURES, MOST_NAMES = 10, 30, 60


def page_etag(request: HttpRequest, area_code: str = "") -> str:
    """What the public pages depend on: the notices, the closed places above and below ground, the shelters, the minute
    that ages are told in, the language.
    """
    now = clock.now()
    rows = [
        found.values_list("pk", "version", "issued_at")
        for found in (queries.notices_in_force(now, area_code), queries.all_clears(now, area_code))
    ]
    closures = command.public_closures(now, area_code)
    shut = [(row.pk, row.depth_cm, row.measured_at, command.state_of(row).value) for row in closures]
    here = _scope(area_code)
    official = [each.warning.pk for each in queries.shown_in_force(now, here)]
    over = [(each.warning.pk, each.by.pk) for each in queries.lifted(now, here)]
    parts = (
        [list(one) for one in rows],
        shut,
        command.public_underground(area_code),
        sorted(command.ways_round(row.site_id for row in closures).items()),
        command.shelters_version(),
        official,
        over,
        now.replace(second=0, microsecond=0),
        request.LANGUAGE_CODE,
        area_code,
    )
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


@public
@require_safe
@condition(etag_func=page_etag)
def notices(request: HttpRequest, area_code: str = "") -> HttpResponse:
    """现在有没有危险. Public: signed notices, written for everybody; a rehearsal never shows here."""
    _known(area_code)
    now = clock.now()
    in_force = list(queries.notices_in_force(now, area_code))
    official = queries.shown_in_force(now, _scope(area_code))
    closures = command.public_closures(now, area_code)
    context = {
        "notices": [_shown(row) for row in in_force],
        "all_clears": queries.all_clears(now, area_code),
        "official": official,
        "whole_warnings": WHOLE_WARNINGS,
        "lifted": queries.lifted(now, _scope(area_code)),
        "advice": advice_for(in_force, official),
        "closed": sum(row.closed_at is not None and row.reopened_at is None for row in closures),
        "closures": closed_roads(closures),
        "whole_closures": WHOLE_CLOSURES,
        "underground": command.public_underground(area_code),
        "most_names": MOST_NAMES,
        # Of the whole district only what is open: three of forty would be nobody's nearest.
        "shelters": [
            line
            for line in command.nearest_shelters(area_code or settings.DISTRICT_CODE, most=NEAREST)
            if area_code or line.shelter.opened_at
        ],
        **place_context(area_code, now),
    }
    return fresh(render(request, "residents/notices.html", context))


@public
@never_cache
@require_safe
def warning(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The whole text of an official warning. Public: it holds and is for everybody; one that is over leads back."""
    now = clock.now()
    row = queries.warnings_in_force(now, _scope("")).filter(uuid=uuid).first()
    if row is None:
        return redirect("residents:notices")
    context = {"row": row, "colour": queries.colour_of(row), "phone": settings.DUTY_PHONE}
    return render(request, "residents/warning.html", context)


@public
@require_safe
def advice(request: HttpRequest) -> HttpResponse:
    """该怎么做. Public: fixed advice for everybody."""
    context = {"advice": list(ADVICE.values()), "phone": settings.DUTY_PHONE}
    return fresh(render(request, "residents/advice.html", context))


def closed_roads(closures: Sequence[Closure]) -> list[command.ClosureLine]:
    """Closed places, each with the way round as far as somebody wrote one."""
    ways = command.ways_round(row.site_id for row in closures)
    return [replace(line, way=ways.get(line.closure.site_id, "")) for line in command.closure_lines(closures)]


def place_context(area_code: str, now: datetime) -> dict[str, Any]:
    """Where the page speaks of, what else there is to choose, and as of when."""
    _known(area_code)
    return {
        "area": territory.area_names({area_code}).get(area_code, "") if area_code else "",
        "subdistricts": territory.areas(_scope(""), "subdistrict"),
        "area_code": area_code,
        "as_of": now,
        "phone": settings.DUTY_PHONE,
    }


def fresh(page: HttpResponse) -> HttpResponse:
    """The page may be kept for half a minute, by language: that is in the reader's cookie."""
    page["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    patch_vary_headers(page, ["Cookie"])
    return page


def _known(area_code: str) -> None:
    if area_code and not level_of(area_code):
        raise Http404


def _scope(area_code: str) -> Scope:
    return scope_of(area_code or settings.DISTRICT_CODE)


def _shown(row: Notice) -> dict[str, Any]:
    return {"notice": row, "colour": COLOURS[row.level]}  # type: ignore[index]  # an integer of the choices
