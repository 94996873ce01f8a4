"""Who is there: my shifts on the phone, everybody's on the desk."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from core import clock
from core.rules import Refused
from core.views.permission import requires
from dutyroster import actions, queries
from dutyroster.enums import PostState
from dutyroster.forms.attendance import CheckForm
from dutyroster.models import Shift
from territory.queries import area_names


def who(request: HttpRequest) -> User:
    """Whoever is signed in; the permission marks have seen to it."""
    return cast("User", request.user)


def tried(request: HttpRequest, do: Callable[[], object], done: str) -> bool:
    """Does it and says so, or says why not."""
    try:
        do()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


@requires("roster.own")
def mine(request: HttpRequest) -> HttpResponse:
    """When do I have to be where, and am I checked in?"""
    user, now = who(request), clock.now()
    shifts = queries.my_shifts(user, now)
    context = {
        "now_on": next((one for one in shifts if one.shift.starts - queries.CHECK_IN_FROM <= now), None),
        "shifts": shifts,
        "handovers": queries.open_handovers_of(user),
    }
    return render(request, "dutyroster/mine.html", context)


@require_POST
@requires("roster.own")
def check_in(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """到岗: by the person himself, or for him by whoever may."""
    user, now = who(request), clock.now()
    shift = get_object_or_404(Shift.objects.select_related("person"), uuid=uuid, published_at__isnull=False)
    form = CheckForm(request.POST)
    form.is_valid()
    at = form.cleaned_data.get("occurred_at")
    tried(request, lambda: actions.check_in(shift=shift, by=user, now=now, occurred_at=at), _("Checked in."))
    return redirect("dutyroster:mine" if shift.person_id == user.pk else "dutyroster:attendance")


@requires("roster.view")
def attendance(request: HttpRequest) -> HttpResponse:
    """Is everybody who is on duty there?"""
    user, now = who(request), clock.now()
    rows = queries.worst_first(queries.attendance(user.scope_for("roster.view"), now))
    names = area_names({one.shift.area_code for one in rows})
    context = {
        "rows": [(one, names.get(one.shift.area_code, one.shift.area_code)) for one in rows],
        "total": len(rows),
        "there": sum(1 for one in rows if one.is_there),
        "missing": [one for one in rows if one.state in (PostState.MISSING, PostState.SUSPECTED)],
        "may_record": user.can("assignments.on_behalf"),
    }
    return render(request, "dutyroster/attendance.html", context)
