"""入户: the doors of one grid on a phone."""

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from alerts import actions, queries
from alerts.enums import VisitOutcome
from alerts.forms import VisitForm
from alerts.models import DoorKnock
from alerts.views.asking import tried, who
from assignments.models import Assignment
from core import clock
from core.views.permission import requires


@requires("doors.visit")
def knock(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The doors of a duty: which is next, and what was found at the others."""
    return render(request, "alerts/knock.html", _page(_found(request, uuid), request.GET.get("again", "")))


@require_POST
@requires("doors.visit")
def visit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One tap at one door."""
    found, form = _found(request, uuid), VisitForm(request.POST)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    audience = get_object_or_404(found.notice.households.filter(area_code=found.area_code), pk=given["audience"])
    tried(
        request,
        lambda: actions.record_visit(
            client_uuid=given["client_uuid"],
            audience=audience,
            outcome=VisitOutcome(given["outcome"]),
            by=who(request),
            now=clock.now(),
            occurred_at=given["occurred_at"],
            note=given["note"],
            position=form.position,
            accuracy_m=given["accuracy_m"],
        ),
        _("Stored."),
    )
    return redirect("alerts:knock", uuid)


def _found(request: HttpRequest, uuid: UUID) -> DoorKnock:
    duty = get_object_or_404(Assignment, uuid=uuid)
    found = queries.knock_of(duty)
    if found is None or not _may_see(who(request), duty, found.area_code):
        raise Http404
    return found


def _may_see(user: User, duty: Assignment, area_code: str) -> bool:
    return duty.assignee_id == user.pk or user.scope_for("doors.visit").covers(area_code)


def _page(found: DoorKnock, again: str) -> dict[str, Any]:
    doors = queries.doors(found.assignment)
    left = [door for door in doors if not door.settled]
    # A door at which nobody was or somebody refused may be opened once more.
    shown = [door for door in doors if str(door.audience.pk) == again and door.settled] + left
    return {
        "knock": found,
        "notice": found.notice,
        "doors": [{"door": door, "client_uuid": uuid4()} for door in shown],
        "settled": [door for door in doors if door.settled],
        "left": len(left),
        "total": len(doors),
        "done": len(doors) - len(left),
        "must_left": sum(1 for door in left if door.audience.must_reach),
        "crying": sum(1 for door in left if door.reach == "need_help"),
        **({"exercise": _("Exercise")} if found.notice.exercise else {}),
    }
