"""A danger that a resident reports, and what became of it."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from command import actions as command
from command import queries as dangers
from command.enums.dangers import DangerSource
from command.models import Danger
from core import clock
from core.rules import Refused
from core.views.permission import public
from residents.forms import DangerForm
from residents.views.throttle import too_many

# Reports from one address: a whole street may stand behind one, a machine sends more.
REPORTS, PER_SECONDS = 20, 600


@public
@never_cache
def danger(request: HttpRequest) -> HttpResponse:
    """报险情 by a resident. Public: it stores a report that a person reads before anything follows; throttled."""
    form = DangerForm(request.POST, request.FILES) if request.method == "POST" else DangerForm()
    context = {"form": form, "phone": settings.DUTY_PHONE}
    if request.method == "POST":
        if too_many(request, "danger", REPORTS, PER_SECONDS):
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


@public
@never_cache
@require_safe
def danger_sent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What became of it. Public: only whoever reported it knows the number, and the page names nobody."""
    row = get_object_or_404(Danger, uuid=uuid, source=DangerSource.RESIDENT, exercise=None)
    context = {"line": dangers.danger_lines([row], now=clock.now())[0], "phone": settings.DUTY_PHONE}
    return render(request, "residents/danger_sent.html", context)
