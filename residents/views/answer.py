"""A household's own page. No sign-in, no script."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from alerts import actions, queries
from alerts.enums import Choice, NoticeState, Via
from alerts.models import AudienceHousehold
from alerts.rules import COLOURS
from core import clock
from core.views.permission import public


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
