"""What anybody may read. No sign-in, no script."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from alerts import queries
from alerts.models import Notice
from alerts.rules import COLOURS
from command import queries as dangers
from core import clock
from core.views.permission import public
from territory import queries as territory
from territory.rules import Scope, level_of, scope_of

FRESH_SECONDS = 30


def _etag(request: HttpRequest, area_code: str = "") -> str:
    """What the page depends on: the notices, the closed places, the minute that its ages are told in, the language."""
    now = clock.now()
    rows = [
        found.values_list("pk", "version", "issued_at")
        for found in (queries.notices_in_force(now, area_code), queries.all_clears(now, area_code))
    ]
    shut = [
        (row.pk, row.depth_cm, row.measured_at, dangers.state_of(row).value)
        for row in dangers.public_closures(now, area_code)
    ]
    here = _scope(area_code)
    official = [each.warning.pk for each in queries.shown_in_force(now, here)]
    over = [(each.warning.pk, each.by.pk) for each in queries.lifted(now, here)]
    parts = (
        [list(one) for one in rows],
        shut,
        official,
        over,
        now.replace(second=0, microsecond=0),
        request.LANGUAGE_CODE,
        area_code,
    )
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


@public
@require_safe
@condition(etag_func=_etag)
def notices(request: HttpRequest, area_code: str = "") -> HttpResponse:
    """现在有没有危险. Public: signed notices, written for everybody; a rehearsal never shows here."""
    if area_code and not level_of(area_code):
        raise Http404
    now = clock.now()
    context = {
        "notices": [_shown(row) for row in queries.notices_in_force(now, area_code)],
        "all_clears": queries.all_clears(now, area_code),
        "official": queries.shown_in_force(now, _scope(area_code)),
        "lifted": queries.lifted(now, _scope(area_code)),
        "area": territory.area_names({area_code}).get(area_code, "") if area_code else "",
        "subdistricts": territory.areas(Scope(frozenset({settings.DISTRICT_CODE})), "subdistrict"),
        "area_code": area_code,
        "closures": dangers.closure_lines(dangers.public_closures(now, area_code)),
        "as_of": now,
        "phone": settings.DUTY_PHONE,
    }
    answer = render(request, "residents/notices.html", context)
    answer["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return answer


def _scope(area_code: str) -> Scope:
    return scope_of(area_code or settings.DISTRICT_CODE)


def _shown(row: Notice) -> dict[str, Any]:
    return {"notice": row, "colour": COLOURS[row.level]}  # type: ignore[index]  # an integer of the choices
