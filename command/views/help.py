"""求助: the list of everybody who asks, and who goes."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from command import actions, queries
from command.enums.dangers import HelpSource
from command.forms.dangers import HelpCloseForm, HelpFilterForm, HelpForm, SendForm, StepForm
from command.models import HelpRequest
from command.views.dangers import XLSX, below, more, tabs, who
from core import clock
from core.rules import Refused
from core.views.permission import requires
from dutyroster.models import LogEntry
from territory.models import within


@requires("command.view")
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Who asks for help, and who has nobody yet?"""
    user, now = who(request), clock.now()
    form = HelpFilterForm(request.GET, scope=user.scope)
    rows, following = more(request, below(request, queries.help_requests(user.scope, form.filters())))
    context = {
        "lines": queries.help_lines(rows, now=now),
        "counts": queries.help_counts(user.scope, now),
        "form": form,
        "more": following,
        "tabs": tabs(request, "help"),
        "may_write": user.can("help.handle"),
        "query": request.GET.urlencode(),
    }
    return render(request, "command/help.html", context)


@requires("command.view")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as xlsx."""
    user = who(request)
    rows = queries.help_requests(user.scope, HelpFilterForm(request.GET, scope=user.scope).filters())
    answer = HttpResponse(queries.help_sheet(rows, now=clock.now()), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="help.xlsx"'
    return answer


@requires("help.handle")
def new(request: HttpRequest) -> HttpResponse:
    """Written down while they are on the telephone."""
    scope = who(request).scope_for("help.handle")
    form = HelpForm(request.POST, scope=scope) if request.method == "POST" else HelpForm(scope=scope)
    if request.method == "POST" and (stored := _taken(request, form)):
        return redirect("command:help_request", stored.uuid)
    return render(request, "command/help_form.html", {"form": form})


def _taken(request: HttpRequest, form: HelpForm) -> HelpRequest | None:
    if not form.is_valid():
        return None
    source = HelpSource.PHONE if form.cleaned_data["phone"] else HelpSource.DESK
    try:
        return actions.request_help(**form.cleaned_data, source=source, by=who(request), now=clock.now())[0]
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


@requires("assignments.view")
@require_safe
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who asks, who goes, has anybody spoken with them?"""
    user, now = who(request), clock.now()
    row = get_object_or_404(queries.help_for(user, uuid))
    may = user.scope_for("help.handle").covers(row.area_code) and row.closed_at is None
    helper = row.assignment is not None and row.assignment.assignee_id == user.pk and row.closed_at is None
    context = {
        "line": queries.help_lines([row], now=now)[0],
        "may": may,
        "may_speak": (may or helper) and row.spoken_at is None,
        "send": SendForm(area_code=row.area_code, now=now) if may else None,
        "close": HelpCloseForm(auto_id="close_%s") if may else None,
        "may_list": user.can("command.view"),
        "exercise": _("Exercise") if row.exercise else "",
    }
    return render(request, "command/help_request.html", context)


@requires("assignments.view")
@require_POST
def act(request: HttpRequest, uuid: UUID, verb: str) -> HttpResponse:
    """指定帮助人 · 已通话 · 求助办结; the action itself looks at whether he may."""
    row = get_object_or_404(queries.help_for(who(request), uuid))
    try:
        _do(request, row, verb)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("command:help_request", uuid)


def _do(request: HttpRequest, row: HelpRequest, verb: str) -> None:
    user, now = who(request), clock.now()
    if verb == "helper":
        send = SendForm(request.POST, area_code=row.area_code, now=now)
        if not send.is_valid():
            messages.error(request, _("Choose who goes."))
            return
        actions.name_helper(request=row, helper=send.chosen, by=user, now=now, note=send.cleaned_data["note"])
        messages.success(request, _("%(name)s was told and owes it now.") % {"name": send.chosen.name})
    elif verb == "spoken":
        step = StepForm(request.POST)
        at = step.cleaned_data["occurred_at"] if step.is_valid() else None
        actions.record_spoken(request=row, by=user, now=now, occurred_at=at)
        messages.success(request, _("Recorded."))
    else:
        close = HelpCloseForm(request.POST)
        outcome, note = (
            ("", "") if not close.is_valid() else (close.cleaned_data["outcome"], close.cleaned_data["note"])
        )
        actions.close_help_request(request=row, outcome=outcome, note=note, by=user, now=now)
        messages.success(request, _("The call for help is closed."))


@requires("help.handle")
@require_POST
def from_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """转求助: out of a line of the duty log."""
    user = who(request)
    entry = get_object_or_404(LogEntry.objects.filter(within(user.scope_for("help.handle"))), uuid=uuid)
    row = actions.help_from_note(entry=entry, by=user, now=clock.now())
    messages.success(request, _("The note is a call for help now: name a helper."))
    return redirect("command:help_request", row.uuid)
