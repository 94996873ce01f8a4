"""What anybody may read, and a household's own page. No sign-in, no script."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_safe
from redis.exceptions import RedisError

from alerts import actions, queries
from alerts.enums import Choice, NoticeState, Via
from alerts.models import AudienceHousehold, Notice
from alerts.rules import COLOURS
from command import actions as command
from command import queries as dangers
from command.enums.dangers import DangerSource
from command.models import Danger
from core import clock
from core.rules import Refused
from core.views.permission import public
from residents.forms import DangerForm
from territory import queries as territory
from territory.rules import Scope, level_of, scope_of

FRESH_SECONDS = 30
# Reports from one address: a whole street may stand behind one, a machine sends more.
REPORTS, PER_SECONDS = 20, 600


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
        "over": row.state != NoticeState.ISSUED or row.expires_at <= clock.now(),
        "newer": queries.newer(row),
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


@public
@never_cache
def danger(request: HttpRequest) -> HttpResponse:
    """报险情 by a resident. Public: it stores a report that a person reads before anything follows; throttled."""
    form = DangerForm(request.POST, request.FILES) if request.method == "POST" else DangerForm()
    context = {"form": form, "phone": settings.DUTY_PHONE}
    if request.method == "POST":
        if _too_many(request.META.get("REMOTE_ADDR", "")):
            return render(request, "residents/danger.html", context | {"too_many": True}, status=429)
        if stored := _reported(form):
            return redirect("residents:danger_sent", stored.uuid)
    return render(request, "residents/danger.html", context, status=400 if form.errors else 200)


def _reported(form: DangerForm) -> Danger | None:
    """The stored danger; None with the refusal written into the form."""
    try:
        form.keep_photo()
        if form.is_valid():
            return command.report_danger(**form.report(), source=DangerSource.RESIDENT, by=None, now=clock.now())[0]
    except Refused as refused:
        form.is_valid()
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return None


def _too_many(address: str) -> bool:
    """Whether this address has reported more than people do. A cache that is away lets everybody through."""
    key = f"resident-danger:{address}"
    try:
        cache.add(key, 0, PER_SECONDS)
        return cache.incr(key) > REPORTS
    except (RedisError, OSError, ValueError):
        return False


@public
@never_cache
@require_safe
def danger_sent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What became of it. Public: only whoever reported it knows the number, and the page names nobody."""
    row = get_object_or_404(Danger, uuid=uuid, source=DangerSource.RESIDENT, exercise=None)
    context = {"line": dangers.danger_lines([row], now=clock.now())[0], "phone": settings.DUTY_PHONE}
    return render(request, "residents/danger_sent.html", context)
