"""我要求助 by a resident whose telephone gets no answer, or who cannot speak."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from command import actions as command
from command import queries
from command.enums.dangers import HelpSource
from command.models import HelpRequest
from core import clock
from core.rules import Refused
from core.views.permission import public
from residents.forms import HelpForm
from residents.views.throttle import too_many

# In a storm thousands of telephones stand behind one address of their carrier: nobody is refused, the desk is told.
CRIES, PER_SECONDS = 20, 600


@public
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Where are you, and what do you need? Public: a person reads it and calls back. Never refused for its number."""
    form = HelpForm(request.POST) if request.method == "POST" else HelpForm()
    context = {"form": form, "phone": settings.DUTY_PHONE}
    if request.method == "POST":
        many = too_many(request, "help", CRIES, PER_SECONDS)
        if form.is_valid() and (stored := _asked(form, many)):
            return redirect("residents:help_sent", stored.uuid)
    return render(request, "residents/help.html", context, status=400 if form.errors else 200)


def _asked(form: HelpForm, many: bool) -> HelpRequest | None:
    given = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
    try:
        return command.help_of_resident(now=clock.now(), many_from_address=many, **given)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return None


@public
@never_cache
@require_safe
def sent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far it has come. Public: only whoever asked knows the number, and the page names nobody."""
    row = get_object_or_404(HelpRequest, uuid=uuid, source=HelpSource.RESIDENT, exercise=None)
    line = queries.help_lines([row], now=clock.now())[0]
    return render(request, "residents/help_sent.html", {"line": line, "phone": settings.DUTY_PHONE})
