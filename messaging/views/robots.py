"""The group robots: adding, changing, retiring, testing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from messaging import actions, queries
from messaging.forms import RobotForm
from messaging.models import GroupRobot
from messaging.views.accounts import say_outcome
from territory.enums import Level
from territory.queries import area_names, areas


@requires("channels.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which groups are posted to? Those in use first; no address is shown."""
    user: Any = request.user
    rows = queries.robots()
    places = area_names({row.area_code for row in rows})
    context = {
        "rows": [(row, places.get(row.area_code, row.area_code)) for row in rows],
        "in_use": sum(row.retired_at is None for row in rows),
        "may_manage": user.can("channels.manage"),
    }
    return render(request, "messaging/robots.html", context)


@requires("channels.manage")
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One robot. Its address is taken in and never shown."""
    user: Any = request.user
    row = get_object_or_404(GroupRobot, pk=pk) if pk else None
    known = {"name": row.name, "area_code": row.area_code, "secret_name": row.secret_name} if row else None
    places = areas(user.scope_for("channels.manage")).exclude(level=Level.GRID).values_list("code", "name")
    form = RobotForm(request.POST or None, initial=known, areas=list(places), is_known=row is not None)
    if request.method == "POST" and form.is_valid():
        given = {"channel": row.channel if row else "", **form.cleaned_data}
        try:
            actions.save_robot(robot=row, by=user.actor, **given)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Stored: send a test to see whether the group hears it."))
            return redirect("messaging:robots")
    return render(request, "messaging/robot.html", {"row": row, "form": form})


@require_POST
@requires("channels.manage")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retires a robot; the same button takes it back."""
    user: Any = request.user
    row = actions.retire_robot(robot=get_object_or_404(GroupRobot, pk=pk), by=user.actor, now=clock.now())
    words = _("%(name)s is retired.") if row.retired_at else _("%(name)s is in use again.")
    messages.success(request, words % {"name": row.name})
    return redirect("messaging:robots")


@require_POST
@requires("channels.view")
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """One test message into the group."""
    user: Any = request.user
    row = get_object_or_404(GroupRobot, pk=pk, retired_at=None)
    account = next(iter(queries.known_accounts()[row.channel]), None)
    try:
        tested = actions.self_test(
            account=account.name if account else row.channel, by=user.actor, now=clock.now(), robot=row
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        say_outcome(request, tested)
    return redirect("messaging:robots")
