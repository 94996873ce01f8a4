"""The walk on the phone of whoever patrols: one page, one big button a point, by the task link without account."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assignments.models import Assignment
from core import clock
from core.rules import Refused
from core.views.permission import public
from hazards import actions, queries
from hazards.forms import CheckInForm
from hazards.models import PatrolRun


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def patrol(request: HttpRequest, token: str) -> HttpResponse:
    """Where do I go next? Safe without account: the token is the permission for this one walk and ends with it."""
    found = queries.run_by_token(token)
    if found is None:
        raise Http404
    run, duty = found
    if request.method != "POST":
        return _page(request, run, duty)
    form = CheckInForm(request.POST, request.FILES)
    if form.is_valid():
        point = get_object_or_404(run.points, pk=form.cleaned_data["point"])
        try:
            given = actions.CheckIn(**form.stored(by_id=run.assignment.assignee_id))
            actions.check_in(point=point, by=None, given=given, now=clock.now())
        except Refused as refused:
            return _page(request, run, duty, failed=str(refused), status=409)
        return redirect("hazards:patrol", token)
    failed = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return _page(request, run, duty, failed=failed, status=400)


def _page(
    request: HttpRequest, run: PatrolRun, duty: Assignment, *, failed: str = "", status: int = 200
) -> HttpResponse:
    points, now = queries.points_of(run), clock.now()
    left, missed = queries.left_of(points, now=now)
    waiting = [point for point in points if point.checked_at is None]
    alarmed = next((point for point in waiting if point.alarm_id == duty.pk), None)
    context: dict[str, Any] = {
        "run": run,
        "points": points,
        "left": left,
        "missed": missed,
        "next": alarmed or next(iter(waiting), None),
        "going_on": run.ended_at is None,
        "withdrawn": run.ended_at is not None and left > 0,
        "failed": failed,
        "now": now,
        "call": settings.DUTY_PHONE,
        "exercise": _("Exercise") if run.exercise else "",
    }
    return render(request, "hazards/patrol.html", context, status=status)
