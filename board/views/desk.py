"""值班台: 快记 always open, what is not handed on, who is silent, who is there."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assignments import actions as duties
from assignments.models import Assignment, UnclaimedReply
from board import actions, queries
from board.forms import QuickNoteForm
from board.views.situation import reader
from command.actions import call_deputy, reached_by_hand
from command.models import CallTarget
from core import clock
from core.rules import Refused
from core.views.permission import requires
from dutyroster import actions as log
from dutyroster.enums import FollowUp
from dutyroster.models import LogEntry
from territory.models import within

Said = dict[str, str]


@requires("desk.open")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The desk; asked by htmx, everything but the box, so that nothing typed is lost."""
    if request.headers.get("HX-Request"):
        return _live(request)
    return render(request, "board/desk.html", _words(request) | {"form": QuickNoteForm()})


@requires("desk.open")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The strip and the text to read aloud, asked for less often than the lists."""
    shown = queries.situation(reader(request).scope, now=clock.now())
    words = {"shown": shown, "strip": queries.strip(shown), "banner": queries.banner(shown)}
    return render(request, "board/figures.html", words | {"aloud": queries.to_read_aloud(shown)})


@requires("desk.open")
@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """快记: the same number and words are the same note, however often they arrive."""
    form = QuickNoteForm(request.POST)
    if form.is_valid() and (stored := _stored(request, form)):
        return _noted(request, stored)
    if request.headers.get("HX-Request"):
        return _refused(request, form)
    return render(request, "board/desk.html", _words(request) | {"form": form}, status=400)


@requires("desk.open")
@require_POST
def hand_on(request: HttpRequest, uuid: uuid.UUID, kind: str) -> HttpResponse:
    """转求助 · 转险情 · 报领导 · 办结."""
    user, wanted = reader(request), FollowUp(kind)
    entry = get_object_or_404(LogEntry.objects.filter(within(user.scope), exercise=None), uuid=uuid)
    answer = _tried(
        request,
        lambda: actions.hand_on(entry=entry, kind=wanted, by=user, now=clock.now()),
        _("Handed on: %(kind)s") % {"kind": wanted.label},
    )
    answer["HX-Trigger"] = json.dumps({"weidong:handed-on": True} | _beside(entry, wanted))
    return answer


@requires("orders.give")
@require_POST
def call(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """改叫副职 · 人工已联系."""
    user = reader(request)
    act: Callable[..., CallTarget] = call_deputy if verb == "deputy" else reached_by_hand
    target = get_object_or_404(CallTarget.objects.filter(within(user.scope, "call_out__area_code")), pk=pk)
    done = _("The deputy is called.") if verb == "deputy" else _("Recorded as reached by telephone.")
    return _tried(request, lambda: act(target=target, by=user, now=clock.now()), done)


@requires("assignments.on_behalf")
@require_POST
def support(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """已安排支援."""
    user = reader(request)
    duty = get_object_or_404(Assignment.objects.in_scope(user.scope), uuid=uuid)
    return _tried(
        request,
        lambda: duties.send_support(assignment=duty, by=user, now=clock.now()),
        _("Support is on its way: recorded."),
    )


@requires("assignments.on_behalf")
@require_POST
def claim(request: HttpRequest, pk: int, duty: int, option: str) -> HttpResponse:
    """认领: this reply is this answer to this duty."""
    user = reader(request)
    row = get_object_or_404(UnclaimedReply.objects.in_scope(user.scope), pk=pk)
    about = get_object_or_404(Assignment, pk=duty)
    return _tried(
        request,
        lambda: duties.claim_reply(unclaimed=row, assignment=about, option=option, by=user, now=clock.now()),
        _("Recorded as the answer of %(who)s.") % {"who": row.speaker},
    )


@requires("assignments.on_behalf")
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """无关."""
    user = reader(request)
    row = get_object_or_404(UnclaimedReply.objects.in_scope(user.scope), pk=pk)
    return _tried(
        request,
        lambda: duties.drop_reply(unclaimed=row, by=user, now=clock.now()),
        _("Put aside: it answers nothing."),
    )


def _beside(entry: LogEntry, kind: FollowUp) -> dict[str, Any]:
    """A call for help opens in the side sheet: who goes is the next press, and the box stays for the next call."""
    became = entry.follow_ups.filter(kind=kind).first() if kind == FollowUp.HELP else None
    return {"weidong:sheet": {"href": became.url}} if became and became.url else {}


def _stored(request: HttpRequest, form: QuickNoteForm) -> LogEntry | None:
    user = reader(request)
    try:
        return log.note(by=user, now=clock.now(), **form.given())
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


def _noted(request: HttpRequest, stored: LogEntry) -> HttpResponse:
    said = {"tone": "ok", "text": _("Noted: %(words)s") % {"words": stored.text[:30]}}
    if not request.headers.get("HX-Request"):
        messages.success(request, said["text"])
        return redirect("board:desk")
    answer = _live(request, said)
    answer["HX-Trigger"] = _trigger("weidong:noted")
    return answer


def _refused(request: HttpRequest, form: QuickNoteForm) -> HttpResponse:
    """The box keeps its words; what was stored under its number with other words needs another number."""
    words = " ".join(str(error) for errors in form.errors.values() for error in errors)
    answer = _live(request, {"tone": "danger", "text": words})
    if "client_uuid" in form.errors:
        answer["HX-Trigger"] = _trigger("weidong:renumber")
    return answer


def _trigger(name: str) -> str:
    return json.dumps({name: {"next": str(uuid.uuid4())}})


def _tried(request: HttpRequest, do: Callable[[], object], done: str) -> HttpResponse:
    try:
        do()
        said = {"tone": "ok", "text": done}
    except Refused as refusal:
        said = {"tone": "danger", "text": str(refusal)}
    if request.headers.get("HX-Request"):
        return _live(request, said)
    (messages.success if said["tone"] == "ok" else messages.error)(request, said["text"])
    return redirect("board:desk")


def _live(request: HttpRequest, said: Said | None = None) -> HttpResponse:
    return render(request, "board/desk_live.html", _words(request) | {"said": said})


def _words(request: HttpRequest) -> dict[str, Any]:
    shown = queries.desk(reader(request).scope, now=clock.now())
    return {"desk": shown, "question": queries.desk_question(shown), "said": None}
