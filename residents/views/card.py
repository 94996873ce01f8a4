"""Answering with the code on the household's card. No sign-in, no script, no link of one's own."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from alerts import actions, queries
from alerts.enums import Choice, Via
from alerts.models import AudienceHousehold
from alerts.rules import COLOURS, card_parts
from command import actions as command
from core import clock
from core.views.permission import public
from residents.views.throttle import address_of, counted, pressed
from territory.models import Household

# Wrong codes only: from one address as many as the telephones of a carrier mistype, of one household as often as an old
# person does. Without the second all ten thousand endings of a known code are tried in an evening.
WRONG, WRONG_OF_A_CODE, PER_SECONDS = 60, 8, 600


@public
@never_cache
def card(request: HttpRequest) -> HttpResponse:
    """The fixed address of the card. Public: it stores an answer only with the four digits that no other card has, it
    shows nothing of the household, and wrong codes are throttled by address and by household. No cry is refused.
    """
    context: dict[str, Any] = {"phone": settings.DUTY_PHONE, "typed": request.POST.get("code", "")[:60]}
    if request.method != "POST":
        return render(request, "residents/card.html", context)
    choice, typed = request.POST.get("choice", ""), str(context["typed"])
    if choice not in Choice.values:
        wrong = _("Nothing was stored: press one of the buttons.")
        return render(request, "residents/card.html", context | {"wrong": wrong}, status=400)
    cries, code = choice == Choice.NEED_HELP, (card_parts(typed) or ("",))[0]
    guessed = bool(code) and counted("card", code) >= WRONG_OF_A_CODE
    home, audience = queries.audience_by_card(typed, clock.now())
    if guessed or (not cries and counted("cards", address_of(request)) >= WRONG):
        # Right or wrong, the page is the same: whoever guesses learns nothing, and a true cry is stored all the same.
        if home is not None and cries:
            _stored(home, audience, choice)
        return render(request, "residents/card.html", context | {"too_many": True, "cries": cries}, status=429)
    if home is None:
        pressed("card", code, PER_SECONDS)
        pressed("cards", address_of(request), PER_SECONDS)
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
