"""工作日志: the day of a person fills itself from what he did; he adds remarks, his sub-district reads it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from assignments import actions, queries, rules
from assignments.views.facts import XLSX
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory.rules import Scope


def _who(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (the permission mark lets nobody else in)
    return user


def _day(request: HttpRequest) -> date:
    """The day asked for as "2026-07-19", else today; not a day that is still to come."""
    today = timezone.localdate(clock.now())
    try:
        asked = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return min(max(asked, date(2000, 1, 1)), today)


@requires("assignments.view")
def mine(request: HttpRequest) -> HttpResponse:
    """What did I do on a day? POST adds a remark to it."""
    user, day = _who(request), _day(request)
    if request.method == "POST":
        try:
            actions.add_remark(text=request.POST.get("text", ""), day=day, by=user, now=clock.now())
            messages.success(request, _("The remark stands in the log."))
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect(f"{reverse('assignments:log')}?day={day}")
    return _page(request, user, day, None)


@requires("facts.view")
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's day, as far as it lies in one's areas."""
    scope = _who(request).scope_for("facts.view")
    found = get_object_or_404(User.objects.prefetch_related("roles_held"), pk=pk)
    if not any(scope.covers(held.area_code) for held in found.roles_at(clock.now())):
        raise Http404
    return _page(request, found, _day(request), scope)


def _page(request: HttpRequest, who: User, day: date, scope: Scope | None) -> HttpResponse:
    zone = timezone.get_current_timezone()
    month = queries.Period(*rules.month_span(day, zone))
    days = queries.work_log(who, month, scope=scope)
    own = scope is None
    context: dict[str, Any] = {
        "person": who,
        "own": own,
        "log": days.get(day) or queries.LogDay(day),
        "days": list(reversed(days.values())),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < timezone.localdate(clock.now()) else None,
        "may_remark": own and rules.may_remark(day, now=clock.now(), zone=zone),
        "people_url": reverse("assignments:log_people") if _who(request).can("facts.view") else "",
        "shell": "base.html" if _who(request).can("board.view") else "phone.html",
    }
    return render(request, "assignments/worklog.html", context)


@requires("facts.view")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """What did everybody in my areas do on a day?"""
    day = _day(request)
    period = queries.Period(*rules.span(day, day, zone=timezone.get_current_timezone()))
    lines = queries.logs_of_people(_who(request).scope_for("facts.view"), period, now=clock.now())
    context = {
        "lines": lines,
        "day": day,
        "active": sum(bool(line.counts) for line in lines),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < timezone.localdate(clock.now()) else None,
        "export_url": reverse("assignments:log_export"),
    }
    return render(request, "assignments/worklog_people.html", context)


@requires("facts.view")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The logs of one's areas as xlsx: of a day, or with `whole=month` of its month."""
    day, zone = _day(request), timezone.get_current_timezone()
    whole = request.GET.get("whole") == "month"
    span = rules.month_span(day, zone) if whole else rules.span(day, day, zone=zone)
    scope = _who(request).scope_for("facts.view")
    content = queries.work_log_sheet(scope, queries.Period(*span), now=clock.now())
    answer = HttpResponse(content, content_type=XLSX)
    name = f"{day:%Y-%m}" if whole else f"{day}"
    answer["Content-Disposition"] = f'attachment; filename="work-log-{name}.xlsx"'
    return answer
