"""Roll calls: ordered, answered, judged. Nobody whom one will call learns of it here before it starts."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from dutyroster import actions, queries
from dutyroster.forms.attendance import JudgeForm, RollCallForm
from dutyroster.models import RollCallTarget
from dutyroster.queries import RollCallSeen
from dutyroster.views.presence import tried, who


@requires("roster.view")
def listing(request: HttpRequest) -> HttpResponse:
    """What did the last roll calls find?"""
    user = who(request)
    calls = queries.roll_calls(user, clock.now())
    waiting = queries.suspected(user.scope_for("rollcalls.confirm"))
    context = {"calls": calls, "waiting": waiting, "may_order": user.can("rollcalls.order")}
    return render(request, "dutyroster/roll_calls.html", context)


@requires("rollcalls.order")
def new(request: HttpRequest) -> HttpResponse:
    """Orders one: between which moments?"""
    user, now = who(request), clock.now()
    begins = timezone.localtime(now).replace(second=0, microsecond=0)
    form = RollCallForm(
        request.POST or None,
        scope=user.scope_for("rollcalls.order"),
        initial={"window_from": begins, "window_until": begins + timedelta(hours=6)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.order_roll_call(**form.cleaned_data, by=user, now=now)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("dutyroster:roll_calls")
    return render(request, "dutyroster/roll_call_form.html", {"form": form})


def _found(request: HttpRequest, pk: int) -> RollCallSeen:
    for one in queries.roll_calls(who(request), clock.now(), pk=pk):
        return one
    raise Http404


@requires("roster.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answered, who was silent?"""
    user, seen = who(request), _found(request, pk)
    judging = user.scope_for("rollcalls.confirm").covers(seen.call.area_code)
    context = {
        "seen": seen,
        "call": seen.call,
        "rows": [(one, judging and one in seen.silent and one.person_id != user.pk) for one in seen.targets],
        "form": JudgeForm(),
        "may_call_off": seen.call.started_at is None
        and seen.call.cancelled_at is None
        and user.scope_for("rollcalls.order").covers(seen.call.area_code),
    }
    return render(request, "dutyroster/roll_call.html", context)


@require_POST
@requires("rollcalls.order")
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Calls it off before it starts."""
    call, user, now = _found(request, pk).call, who(request), clock.now()
    tried(request, lambda: actions.call_off(roll_call=call, by=user, now=now), _("Called off."))
    return redirect("dutyroster:roll_calls")


@require_POST
@requires("rollcalls.confirm")
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """脱岗, or excused: a person says which, and why."""
    scope = who(request).scope_for("rollcalls.confirm")
    rows = RollCallTarget.objects.filter(queries.judged_in(scope)).select_related("roll_call")
    target = get_object_or_404(rows, pk=pk)
    act = actions.confirm_absence if request.POST.get("finding") == "confirm" else actions.excuse
    note = request.POST.get("note", "")
    tried(request, lambda: act(target=target, by=who(request), now=clock.now(), note=note), _("Recorded."))
    return redirect("dutyroster:roll_call", pk=target.roll_call_id)
