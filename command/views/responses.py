"""The command's home, responses, and deciding about a level."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from alerts.queries import notices_in_force
from command import actions, queries, rules
from command.enums import ResponseLevel, ResponseVerb, TaskStand
from command.forms import DecisionForm
from command.models import Response
from command.views.asking import put, tried, who
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory.queries import area_names

SHOWN, HISTORY, GLANCE = 200, 100, 8
ACTS = {
    ResponseVerb.RAISE: actions.raise_level,
    ResponseVerb.LOWER: actions.lower,
    ResponseVerb.END: actions.end,
}


@requires("command.view")
def home(request: HttpRequest) -> HttpResponse:
    """What level, which orders are unanswered?"""
    user = who(request)
    return render(request, "command/home.html", _home(user) | _may(user))


def _home(user: User) -> dict[str, Any]:
    scope, now = user.scope_for("command.view"), clock.now()
    current = queries.current_response(scope)
    in_force = list(queries.responses(scope).filter(ended_at__isnull=True)[:20])
    calls = queries.open_call_outs(scope, now=now, with_deputies=True)
    open_orders = queries.order_lines(queries.orders(scope, now=now, state="open")[:20])
    tasks = queries.task_lines(current, now=now) if current else []
    return {
        "current": current,
        "level": rules.roman(current.level) if current else "",
        "tone": rules.tone(current.level if current else None),
        "figures": queries.task_figures(current, now=now) if current else {},
        "in_force": in_force,
        "names": area_names({one.area_code for one in in_force}),
        "calls": calls,
        "answered": sum(view.answered for view in calls),
        "called": sum(view.total for view in calls),
        "orders": open_orders,
        "unanswered": sum(line.receipts.silent for line in open_orders),
        "late_orders": sum(line.receipts.late for line in open_orders),
        "tasks": [line for line in tasks if line.is_open][:12],
        "timeline": list(queries.timeline(scope)[:15]),
        "now": now,
    }


def _may(user: User) -> dict[str, bool]:
    return {
        "may_sign": user.can("responses.sign"),
        "may_order": user.can("orders.give"),
        "may_plan": user.can("plans.edit"),
    }


@requires("command.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which responses there have been."""
    rows = list(queries.responses(who(request).scope_for("command.view"))[:HISTORY])
    names = area_names({row.area_code for row in rows})
    found = [(row, rules.roman(row.level), rules.tone(row.level), names.get(row.area_code, "")) for row in rows]
    return render(request, "command/responses.html", {"rows": found})


