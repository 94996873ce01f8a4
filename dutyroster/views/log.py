"""值班日志: 快记, the list, one entry and what became of it."""

from typing import Any
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
from dutyroster.enums import FollowUp
from dutyroster.forms.attendance import CorrectionForm, FollowUpForm, LogFilterForm, NoteForm
from dutyroster.models import LogEntry
from dutyroster.views.presence import tried, who

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("roster.view")
def listing(request: HttpRequest) -> HttpResponse:
    """What came in, and what of it is not handed on?"""
    user, form = who(request), LogFilterForm(request.GET)
    scope = user.scope_for("roster.view")
    rows, after = queries.log_page(queries.log(scope, form.filters()), request.GET.get("after", ""))
    context: dict[str, Any] = {"entries": rows, "more_url": _more(request, after)}
    if request.headers.get("HX-Target") == "log-more":
        return render(request, "dutyroster/log_rows.html", context)
    waiting = list(queries.open_entries(scope)[:100])
    note = NoteForm(scope=user.scope_for("log.write")) if user.can("log.write") else None
    context |= {"form": form, "waiting": waiting, "note": note, "asked": request.GET.urlencode()}
    return render(request, "dutyroster/log.html", context)


def _more(request: HttpRequest, after: str) -> str:
    asked = request.GET.copy()
    asked["after"] = after
    return f"{request.path}?{asked.urlencode()}" if after else ""


@require_POST
@requires("log.write")
def note(request: HttpRequest) -> HttpResponse:
    """快记."""
    user = who(request)
    form = NoteForm(request.POST, scope=user.scope_for("log.write"))
    if form.is_valid():
        try:
            actions.note(by=user, now=clock.now(), **form.given())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Noted."))
            return redirect("dutyroster:log")
    return render(request, "dutyroster/note.html", {"note": form}, status=400)


@requires("roster.view")
def export(request: HttpRequest) -> HttpResponse:
    """The log as xlsx, narrowed as on screen."""
    rows = queries.log(who(request).scope_for("roster.view"), LogFilterForm(request.GET).filters())
    answer = HttpResponse(queries.log_sheet(rows), content_type=XLSX)
    name = f"duty-log-{timezone.localtime(clock.now()):%Y%m%d-%H%M}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _found(request: HttpRequest, uuid: UUID, capability: str = "roster.view") -> LogEntry:
    rows = LogEntry.objects.in_scope(who(request).scope_for(capability)).select_related("corrects", "post")
    return get_object_or_404(rows, uuid=uuid)


def _page(request: HttpRequest, entry: LogEntry, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "entry": entry,
        "follow_ups": list(entry.follow_ups.order_by("pk")),
        "corrections": list(entry.corrections.order_by("pk")),
        "may_write": who(request).scope_for("log.write").covers(entry.area_code),
        "follow_up": FollowUpForm(),
        "correction": CorrectionForm(initial={"text": entry.text}),
        **forms,
    }
    return render(request, "dutyroster/log_entry.html", context, status=status)


@requires("roster.view")
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What came in, and what became of it?"""
    return _page(request, _found(request, uuid))


@require_POST
@requires("log.write")
def follow_up(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """报领导, 办结."""
    entry, form = _found(request, uuid, "log.write"), FollowUpForm(request.POST)
    if not form.is_valid():
        return _page(request, entry, status=400, follow_up=form)
    kind = FollowUp.LEADER if request.POST.get("kind") == FollowUp.LEADER else FollowUp.DONE
    said = form.cleaned_data["note"]
    user, now = who(request), clock.now()
    tried(
        request,
        lambda: actions.follow_up(entry=entry, kind=kind, ref="", url="", note=said, by=user, now=now),
        _("Recorded."),
    )
    return redirect("dutyroster:log_entry", uuid=uuid)


@require_POST
@requires("log.write")
def correct(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """更正: the wrong entry stays readable."""
    entry, form = _found(request, uuid, "log.write"), CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, entry, status=400, correction=form)
    right = actions.correct(entry=entry, text=form.cleaned_data["text"], by=who(request), now=clock.now())
    messages.success(request, _("Corrected."))
    return redirect("dutyroster:log_entry", uuid=right.uuid)
