"""What is missing to 100 %, how it came round, what is doubted, and what the notice is to reach."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from alerts import actions, queries
from alerts.enums import Goal, MessageType, NoticeState
from alerts.models import Notice
from alerts.views.asking import found, tried, who
from core import clock
from core.views.permission import requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("coverage.view")
def missing(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """100 %, or the list of what is missing; as a fragment, its next rows."""
    row, scope, after = found(request, uuid), who(request).scope, request.GET.get("after", "")
    goal = request.GET.get("goal") or queries.goal_of(row)
    goal = goal if goal in Goal.values else Goal.MUST_REACH.value
    page = queries.missing(row, scope, goal, after=int(after) if after.isdigit() else 0) if goal != Goal.UNITS else None
    context = {"notice": row, "goal": goal, "page": page, "may_call": who(request).can("people.call")}
    if request.headers.get("HX-Request"):
        return render(request, "alerts/missing_rows.html", context)
    whole, by_answer = queries.coverage(row, scope), queries.by_answer(row)
    left = whole.total.ordinary_unanswered if by_answer else whole.total.ordinary_undelivered
    context |= {
        "coverage": whole,
        "by_answer": by_answer,
        "left": left,
        "own_goal": queries.goal_of(row),
        "units": queries.unit_calls(row, scope) if goal == Goal.UNITS else [],
        "reasons": queries.reasons(row, scope),
        "answers": queries.answer_sums(row, scope),
        "tabs": [
            {"label": f"{label} {count:,}", "url": f"?goal={value}", "current": value == goal}
            for value, label, count in (
                (Goal.MUST_REACH.value, _("Must-reach households"), whole.total.must_missing),
                (Goal.ORDINARY.value, _("Ordinary households"), left),
                (Goal.UNITS.value, _("Key units"), whole.total.units.silent),
            )
        ],
        "now": clock.now(),
    }
    return render(request, "alerts/missing.html", context)


@requires("coverage.view")
def missing_sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same as xlsx, all three."""
    row = found(request, uuid)
    answer = HttpResponse(queries.missing_sheet(row, who(request).scope), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="missing-{row.pk}.xlsx"'
    return answer


@requires("coverage.view")
def curve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The section that the page renews by itself, seldom: it reads every message."""
    row, now = found(request, uuid), clock.now()
    points = queries.curve(row, who(request).scope, now=now)
    labels = {
        "delivered": _("Delivered"),
        "answered": _("Answered"),
        "visited": _("Visited"),
        "unreached": _("Not reached"),
    }
    lines = queries.drawn(points, labels)
    return render(request, "alerts/curve.html", {"notice": row, "points": points, "lines": lines, "now": now})


def goal_context(row: Notice, user: User) -> dict[str, Any]:
    """What this notice is to reach, and the choices of whoever may name it."""
    goal = queries.goal_of(row)
    may = any(user.scope_for(name).covers(row.area_code) for name in ("notices.draft", "notices.approve"))
    over = row.state == NoticeState.DISCARDED or row.message_type == MessageType.ALL_CLEAR
    return {"goal": goal, "goal_label": Goal(goal).label, "goals": Goal.choices if may and not over else []}


@require_POST
@requires("coverage.view")
def choose_goal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which of the three this notice is to reach."""
    row, goal = found(request, uuid), request.POST.get("goal", "")
    tried(
        request,
        lambda: actions.choose_goal(notice=row, goal=goal, by=who(request), now=clock.now()),
        _("The goal of this notice is stored."),
    )
    return redirect("alerts:notice", uuid)


@requires("coverage.view")
def doubted(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """待核: the doors that were ticked faster than anybody walks."""
    row, user = found(request, uuid), who(request)
    found_ = queries.doubts(row, user.scope)
    context = {
        "notice": row,
        "doubts": [{"doubt": each, "visits": queries.doubted_doors([each], user.scope)} for each in found_],
        "may_judge": user.can("knocks.send"),
        "count": sum(each.count for each in found_),
    }
    return render(request, "alerts/doubted.html", context)


@require_POST
@requires("knocks.send")
def judge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The community says whether somebody was there."""
    row, worker = found(request, uuid), request.POST.get("worker", "")
    tried(
        request,
        lambda: actions.judge_visits(
            notice=row,
            worker=int(worker) if worker.isdigit() else 0,
            holds=request.POST.get("holds") == "yes",
            note=request.POST.get("note", ""),
            by=who(request),
            now=clock.now(),
        ),
        _("The visits are judged."),
    )
    return redirect("alerts:doubted", uuid)
