"""一键叫应: calling everybody out, and who has not answered."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assignments import actions as duties
from command import actions, queries, rules
from command.forms import CallForm
from command.models import CallTarget, Response
from command.views.asking import put, tried, who
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory.queries import area_names

SHOWN = 30


@requires("command.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which call-outs there have been, and how many answered."""
    user, now = who(request), clock.now()
    scope = user.scope_for("command.view")
    views = [queries.viewed(row, now=now) for row in queries.call_outs(scope)[:SHOWN]]
    waiting = sum(len(view.waiting) for view in views if view.call_out.closed_at is None)
    context = {"views": views, "waiting": waiting, "may_order": user.can("orders.give")}
    return render(request, "command/calls.html", context)


@requires("orders.give")
def new(request: HttpRequest) -> HttpResponse:
    """一键叫应: who is called, then press and hold."""
    user, now = who(request), clock.now()
    codes = sorted(user.scope_for("orders.give").codes)
    area = request.POST.get("area_code") or request.GET.get("area", codes[0] if codes else "")
    current = queries.current_response(user.scope_for("orders.give"))
    level = current.level if current else None
    form = CallForm(request.POST or None, initial={"text": _words(current), "level": level, "area_code": area})
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            made = actions.call_out(area_code=area, text=given["text"], level=given["level"], by=user, now=now)
        except Refused as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("Calling."))
            return redirect("command:call_out", uuid=made.uuid)
    chosen = form["level"].value()
    callees = queries.callees(area, now=now, but=user, level=int(chosen) if str(chosen).isdigit() else None)
    places = area_names({area, *(each.area_code for each in callees)})
    unsendable = queries.call_out_refusal(form["text"].value() or "")
    context = {
        "unsendable": unsendable,
        "form": form,
        "sum": queries.call_sum(callees) if callees else None,
        "callees": [(each, places.get(each.area_code, "")) for each in callees],
        "minutes": max((each.minutes for each in callees), default=0),
    }
    return render(request, "command/call_form.html", context | {"place": places.get(area, area)})


def _words(current: Response | None) -> str:
    if current is None:
        return _("Answer at once: are you at your post?")
    return _("Level %(level)s response is in force: answer and go to your post.") % {
        "level": rules.roman(current.level)
    }


@requires("command.view")
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who has not answered, and who is called instead?"""
    user, now = who(request), clock.now()
    view = queries.call_out(user.scope_for("command.view"), uuid, now=now)
    if view is None:
        raise Http404
    may = view.call_out.closed_at is None and user.scope_for("orders.give").covers(view.call_out.area_code)
    context = {
        "view": view,
        "call_out": view.call_out,
        "may_act": may,
        "may_record": user.scope_for("assignments.on_behalf").covers(view.call_out.area_code),
        "to_copy": queries.call_text(view),
        "now": now,
        "exercise": _("Exercise") if view.call_out.exercise else "",
    }
    return render(request, "command/call.html", context)


@require_POST
@requires("orders.give")
def deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """改叫副职."""
    target = _target(request, pk)
    tried(
        request,
        lambda: actions.call_deputy(target=target, by=who(request), now=clock.now()),
        _("The deputy is called."),
    )
    return redirect("command:call_out", uuid=target.call_out.uuid)


@require_POST
@requires("orders.give")
def support(request: HttpRequest, pk: int) -> HttpResponse:
    """已安排支援."""
    target = _target(request, pk)
    tried(
        request,
        lambda: duties.send_support(assignment=target.assignment, by=who(request), now=clock.now()),
        _("Support is on its way: recorded."),
    )
    return redirect("command:call_out", uuid=target.call_out.uuid)


@require_POST
@requires("orders.give")
def by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """人工已联系."""
    target = _target(request, pk)
    tried(
        request,
        lambda: actions.reached_by_hand(target=target, by=who(request), now=clock.now()),
        _("Recorded: reached by telephone."),
    )
    return redirect("command:call_out", uuid=target.call_out.uuid)


def _target(request: HttpRequest, pk: int) -> CallTarget:
    target = get_object_or_404(CallTarget.objects.select_related("call_out", "assignment__assignee"), pk=pk)
    if not who(request).scope_for("command.view").covers(target.call_out.area_code):
        raise Http404
    return target


@require_POST
@requires("orders.give")
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Closes the call-out: nobody is called any more."""
    view = queries.call_out(who(request).scope_for("command.view"), uuid, now=clock.now())
    if view is None:
        raise Http404
    tried(
        request,
        lambda: actions.close_call_out(call_out=view.call_out, by=who(request), now=clock.now()),
        _("Call-out closed."),
    )
    return redirect("command:call_out", uuid=uuid)
