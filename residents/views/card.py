"""Answering with the code on the household's card. No sign-in, no script, no link of one's own."""

import hashlib
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from alerts import actions, queries
from alerts.enums import Choice, Via
from alerts.models import AudienceHousehold
from alerts.rules import COLOURS
from command import actions as command
from core import clock
from core.views.permission import public
from territory.models import Household

# From one address as many as a whole street may need; for one code as often as an old person mistypes it.
TRIES, TRIES_OF_A_CODE, PER_SECONDS = 60, 8, 600


@public
@never_cache
def card(request: HttpRequest) -> HttpResponse:
    """The fixed address of the card. Public: it stores an answer only with the four digits that no other card has, it
    shows nothing of the household, and it is throttled by address and by code.
    """
    context: dict[str, Any] = {"phone": settings.DUTY_PHONE, "typed": request.POST.get("code", "")[:60]}
    if request.method != "POST":
        return render(request, "residents/card.html", context)
    choice, typed = request.POST.get("choice", ""), str(context["typed"])
    if _too_many(request.META.get("REMOTE_ADDR", ""), TRIES) or _too_many(typed.upper(), TRIES_OF_A_CODE):
        return render(request, "residents/card.html", context | {"too_many": True}, status=429)
    if choice not in Choice.values:
        wrong = _("Nothing was stored: press one of the buttons.")
        return render(request, "residents/card.html", context | {"wrong": wrong}, status=400)
    home, audience = queries.audience_by_card(typed, clock.now())
    if home is None:
        wrong = _("This code stands on no card: compare it with your card, the four digits at its end too.")
        return render(request, "residents/card.html", context | {"wrong": wrong}, status=400)
    return render(request, "residents/card_stored.html", context | _stored(home, audience, choice))


def _stored(home: Household, audience: AudienceHousehold | None, choice: str) -> dict[str, Any]:
    if audience is None:
        # A cry is one whether or not a notice asks for it.
        if choice == Choice.NEED_HELP:
            command.help_of_card(household=home, now=clock.now())
        return {"asks_for_help": choice == Choice.NEED_HELP}
    row = actions.record_answer(audience=audience, choice=Choice(choice), via=Via.CODE, now=clock.now())
    notice = audience.notice
    return {
        "notice": notice,
        "colour": COLOURS[notice.level],  # type: ignore[index]  # an integer of the choices
        "asks_for_help": row.answer == Choice.NEED_HELP and row.help_closed_at is None,
        "answer": Choice(choice).label,
    }


def _too_many(whose: str, most: int) -> bool:
    """Whether more came from there than people need. A cache that is away lets everybody through."""
    key = f"resident-card:{hashlib.sha256(whose.encode()).hexdigest()[:32]}"
    try:
        cache.add(key, 0, PER_SECONDS)
        return cache.incr(key) > most
    except (RedisError, OSError, ValueError):
        return False