@requires("command.view")
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which tasks of this response are not done, and who decided what?"""
    user, now = who(request), clock.now()
    response = _found(user, uuid)
    lines = queries.task_lines(response, now=now)
    # One group whole, by its address; otherwise the first of each.
    chosen = request.GET.get("tasks", "")
    asked = [line for line in lines if line.stand == chosen] if chosen in TaskStand.values else []
    groups = queries.task_groups(asked or lines, limit=SHOWN if asked else GLANCE)
    context = {
        "response": response,
        "level": rules.roman(response.level),
        "tone": rules.tone(response.level),
        "place": area_names({response.area_code}).get(response.area_code, response.area_code),
        "steps": [
            (step, rules.roman(step.level_before), rules.roman(step.level_after)) for step in queries.steps(response)
        ],
        "figures": queries.task_figures(response, now=now),
        "groups": groups,
        "is_one_group": bool(asked),
        "may_decide": response.ended_at is None and user.scope_for("responses.sign").covers(response.area_code),
        "may_give": response.ended_at is None and user.scope_for("orders.give").covers(response.area_code),
        "exercise": _("Exercise") if response.exercise else "",
    }
    return render(request, "command/response.html", context)


def _found(user: User, uuid: UUID) -> Response:
    response = queries.response(user.scope_for("command.view"), uuid)
    if response is None:
        raise Http404
    return response


@requires("responses.sign")
def start(request: HttpRequest) -> HttpResponse:
    """启动响应: choose the level, see the numbers, press and hold."""
    user = who(request)
    codes = sorted(user.scope_for("responses.sign").codes)
    area = request.GET.get("area", codes[0] if codes else "")
    level = _level(request, 4)
    form = _form(request, ResponseVerb.ACTIVATE, area, level)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.start(area_code=area, level=level or 0, by=user, now=clock.now(), **form.decision())
        except Refused as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("Level %(level)s response is in force.") % {"level": rules.roman(done.level)})
            return redirect("command:response", uuid=done.uuid)
    return _shown(request, form, ResponseVerb.ACTIVATE, area, level, None)


@requires("responses.sign")
def decide(request: HttpRequest, uuid: UUID, verb: ResponseVerb) -> HttpResponse:
    """提升、降低、终止响应: the numbers before, then press and hold."""
    user = who(request)
    response = _found(user, uuid)
    level = None if verb == ResponseVerb.END else _level(request, _next(verb, response.level))
    form = _form(request, verb, response.area_code, level)
    if request.method == "POST" and form.is_valid():
        given = form.decision() | ({} if verb == ResponseVerb.END else {"level": level})
        try:
            ACTS[verb](response=response, by=user, now=clock.now(), **given)  # type: ignore[operator]
        except Refused as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("Decided: %(what)s.") % {"what": verb.label})
            return redirect("command:response", uuid=response.uuid)
    return _shown(request, form, verb, response.area_code, level, response)


def _level(request: HttpRequest, otherwise: int) -> int:
    given = request.POST.get("level") or request.GET.get("level", "")
    return int(given) if given in {"1", "2", "3", "4"} else otherwise


def _next(verb: ResponseVerb, level: int) -> int:
    return max(1, level - 1) if verb == ResponseVerb.RAISE else min(4, level + 1)


def _form(request: HttpRequest, verb: ResponseVerb, area: str, level: int | None) -> DecisionForm:
    notices = list(notices_in_force(clock.now(), area)[:20])
    first = notices[0] if notices else None
    # The most serious notice in force is the usual basis: nobody should have to type it in that hour.
    initial = {"level": level, "notice": first.pk if first else None, "basis": first.headline if first else ""}
    return DecisionForm(request.POST or None, verb=verb, notices=notices, initial=initial)


def _shown(
    request: HttpRequest,
    form: DecisionForm,
    verb: ResponseVerb,
    area: str,
    level: int | None,
    response: Response | None,
) -> HttpResponse:
    user, now = who(request), clock.now()
    preview = queries.preview(area, level, now=now, response=response, but=user)
    own = user.scope_for("responses.sign")
    below = [code for code in queries.subdistricts(area[:6]) if own.covers(code)] if response is None else []
    names = area_names({area, *own.codes, *below})
    context = {
        "form": form,
        "verb": verb,
        "verb_label": verb.label,
        "level": rules.roman(level),
        "levels": _levels(verb, response, level, area),
        "area_code": area,
        "place": names.get(area, area),
        "places": [
            {"label": names.get(code, code), "url": f"?area={code}&level={level}", "current": code == area}
            for code in dict.fromkeys([*sorted(own.codes), *below])
        ],
        "preview": preview,
        "plan": (response.plan if response else None) or queries.plan_in_force(area),
        "response": response,
        "before": rules.roman(response.level) if response else "",
    }
    return render(request, "command/decide.html", context)


def _levels(verb: ResponseVerb, response: Response | None, level: int | None, area: str) -> list[dict[str, Any]]:
    if verb == ResponseVerb.END:
        return []
    return [
        {
            "label": str(one.label),
            "url": f"?level={one.value}" + (f"&area={area}" if response is None else ""),
            "current": one.value == level,
        }
        for one in reversed(ResponseLevel)
        if response is None
        or (verb == ResponseVerb.RAISE and one.value < response.level)
        or (verb == ResponseVerb.LOWER and one.value > response.level)
    ]


@require_POST
@requires("orders.give")
def give_missing(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """补派: gives the tasks that found nobody."""
    user = who(request)
    response = _found(user, uuid)
    tried(
        request,
        lambda: actions.give_missing(response=response, by=user, now=clock.now()),
        _("Given to whoever answers for it now."),
    )
    return redirect("command:response", uuid=uuid)
