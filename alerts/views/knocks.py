"""入户: the doors of one grid on a phone."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from alerts import actions, queries
from alerts.enums import VisitOutcome
from alerts.forms import ToldVisitForm, VisitForm
from alerts.models import DoorKnock
from alerts.views.asking import found, tried, who
from assignments.models import Assignment
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory.models import within


@requires("doors.visit")
def knock(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The doors of a duty: which is next, and what was found at the others."""
    knock_, user = _found(request, uuid), who(request)
    context = _page(knock_, request.GET.get("again", ""))
    records = user.scope_for("assignments.on_behalf").covers(knock_.area_code)
    context["may_record"] = records and knock_.assignment.assignee_id != user.pk
    return render(request, "alerts/knock.html", context)


@require_POST
@requires("doors.visit")
def visit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One tap at one door."""
    knock_, form = _found(request, uuid), VisitForm(request.POST)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    audience = get_object_or_404(knock_.notice.households.filter(area_code=knock_.area_code), pk=given["audience"])
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


@requires("assignments.on_behalf")
def record_for(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """代录: what a worker told by telephone of one door."""
    notice, user, now = found(request, uuid), who(request), clock.now()
    rows = notice.households.select_related("household", "notice")
    audience = get_object_or_404(rows.filter(within(user.scope_for("assignments.on_behalf"))), pk=pk)
    form = ToldVisitForm(
        request.POST or None,
        visitors=queries.visitors(audience, but=user, now=now),
        initial={"client_uuid": uuid4(), "occurred_at": now},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.record_visit_for(
                client_uuid=given["client_uuid"],
                audience=audience,
                outcome=VisitOutcome(given["outcome"]),
                visitor=form.person,
                by=user,
                now=now,
                occurred_at=given["occurred_at"],
                told_by=given["told_by"],
                note=given["note"],
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Recorded as the visit of %(who)s.") % {"who": form.person.name})
            return _whence(request, uuid, pk)
    context = {
        "notice": notice,
        "line": queries.line(audience, notice),
        "form": form,
        **({"exercise": _("Exercise")} if notice.exercise else {}),
    }
    return render(request, "alerts/visit_form.html", context, status=400 if form.errors else 200)


def _whence(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Back to the list of doors from which he came, for the next one; else to the household."""
    try:
        return redirect("alerts:knock", UUID(request.GET.get("doors", "")))
    except ValueError:
        return redirect("alerts:household", uuid, pk)


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
