"""险情: the list, one danger with its clocks, and what is done with it."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from command import actions, queries
from command.enums.dangers import DangerSource, DangerVerb
from command.forms.dangers import VERBS, DeskDangerForm, FilterForm, SendForm, StepForm
from command.models import Danger
from core import clock
from core.rules import Refused
from core.views.permission import requires
from dutyroster.models import LogEntry
from territory.models import within

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50


def who(request: HttpRequest) -> User:
    """Whoever is signed in: the doors let nobody else in."""
    return cast("User", request.user)


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """险情 · 求助 · 断行, each with its open ones."""
    scope, now = who(request).scope, clock.now()
    counts = {
        "dangers": (_("Dangers"), queries.danger_counts(scope, now).open),
        "help": (_("Calls for help"), queries.help_counts(scope, now).open),
        "closures": (_("Road closures"), len(queries.closures_in_force(scope, now))),
    }
    return [
        {"label": label, "url": reverse(f"command:{name}"), "count": count, "current": name == current}
        for name, (label, count) in counts.items()
    ]


def more(request: HttpRequest, rows: list[Any]) -> tuple[list[Any], str]:
    """One page of rows newest first, and the address of the next; empty when that is all."""
    shown = rows[:PAGE]
    if len(rows) <= PAGE:
        return shown, ""
    address = request.GET.copy()
    address["before"] = str(shown[-1].pk)
    return shown, f"{request.path}?{address.urlencode()}"


def below(request: HttpRequest, rows: Any) -> list[Any]:
    """The rows that come after what was already shown, one more than a page."""
    before = request.GET.get("before", "")
    return list((rows.filter(pk__lt=int(before)) if before.isdigit() else rows)[: PAGE + 1])


@requires("command.view")
@require_safe
def dangers(request: HttpRequest) -> HttpResponse:
    """Which dangers are open, and which clock runs over?"""
    user, now = who(request), clock.now()
    form = FilterForm(request.GET, scope=user.scope)
    rows, following = more(request, below(request, queries.dangers(user.scope, form.filters())))
    context = {
        "lines": queries.danger_lines(rows, now=now),
        "counts": queries.danger_counts(user.scope, now),
        "form": form,
        "more": following,
        "tabs": tabs(request, "dangers"),
        "may_report": user.can("dangers.handle"),
        "query": request.GET.urlencode(),
    }
    return render(request, "command/dangers.html", context)


@requires("command.view")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as xlsx."""
    user = who(request)
    rows = queries.dangers(user.scope, FilterForm(request.GET, scope=user.scope).filters())
    answer = HttpResponse(queries.dangers_sheet(rows, now=clock.now()), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="dangers.xlsx"'
    return answer


@requires("command.view")
@require_safe
def layer(request: HttpRequest) -> HttpResponse:
    """Open dangers for the map."""
    return HttpResponse(queries.dangers_geojson(who(request).scope, clock.now()), content_type="application/geo+json")


@requires("dangers.handle")
def new(request: HttpRequest) -> HttpResponse:
    """Written down at the desk."""
    scope = who(request).scope_for("dangers.handle")
    form = DeskDangerForm(request.POST, request.FILES, scope=scope) if request.POST else DeskDangerForm(scope=scope)
    if request.method == "POST" and (stored := _taken(request, form)):
        return redirect("command:danger", stored.uuid)
    return render(request, "command/danger_form.html", {"form": form})


def _taken(request: HttpRequest, form: DeskDangerForm) -> Danger | None:
    try:
        form.keep_photo(by_id=who(request).pk)
        if not form.is_valid():
            return None
        told = form.report()
        source = DangerSource.PHONE if told["reporter_name"] or told["reporter_phone"] else DangerSource.DESK
        return actions.report_danger(**told, source=source, by=who(request), now=clock.now())[0]
    except Refused as refusal:
        form.is_valid()
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


@requires("dangers.report")
@require_safe
def danger(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is it, who is there, which clock runs?"""
    user, now = who(request), clock.now()
    row = get_object_or_404(queries.danger_for(user, uuid))
    may = user.scope_for("dangers.handle").covers(row.area_code) and row.closed_at is None
    context = {
        "line": queries.danger_lines([row], now=now)[0],
        "acts": queries.acts_of(row),
        "same": queries.perhaps_the_same(row) if may else [],
        "may": may,
        "send": SendForm(area_code=row.area_code, now=now) if may else None,
        "step": StepForm(auto_id="step_%s"),
        "close": StepForm(auto_id="close_%s"),
        "may_list": user.can("command.view"),
        "exercise": _("Exercise") if row.exercise else "",
    }
    return render(request, "command/danger.html", context)


@requires("dangers.handle")
@require_POST
def act(request: HttpRequest, uuid: UUID, verb: str) -> HttpResponse:
    """签收 · 派人 · 到场 · 已控制 · 补充 · 重复 · 办结."""
    row = get_object_or_404(queries.danger_for(who(request), uuid))
    try:
        _do(request, row, verb)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("command:danger", uuid)


def _do(request: HttpRequest, row: Danger, verb: str) -> None:
    user, now = who(request), clock.now()
    if verb == "dispatch":
        send = SendForm(request.POST, area_code=row.area_code, now=now)
        if not send.is_valid():
            messages.error(request, _("Choose who goes."))
            return
        actions.dispatch(danger=row, to=send.chosen, by=user, now=now, note=send.cleaned_data["note"])
        messages.success(request, _("%(name)s was told and owes it now.") % {"name": send.chosen.name})
        return
    form = StepForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Nothing was stored: mend the fields named below."))
        return
    _step(row, verb, form, user)
    messages.success(request, _("Recorded."))


def _step(row: Danger, verb: str, form: StepForm, user: User) -> None:
    now, given = clock.now(), form.cleaned_data
    actions.check_danger_handler(danger=row, by=user)
    if verb == "acknowledge":
        actions.acknowledge_danger(danger=row, by=user, now=now, occurred_at=given["occurred_at"])
    elif verb in VERBS:
        how = {"occurred_at": given["occurred_at"], "note": given["note"]}
        actions.step_danger(danger=row, verb=DangerVerb(verb), by=user, now=now, **how)
    elif verb == "close":
        actions.close_danger(danger=row, reason=given["note"], by=user, now=now)
    elif verb == "merge":
        into = get_object_or_404(Danger.objects.filter(within(user.scope)), pk=given["into"] or 0)
        actions.merge_danger(danger=row, into=into, by=user, now=now)
    else:
        actions.add_to_danger(danger=row, by=user, now=now, note=given["note"], photos=form.photos(by=user))


@requires("dangers.handle")
@require_POST
def from_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """转险情: out of a line of the duty log."""
    user = who(request)
    entry = get_object_or_404(LogEntry.objects.filter(within(user.scope_for("dangers.handle"))), uuid=uuid)
    row = actions.danger_from_note(entry=entry, by=user, now=clock.now(), kind=request.POST.get("kind") or "other")
    messages.success(request, _("The note is a danger now: send somebody."))
    return redirect("command:danger", row.uuid)
