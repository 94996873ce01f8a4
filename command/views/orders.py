"""Orders: the list, one order with its receipts, giving and withdrawing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from command import actions, queries
from command.forms import OrderForm, ReasonForm
from command.views.asking import put, who
from core import clock
from core.rules import Refused
from core.views.permission import requires

PAGE = 50
STATES = {
    "open": gettext_lazy("Not done"),
    "late": gettext_lazy("Overdue"),
    "done": gettext_lazy("Done"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "": gettext_lazy("All"),
}


@requires("command.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which orders are unanswered?"""
    user, now = who(request), clock.now()
    scope = user.scope_for("command.view")
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    before = request.GET.get("before", "")
    rows = queries.orders(scope, now=now, state=state, ref=request.GET.get("ref", "")[:80])
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = queries.order_lines(rows[: PAGE + 1])
    context = {
        "lines": found[:PAGE],
        "states": [{"label": label, "url": f"?state={key}", "current": key == state} for key, label in STATES.items()],
        "state": state,
        "more_url": f"?state={state}&before={found[PAGE - 1].order.pk}" if len(found) > PAGE else "",
        "silent": sum(line.receipts.silent for line in found[:PAGE]),
        "late": sum(line.receipts.late for line in found[:PAGE]),
        "may_order": user.can("orders.give"),
    }
    return render(request, "command/orders.html", context)


@requires("command.view")
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who has it, who has done it, who is late?"""
    user, now = who(request), clock.now()
    line = queries.order(user.scope_for("command.view"), uuid, now=now)
    if line is None:
        raise Http404
    receivers = queries.receivers_of(line.order, now=now)
    context = {
        "line": line,
        "order": line.order,
        "receivers": receivers,
        "to_copy": queries.order_text(receivers),
        "may_record": user.scope_for("assignments.on_behalf").covers(line.order.area_code),
        "history": list(
            queries.timeline(
                user.scope_for("command.view"), ref=f"order:{line.order.pk}", exercise=line.order.exercise
            )[:30]
        ),
        "may_withdraw": line.order.withdrawn_at is None
        and line.receipts.done < line.receipts.total
        and user.scope_for("orders.give").covers(line.order.area_code),
        "may_remind": user.scope_for("assignments.verify").covers(line.order.area_code),
        "form": ReasonForm(),
        "exercise": _("Exercise") if line.order.exercise else "",
    }
    return render(request, "command/order.html", context)


@requires("orders.give")
def new(request: HttpRequest) -> HttpResponse:
    """下达指令: what, to whom, by when."""
    user, now = who(request), clock.now()
    scope = user.scope_for("orders.give")
    choices = queries.receiver_choices(scope, now=now)
    asked = {name: request.GET.get(name, "")[:200] for name in ("title", "text", "ref")}
    form = OrderForm(request.POST or None, choices=choices, scope=scope, now=now, initial=asked)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        kept: dict[str, Any] = {name: given[name] for name in ("title", "text", "ref", "client_uuid")}
        try:
            order = actions.give_order(receivers=form.everybody(), due_at=form.due_at, by=user, now=now, **kept)
        except Refused as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("Order given."))
            return redirect("command:order", uuid=order.uuid)
    return render(request, "command/order_form.html", {"form": form})


@requires("orders.give")
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """撤回: with a reason; whoever has not done it is told."""
    user, now = who(request), clock.now()
    line = queries.order(user.scope_for("orders.give"), uuid, now=now)
    if line is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_order(order=line.order, by=user, now=now, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("Order withdrawn."))
            return redirect("command:order", uuid=uuid)
    return render(request, "command/order_withdraw.html", {"form": form, "line": line, "order": line.order})
