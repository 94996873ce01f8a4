"""Plans: made, looked at, published; single shifts; the month."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from dutyroster import actions, queries
from dutyroster.enums import PlanState
from dutyroster.forms.roster import AddForm, PlanForm, ShiftForm
from dutyroster.models import DutyPost, RosterPlan, Shift
from dutyroster.queries.facts import today
from dutyroster.views.presence import tried, who
from territory.queries import area_names

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("roster.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which roster is in force, which draft waits?"""
    user = who(request)
    found = list(queries.plans(user.scope_for("roster.view"))[:30])
    names = area_names({plan.area_code for plan in found})
    context = {
        "plans": [(plan, names.get(plan.area_code, plan.area_code)) for plan in found],
        "drafts": sum(plan.state == PlanState.DRAFT for plan in found),
        "may_edit": user.can("roster.edit"),
    }
    return render(request, "dutyroster/plans.html", context)


@requires("roster.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A draft by turns."""
    user, now = who(request), clock.now()
    form = PlanForm(request.POST or None, scope=user.scope_for("roster.edit"), today=today(now))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        days = {"first_day": given["first_day"], "last_day": given["last_day"]}
        try:
            plan = actions.make_plan(area_code=given["area_code"], posts=form.posts_meant(), by=user, now=now, **days)
            return redirect("dutyroster:plan", pk=plan.pk)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return render(request, "dutyroster/plan_form.html", {"form": form})


@requires("roster.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What would this plan mean, and what is wrong with it?"""
    user, now = who(request), clock.now()
    plan = get_object_or_404(RosterPlan.objects.in_scope(user.scope_for("roster.view")), pk=pk)
    seen = queries.preview(plan, now=now) if plan.state == PlanState.DRAFT else None
    context = {
        "plan": plan,
        "place": area_names([plan.area_code]).get(plan.area_code, plan.area_code),
        "seen": seen,
        "flaws": seen.flaws[:60] if seen else [],
        "days": queries.plan_days(plan),
        "may_publish": plan.state == PlanState.DRAFT and user.scope_for("roster.edit").covers(plan.area_code),
    }
    return render(request, "dutyroster/plan.html", context)


@require_POST
@requires("roster.edit")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """发布: the draft comes into force."""
    user = who(request)
    plan = get_object_or_404(RosterPlan.objects.in_scope(user.scope_for("roster.edit")), pk=pk)
    tried(request, lambda: actions.publish(plan=plan, by=user, now=clock.now()), _("The roster is published."))
    return redirect("dutyroster:plan", pk=pk)


@require_POST
@requires("roster.edit")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft is put aside."""
    user = who(request)
    plan = get_object_or_404(RosterPlan.objects.in_scope(user.scope_for("roster.edit")), pk=pk)
    tried(request, lambda: actions.discard(plan=plan, by=user, now=clock.now()), _("The draft is discarded."))
    return redirect("dutyroster:plans")


@requires("roster.edit")
def change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Somebody else takes over a shift."""
    user, now = who(request), clock.now()
    scope = user.scope_for("roster.edit")
    shift = get_object_or_404(Shift.objects.in_scope(scope).select_related("post", "person"), uuid=uuid)
    form = ShiftForm(request.POST or None, people=queries.takers(shift.post, scope, now))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.override(shift=shift, person=given["person"], by=user, now=now, reason=given["reason"])
            messages.success(request, _("%(person)s takes over.") % {"person": given["person"].name})
            return redirect("dutyroster:home")
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return render(request, "dutyroster/shift_form.html", {"form": form, "shift": shift, "running": shift.starts <= now})


@requires("roster.edit")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """One more person on a post."""
    user, now = who(request), clock.now()
    scope = user.scope_for("roster.edit")
    post = get_object_or_404(DutyPost.objects.in_scope(scope).filter(retired_at__isnull=True), pk=pk)
    start = timezone.localtime(queries.moment_of(request.GET.get("start", "")) or now)
    end = timezone.localtime(queries.moment_of(request.GET.get("end", "")) or now + timedelta(hours=post.shift_hours))
    form = AddForm(request.POST or None, people=queries.takers(post, scope, now), start=start, end=end)
    if request.method == "POST" and form.is_valid():
        try:
            actions.put_on_duty(post=post, by=user, now=now, **form.cleaned_data)
            messages.success(request, _("%(person)s is on duty.") % {"person": form.cleaned_data["person"].name})
            return redirect("dutyroster:home")
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return render(request, "dutyroster/add_form.html", {"form": form, "post": post})


@requires("roster.view")
def month(request: HttpRequest) -> HttpResponse:
    """值班表: the month of one area, to be printed or quoted."""
    user, now = who(request), clock.now()
    return render(request, "dutyroster/month.html", _month(request, user.scope_for("roster.view"), now))


def _month(request: HttpRequest, scope: Any, now: Any) -> dict[str, Any]:
    first = queries.month_of(request.GET.get("month", ""), now=now)
    areas = queries.areas_with_posts(scope)
    asked = request.GET.get("area", "")
    area = asked if any(code == asked for code, _name in areas) else next((code for code, _name in areas), "")
    table = queries.month(scope, first.year, first.month, area_code=area)

    def address(day: Any, code: str) -> str:
        return "?" + urlencode({"month": f"{day:%Y-%m}", "area": code})

    return {
        "table": table,
        "today": today(now),
        "place": dict(areas).get(area, ""),
        "chips": [{"label": name, "url": address(first, code), "current": code == area} for code, name in areas],
        "before_url": address(table.before, area),
        "after_url": address(table.after, area),
        "sheet_url": address(first, area),
    }


@requires("roster.view")
def month_sheet(request: HttpRequest) -> HttpResponse:
    """The month's table as xlsx."""
    user, now = who(request), clock.now()
    first, area = queries.month_of(request.GET.get("month", ""), now=now), request.GET.get("area", "")
    content = queries.month_sheet(user.scope_for("roster.view"), first.year, first.month, area_code=area)
    response = HttpResponse(content, content_type=SHEET_TYPE)
    response["Content-Disposition"] = f'attachment; filename="duty-roster-{first:%Y%m}.xlsx"'
    return response
