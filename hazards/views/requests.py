"""诉求: one is taken in, settled on the spot or given to somebody, asked back about and closed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions as accounts
from accounts.models import User
from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.forms import CloseRequestForm, GiveForm, RequestForm, RevealForm
from hazards.models import CitizenRequest, HouseholdCheck
from hazards.views.households import shell
from hazards.views.register import person
from territory.models import Household


@requires("requests.take")
def new(request: HttpRequest) -> HttpResponse:
    """What does somebody ask for, and can it be settled on the spot?"""
    user = person(request)
    scope = user.scope_for("requests.take")
    if request.method == "POST":
        of_household = bool(request.POST.get("household") or request.POST.get("check_made"))
        form = RequestForm(request.POST, scope=scope, of_household=of_household)
        if stored := _taken(request, form):
            messages.success(request, _("The request is taken in."))
            return redirect("hazards:request", stored.uuid)
    else:
        filled = _filled_in(request, user)
        form = RequestForm(scope=scope, initial=filled, of_household="household" in filled)
    return render(request, "hazards/request_form.html", {"form": form, "shell": shell(user)})


def _filled_in(request: HttpRequest, user: User) -> dict[str, Any]:
    """What a household check, a household or a grid in the address says already: nothing is typed twice."""
    check = _check_named(request.GET.get("check", ""), user)
    home = check.household if check else _household_named(request.GET.get("household", ""), user)
    filled: dict[str, Any] = {"area_code": request.GET.get("grid", "")}
    if home is not None:
        filled |= {"household": home.pk, "area_code": home.area_code, "place": home.door}
    if check is not None:
        failed = [
            f"{answer.item.text}（{answer.note}）" if answer.note else answer.item.text
            for answer in check.answers.all()
            if answer.result == "fail"
        ]
        filled |= {"check_made": check.client_uuid, "what": "；".join(failed)[:300]}
    return filled


def _check_named(text: str, user: User) -> HouseholdCheck | None:
    try:
        return queries.check_in_scope(user, UUID(text)).first()
    except ValueError:
        return None


def _household_named(text: str, user: User) -> Household | None:
    known = text.isascii() and text.isdigit() and len(text) < 19
    return queries.household_for(user, int(text), capability="requests.take").first() if known else None


def _taken(request: HttpRequest, form: RequestForm) -> CitizenRequest | None:
    """The stored request; None with the refusal written into the form."""
    if not form.is_valid():
        return None
    user = person(request)
    check = _check_named(str(form.cleaned_data["check_made"] or ""), user)
    home = check.household if check else _household_named(str(form.cleaned_data["household"] or ""), user)
    try:
        return actions.take_request(**form.given(), household=home, check=check, by=user, now=clock.now())[0]
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return None


def _found(request: HttpRequest, uuid: UUID) -> CitizenRequest:
    return get_object_or_404(queries.request_for(person(request), uuid))


@requires("assignments.act")
@require_safe
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is asked for, who has it in hand, has anybody asked back?"""
    return _page(request, _found(request, uuid))


def _page(request: HttpRequest, row: CitizenRequest, status: int = 200, **more: Any) -> HttpResponse:
    user, now = person(request), clock.now()
    directs = user.scope_for("requests.handle").covers(row.area_code) and row.closed_at is None
    owes = row.assignment is not None and row.assignment.assignee_id == user.pk
    own = user.pk in (row.recorded_by_id, row.answered_by_id) or owes
    typed = row.recorded_by_id == user.pk and row.household_id is None
    ends = (directs or own) and row.closed_at is None and row.answered_at is not None
    context = {
        "shell": shell(user),
        "line": queries.request_lines([row], now=now)[0],
        "steps": list(row.steps.all()),
        # Whoever settles it must be able to call, and who typed a number knows it; others look behind the mask.
        "sees_all": (owes or typed) and row.closed_at is None,
        "give": GiveForm(area_code=row.area_code, now=now) if directs else None,
        "may_speak": ends and row.spoken_at is None,
        "close": CloseRequestForm() if ends else None,
        "reveal": RevealForm() if user.scope_for("households.reveal").covers(row.area_code) else None,
        "revealed": None,
        "duty": row.assignment if owes else None,
    }
    return render(request, "hazards/request.html", context | more, status=status)


@requires("assignments.act")
@require_POST
def act(request: HttpRequest, uuid: UUID, verb: str) -> HttpResponse:
    """交办 · 已通话 · 回访办结; the action itself looks at whether he may."""
    row, user, now = _found(request, uuid), person(request), clock.now()
    try:
        if verb == "give":
            give = GiveForm(request.POST, area_code=row.area_code, now=now)
            if not give.is_valid():
                return _page(request, row, status=400, give=give)
            given = {name: give.cleaned_data[name] for name in ("due_at", "note")}
            actions.give_request(request=row, handler=give.chosen, by=user, now=now, **given)
            messages.success(request, _("%(name)s was told and owes it now.") % {"name": give.chosen.name})
        elif verb == "spoken":
            actions.speak_about_request(request=row, by=user, now=now)
            messages.success(request, _("Recorded."))
        elif verb == "close":
            close = CloseRequestForm(request.POST)
            if not close.is_valid():
                return _page(request, row, status=400, close=close)
            actions.close_request(request=row, words=close.cleaned_data["words"], by=user, now=now)
            messages.success(request, _("The request is closed."))
        else:
            raise PermissionDenied(verb)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("hazards:request", uuid)


@requires("households.reveal")
@require_POST
def reveal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who asked and the whole number, once, for a reason that is kept."""
    row, form = _found(request, uuid), RevealForm(request.POST)
    if not form.is_valid():
        return _page(request, row, status=400, reveal=form)
    try:
        shown = accounts.reveal(
            by=person(request),
            subject=f"request:{row.pk}",
            reason=form.cleaned_data["reason"],
            address=request.META.get("REMOTE_ADDR"),
            now=clock.now(),
        )
    except Refused as refused:
        form.add_error("reason", str(refused))
        return _page(request, row, status=400, reveal=form)
    return _page(request, row, revealed=shown)
