"""订阅 · 退订 by telephone and code. No account, no script."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from alerts import actions, queries
from core import clock
from core.rules import Refused
from core.views.permission import public
from residents.forms import CodeForm, SubscriptionForm
from residents.views.throttle import too_many
from territory.queries import area_names

# From one address: a family at one router subscribes, a machine asks for more; wrong codes are guesses.
CODES, GUESSES, PER_SECONDS = 10, 30, 600


@public
@never_cache
def subscribe(request: HttpRequest) -> HttpResponse:
    """Which number, which area? Public: what it answers is the same for every number; throttled."""
    form = SubscriptionForm(request.POST or None)
    context = {"form": form, "phone": settings.DUTY_PHONE, **_kept()}
    if request.method == "POST":
        if too_many(request, "codes", CODES, PER_SECONDS):
            return render(request, "residents/subscribe.html", context | {"too_many": True}, status=429)
        if form.is_valid() and (page := _requested(request, form)):
            return redirect("residents:code", page)
    return render(request, "residents/subscribe.html", context, status=400 if form.errors else 200)


def _requested(request: HttpRequest, form: SubscriptionForm) -> UUID | None:
    given, ends = form.cleaned_data, "end" in request.POST
    try:
        return actions.request_code(phone=given["phone"], area_code=given["area_code"], ends=ends, now=clock.now())
    except Refused as refused:
        form.add_error(refused.field or None, str(refused))
    return None


@public
@never_cache
def code(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The six digits. Public: a page of this kind opens for any number, whether or not a code was sent; throttled."""
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        if too_many(request, "guesses", GUESSES, PER_SECONDS):
            return render(request, "residents/code.html", {"form": form, "too_many": True}, status=429)
        if form.is_valid():
            try:
                done = actions.confirm_code(uuid=uuid, code=form.cleaned_data["code"], now=clock.now())
            except Refused as refused:
                form.add_error("code", str(refused))
            else:
                return _confirmed(request, done)
    return render(request, "residents/code.html", {"form": form}, status=400 if form.errors else 200)


def _confirmed(request: HttpRequest, done: actions.Confirmed) -> HttpResponse:
    if done.begun:
        messages.success(request, _("You are subscribed."))
        return redirect("residents:subscription", done.begun.uuid)
    messages.success(request, _("You get no more notices on this number."))
    return redirect("residents:subscribe")


@public
@never_cache
def subscription(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One subscription and its end. Public: only the subscriber has this link; reading it changes nothing."""
    row = queries.subscription(uuid)
    if row is None:
        raise Http404
    if request.method == "POST":
        actions.end_subscription(subscription=row, now=clock.now())
        messages.success(request, _("This subscription has ended."))
        return redirect("residents:subscription", uuid)
    context = {
        "row": row,
        "area": area_names({row.area_code}).get(row.area_code, row.area_code),
        **_kept(),
    }
    return render(request, "residents/subscription.html", context)


def _kept() -> dict[str, int]:
    """How long what is kept, in days."""
    return {"keep_days": settings.KEEP_SUBSCRIPTIONS_DAYS, "message_days": settings.KEEP_MESSAGES_DAYS}
