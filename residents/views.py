"""What anybody may read, and a household's own page. No sign-in, no script."""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_safe

from alerts import actions, queries
from alerts.enums import Choice, Via
from alerts.models import AudienceHousehold, Notice
from alerts.rules import COLOURS
from core import clock
from core.views.permission import public
from territory import queries as territory
from territory.rules import Scope, level_of

FRESH_SECONDS = 30


def _etag(request: HttpRequest, area_code: str = "") -> str:
    """What the page depends on: the notices, the minute that its ages are told in, the language."""
    now = clock.now()
    rows = queries.notices_in_force(now, area_code).values_list("pk", "version", "issued_at")
    parts = (list(rows), now.replace(second=0, microsecond=0), request.LANGUAGE_CODE, area_code)
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
        "area": territory.area_names({area_code}).get(area_code, "") if area_code else "",
        "subdistricts": territory.areas(Scope(frozenset({settings.DISTRICT_CODE})), "subdistrict"),
        "area_code": area_code,
        "as_of": now,
        "phone": settings.DUTY_PHONE,
    }
    answer = render(request, "residents/notices.html", context)
    answer["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return answer


def _shown(row: Notice) -> dict[str, Any]:
    return {"notice": row, "colour": COLOURS[row.level]}  # type: ignore[index]  # an integer of the choices


@public
@never_cache
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """A household's own page. Public: only the household knows its link. Reading it changes nothing."""
    audience = queries.audience_by_token(token)
    if audience is None or audience.notice.issued_at is None:
        raise Http404
    if request.method == "POST":
        return _answered(request, audience, token, clock.now())
    row = audience.notice
    context = {
        "notice": row,
        "colour": COLOURS[row.level],  # type: ignore[index]  # an integer of the choices
        "audience": audience,
        "asks_for_help": audience.answer == Choice.NEED_HELP and audience.help_closed_at is None,
        "choices": Choice,
        "phone": settings.DUTY_PHONE,
        **({"exercise": _("Exercise")} if row.exercise else {}),
        "over": row.withdrawn_at is not None or row.expires_at <= clock.now(),
    }
    return render(request, "residents/answer.html", context)


def _answered(request: HttpRequest, audience: AudienceHousehold, token: str, now: datetime) -> HttpResponse:
    choice = request.POST.get("choice", "")
    if choice in Choice.values:
        actions.record_answer(audience=audience, choice=Choice(choice), via=Via.LINK, now=now)
        messages.success(request, _("Your answer is stored."))
    else:
        messages.error(request, _("Nothing was stored: press one of the buttons."))
    return redirect("residents:answer", token)
