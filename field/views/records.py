"""What phones have sent and could not be taken in, and files of unsent work that people bring."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core import clock
from core.rules import Refused
from core.views.permission import requires
from field import actions, queries
from field.enums import Outcome, RefusedState
from field.forms import ExportForm, RefusedFilterForm, SettleForm
from field.models import SealedRecord

PAGE = 100
TONES = {Outcome.TAKEN: "ok", Outcome.ALREADY: "ok", Outcome.REFUSED: "danger", Outcome.DRAFT: "late"}
EARLIER = 10


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)  # the doors let nobody else in


@requires("assignments.on_behalf")
@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    """Whose record was not taken in, why, and what is to be done?"""
    user, now = _person(request), clock.now()
    scope = user.scope_for("assignments.on_behalf")
    form = RefusedFilterForm(request.GET, scope=scope)
    filters = form.filters()
    counts = queries.refused_counts(scope, now=now)
    rest = {"kind": filters.kind, "area_code": filters.area_code, "text": filters.text}
    kept = {name: value for name, value in rest.items() if value}
    chips = [
        {
            "label": state.label,
            "count": counts[state],
            "current": state == filters.state,
            "url": f"?{urlencode({'state': state.value, **kept})}",
        }
        for state in RefusedState
    ]
    context = {
        "form": form,
        "filters": filters,
        "filtered": bool(kept),
        "counts": counts,
        "chips": chips,
        "lines": queries.refused_lines(queries.refused_records(scope, filters, now=now)[:PAGE]),
    }
    return render(request, "field/refused.html", context)


@requires("assignments.on_behalf")
@require_POST
def settle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Something was done about it."""
    user = _person(request)
    rows = SealedRecord.objects.in_scope(user.scope_for("assignments.on_behalf"))
    record = get_object_or_404(rows, client_uuid=uuid)
    form = SettleForm(request.POST)
    try:
        words = form.cleaned_data["words"] if form.is_valid() else ""
        actions.settle_record(record=record, words=words, by=user, now=clock.now())
        messages.success(request, _("Noted: it is off the list."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("field:refused")


@requires("assignments.act")
def files(request: HttpRequest) -> HttpResponse:
    """Which file of unsent work is to be read in?"""
    user = _person(request)
    form = ExportForm(request.POST, request.FILES) if request.method == "POST" else ExportForm()
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.read_in(file=form.cleaned_data["file"], by=user, now=clock.now())
            return redirect("field:file", kept.pk)
        except Refused as refusal:
            form.add_error("file", str(refusal))
    context = {
        "form": form,
        "others": user.can("assignments.on_behalf"),
        "earlier": queries.files_read_in(user.pk, user.scope_for("assignments.on_behalf"))[:EARLIER],
    }
    return render(request, "field/files.html", context, status=400 if form.errors else 200)


@requires("assignments.act")
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of each record of a file?"""
    user = _person(request)
    row = get_object_or_404(queries.files_read_in(user.pk, user.scope_for("assignments.on_behalf")), pk=pk)
    lines = [
        {
            "outcome": Outcome(line["outcome"]),
            "tone": TONES[Outcome(line["outcome"])],
            "kind": queries.kind_words(line["kind"]),
            "title": line["title"],
            "words": line["words"],
        }
        for line in row.lines
    ]
    said = [line["outcome"] for line in lines]
    figures = {outcome.value: said.count(outcome) for outcome in Outcome}
    return render(request, "field/file.html", {"row": row, "lines": lines, "figures": figures})
