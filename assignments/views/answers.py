"""代录 of several people at once, 粘贴回复, and replies that wait to be claimed."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from assignments import actions, queries
from assignments.forms import ManyForm, PasteForm
from assignments.models import Assignment, UnclaimedReply
from assignments.rules import Verdict, answers_of
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory.models import within

SHOWN = 300


@requires("assignments.on_behalf")
def record(request: HttpRequest) -> HttpResponse:
    """代录: who has not answered, each with the answers as big buttons; one time for all, one press stores them."""
    rows = _owed(request)
    waiting = list(queries.unanswered(rows)[:SHOWN])
    form = ManyForm(request.POST or None, duties=waiting)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.answer_many(
                given=form.given, by=_who(request), now=clock.now(), occurred_at=form.cleaned_data["occurred_at"]
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            words = ngettext("%(count)d answer recorded.", "%(count)d answers recorded.", len(done))
            messages.success(request, words % {"count": len(done)})
            return redirect(f"{request.path}?{_about(request)}")
    status = 400 if form.is_bound and not form.is_valid() else 200
    return render(request, "assignments/record.html", _frame(request, rows, waiting) | {"form": form}, status=status)


@requires("assignments.on_behalf")
def paste(request: HttpRequest) -> HttpResponse:
    """粘贴回复: reads the chat, shows who was recognised, unsure and missing; only the second press stores answers."""
    duties = list(_owed(request)[:SHOWN])
    form = PasteForm(request.POST or None)
    context = {"form": form, "about": _about(request), "back": _back(request), "duties": duties}
    if request.method != "POST" or not form.is_valid():
        status = 400 if form.is_bound else 200
        return render(request, "assignments/paste.html", context, status=status)
    text, now = form.cleaned_data["text"], clock.now()
    if "store" not in request.POST:
        shown = _reading(text, duties)
        return render(request, "assignments/paste.html", context | shown | {"text": text})
    ticked = {int(number) for number in request.POST.getlist("keep") if number.isdigit()}
    done = actions.store_chat(text=text, duties=duties, by=_who(request), now=now, kept=ticked, chosen=_chosen(request))
    words = _("Stored %(stored)d, answered before %(known)d.")
    messages.success(request, words % {"stored": len(done.stored), "known": len(done.known)})
    for duty, why in done.refused:
        messages.error(request, f"{duty.assignee_name}: {why}")
    return redirect(_back(request) or f"{reverse('assignments:record')}?{_about(request)}")


@requires("assignments.on_behalf")
@require_safe
def replies(request: HttpRequest) -> HttpResponse:
    """待认领: what was replied that is nobody's plain answer."""
    rows = queries.unclaimed(_who(request).scope_for("assignments.on_behalf"))
    lines = queries.unclaimed_lines(rows[:SHOWN])
    return render(request, "assignments/replies.html", {"lines": lines})


@require_POST
@requires("assignments.on_behalf")
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One press: it answers this duty with this answer, or it answers nothing."""
    user = _who(request)
    found = UnclaimedReply.objects.filter(within(user.scope_for("assignments.on_behalf")))
    row = get_object_or_404(found, pk=pk)
    try:
        if "drop" in request.POST:
            actions.drop_reply(unclaimed=row, by=user, now=clock.now())
            messages.success(request, _("Put aside: it answers nothing."))
        else:
            number, _colon, key = request.POST.get("claim", "").partition(":")
            duty = get_object_or_404(Assignment, pk=number if number.isdigit() else 0)
            actions.claim_reply(unclaimed=row, assignment=duty, option=key, by=user, now=clock.now())
            messages.success(request, _("Recorded as the answer of %(who)s.") % {"who": row.speaker})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("assignments:replies")


def _who(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (the permission mark lets nobody else in)
    return user


def _owed(request: HttpRequest) -> Any:
    return queries.owed_by(_who(request).scope_for("assignments.on_behalf"), request.GET.get("of", ""))


def _back(request: HttpRequest) -> str:
    back = request.GET.get("back", "")
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def _about(request: HttpRequest) -> str:
    """What the page is about, for the address of the next one."""
    kept = {"of": request.GET.get("of", ""), "back": _back(request)}
    return urlencode({name: value for name, value in kept.items() if value})


def _frame(request: HttpRequest, rows: Any, waiting: list[Assignment]) -> dict[str, Any]:
    of = request.GET.get("of", "")
    duties = list(rows[:SHOWN]) if of else waiting
    answered = [(duty, queries.answer_label(duty)) for duty in duties if duty.acknowledged_at or duty.answer_key]
    return {
        "waiting": waiting,
        "answered": answered,
        "to_copy": queries.group_text(duties, queries.options_for(duties)) if of else "",
        "about": _about(request),
        "back": _back(request),
    }


def _reading(text: str, duties: list[Assignment]) -> dict[str, Any]:
    """The three lists of a pasted chat, nothing stored."""
    reading = actions.read_chat(text=text, duties=duties, now=clock.now())
    options, by_number = queries.options_for(duties), {duty.pk: duty for duty in duties}
    labels = {choice.key: choice.label for choice in queries.choices(options)}
    said = answers_of(reading, options)
    return {
        "recognised": [
            (by_number[number], labels[option.key], lines, bool(by_number[number].answer_key))
            for number, (option, lines) in said.items()
        ],
        "unsure": [
            (line, [by_number[number] for number in line.likely if number in by_number])
            for line in reading.of(Verdict.UNSURE)
        ],
        "missing": [by_number[number] for number in reading.missing],
        "ignored": reading.of(Verdict.IGNORED),
        "choices": queries.choices(options),
        "was_read": True,
    }


def _chosen(request: HttpRequest) -> dict[int, tuple[int, str]]:
    """What a person decided of each doubtful line: its place, whose it is, which answer."""
    found = {}
    for name, value in request.POST.items():
        head, _dash, place = name.partition("-")
        if head == "who" and place.isdigit() and isinstance(value, str) and value.isdigit():
            found[int(place)] = (int(value), request.POST.get(f"what-{place}", ""))
    return found
