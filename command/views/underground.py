"""Closing underground spaces: one press for an area, the list of who has ticked what, the keeper's page by link."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.queries import area_names
from command import actions
from command.forms.closing import UndergroundForm
from command.models import UndergroundSpace
from command.queries import underground as queries
from command.rules.underground import steps_missing
from command.views.dangers import XLSX, who
from core import clock
from core.rules import Refused
from core.views.permission import public, requires


@requires("command.view")
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Is anybody below ground still, and where is closing asked for?"""
    return _calls(request)


def _calls(request: HttpRequest, form: UndergroundForm | None = None) -> HttpResponse:
    user = who(request)
    opens = user.scope_for("closures.decide")
    running = queries.open_calls(user.scope)
    ended = list(queries.underground_calls(user.scope, ended=True)[:20])
    names = area_names({call.area_code for call in [*running, *ended]})
    form = form or (UndergroundForm(scope=opens) if user.can("closures.decide") else None)
    context = {
        "running": [(call, names.get(call.area_code, "")) for call in running],
        "ended": [(call, names.get(call.area_code, "")) for call in ended],
        "counts": queries.underground_counts(user.scope),
        "form": form,
        "choices": _choices(form),
    }
    return render(request, "command/underground.html", context)


def _choices(form: UndergroundForm | None) -> list[tuple[str, str, int]]:
    """The areas that may be closed, each with how many spaces that are."""
    if form is None:
        return []
    areas = [(code, label) for code, label in form.fields["area_code"].choices if len(code) <= 9]  # type: ignore[attr-defined]
    codes = [site.area_code for site in queries.underground_sites("")]
    counted = [(code, label, sum(each.startswith(code) for each in codes)) for code, label in areas]
    return [each for each in counted if each[2]]


@requires("closures.decide")
@require_POST
def open_call(request: HttpRequest) -> HttpResponse:
    """One press: every keeper of the area is told."""
    user = who(request)
    form = UndergroundForm(request.POST, scope=user.scope_for("closures.decide"))
    if form.is_valid():
        try:
            opened = actions.open_underground(area_code=form.cleaned_data["area_code"], by=user, now=clock.now())
        except Refused as refusal:
            form.add_error("area_code", str(refusal))
        else:
            words = _("%(told)s underground spaces are told to close; %(before)s were closing already.")
            messages.success(request, words % {"told": opened.told, "before": opened.before})
            return redirect("command:underground_call", opened.call.uuid)
    return _calls(request, form)


@requires("command.view")
@require_safe
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where may people still be below ground, and who has not answered?"""
    user, now = who(request), clock.now()
    call = get_object_or_404(queries.underground_call(user.scope, uuid))
    lines = queries.space_lines(queries.spaces_of(call, user.scope), now=now)
    context = {
        "call": call,
        "lines": lines,
        "left": sum(not line.is_empty for line in lines),
        "without": sum(not line.space.has_keeper for line in lines),
        "records": user.can("assignments.on_behalf") and call.ended_at is None,
        "may_end": call.ended_at is None and user.scope_for("closures.decide").covers(call.area_code),
        "opened_it": call.opened_by_id == user.pk,
        "exercise": _("Exercise") if call.exercise else "",
    }
    return render(request, "command/underground_call.html", context)


@requires("command.view")
@require_safe
def export(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same list as xlsx."""
    user = who(request)
    call = get_object_or_404(queries.underground_call(user.scope, uuid))
    lines = queries.space_lines(queries.spaces_of(call, user.scope), now=clock.now())
    answer = HttpResponse(queries.underground_sheet(lines), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="underground.xlsx"'
    return answer


@requires("closures.decide")
@require_POST
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The danger is over."""
    user = who(request)
    call = get_object_or_404(queries.underground_call(user.scope_for("closures.decide"), uuid))
    try:
        actions.end_underground(call=call, by=user, now=clock.now())
        messages.success(request, _("Ended; what was still owed is withdrawn."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("command:underground_call", uuid)


@requires("assignments.on_behalf")
@require_POST
def tick(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """What a keeper said by telephone, recorded for him."""
    user = who(request)
    rows = UndergroundSpace.objects.in_scope(user.scope_for("assignments.on_behalf"))
    space = get_object_or_404(rows.select_related("call", "assignment"), pk=pk)
    try:
        _tick, is_new = actions.tick_step(space=space, step=step, by=user, now=clock.now())
        messages.success(request, _("Ticked.") if is_new else _("Ticked before."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("command:underground_call", space.call.uuid)


@requires("assignments.on_behalf")
@require_POST
def take_back(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """A tick that does not hold, taken back with the reason."""
    user = who(request)
    rows = UndergroundSpace.objects.in_scope(user.scope_for("assignments.on_behalf"))
    space = get_object_or_404(rows.select_related("call", "assignment"), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        actions.take_back_step(space=space, step=step, reason=reason, by=user, now=clock.now())
        messages.success(request, _("Taken back; it is to be ticked anew."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("command:underground_call", space.call.uuid)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keeper(request: HttpRequest, token: str) -> HttpResponse:
    """What must the keeper do now? Safe without account: the token is the permission for this one space."""
    space = queries.space_by_token(token)
    if space is None:
        raise Http404
    failed = ""
    if request.method == "POST":
        step, reason = request.POST.get("step", ""), request.POST.get("reason")
        try:
            if reason is None:
                actions.tick_step(space=space, step=step, now=clock.now())
            else:
                actions.take_back_step(space=space, step=step, reason=reason, now=clock.now())
        except Refused as refusal:
            failed = str(refusal)
        else:
            return redirect("command:keeper", token)
    return _keeper(request, space, failed)


def _keeper(request: HttpRequest, space: UndergroundSpace, failed: str) -> HttpResponse:
    line = queries.space_lines(UndergroundSpace.objects.filter(pk=space.pk), now=clock.now())[0]
    missing = steps_missing(line.ticks)
    context = {
        "line": line,
        "missing": missing,
        "going_on": space.ended_at is None,
        "text": queries.owners_text(space),
        "call": settings.DUTY_PHONE,
        "failed": failed,
        "exercise": _("Exercise") if space.exercise else "",
    }
    return render(request, "command/keeper.html", context, status=409 if failed else 200)
