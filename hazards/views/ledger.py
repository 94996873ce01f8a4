"""The ledger comes in: upload → check (预检) → store (入库); and the rows that wait to be mended."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards.actions import ledger as actions
from hazards.forms.ledger import ColumnsForm, LedgerForm
from hazards.models import LedgerSource
from hazards.queries import ledger as queries
from hazards.rules.ledger import COLUMNS, Reading
from hazards.views.register import EXTENT, SHEET_TYPE, person
from territory.actions import keep_upload
from territory.enums import Datum, ImportState
from territory.models import SheetImport
from territory.queries import kept_upload, own_import
from territory.rules import SheetUnreadable, guessed_head, unique_words


@requires("sites.edit")
def upload(request: HttpRequest) -> HttpResponse:
    """Takes a ledger and shows what storing it would do."""
    user, now = person(request), clock.now()
    form = LedgerForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        name, content = form.cleaned_data["file"]
        try:
            source = actions.ledger_source(name=form.cleaned_data["source"], by=user)
            reading = Reading(form.cleaned_data["datum"], form.cleaned_data["kind"], dict(source.mapping))
            sheet = actions.check_ledger(
                content=content, file_name=name, source=source, reading=reading, by=user, now=now
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return _checked(request, sheet, content)
    context = {
        "form": form,
        "sources": LedgerSource.objects.in_scope(user.scope_for("sites.edit")).order_by("name"),
        "waiting": queries.waiting_rows(user.scope_for("sites.edit")).count(),
    }
    return render(request, "hazards/ledger_upload.html", context)


def _checked(request: HttpRequest, sheet: SheetImport, content: bytes) -> HttpResponse:
    if sheet.state == ImportState.STORED:
        messages.info(request, _("This very file is stored already; nothing changes."))
        return redirect("hazards:ledger_upload")
    keep_upload(sheet=sheet, parts={"sheet": content}, now=clock.now())
    return redirect("hazards:ledger_report", sheet.pk)


@requires("sites.edit")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The check's counts, faults and flags. POST stores, or checks anew with other columns or coordinates."""
    user, sheet = person(request), _own(request, pk)
    content = kept_upload(sheet)
    form = _columns(request, sheet, content)
    if request.method == "POST" and content is not None:
        try:
            if "check" not in request.POST:
                stored = actions.store_ledger(
                    sheet=sheet, content=content, by=user, now=clock.now(), keep_good="keep_good" in request.POST
                )
                return redirect("hazards:ledger_report", stored.pk)
            if form is not None and form.is_valid():
                sheet = actions.check_ledger(
                    content=content,
                    file_name=sheet.file_name,
                    source=sheet.reading.source,
                    reading=form.reading(),
                    by=user,
                    now=clock.now(),
                )
                return _checked(request, sheet, content)
        except Refused as refused:
            messages.error(request, str(refused))
    return render(request, "hazards/ledger_report.html", _shown(request, sheet, content) | {"form": form})


def _columns(request: HttpRequest, sheet: SheetImport, content: bytes | None) -> ColumnsForm | None:
    if content is None or sheet.state == ImportState.STORED:
        return None
    reading = actions.reading_of(sheet.reading)
    try:
        read = queries.read_ledger(content, reading)
        head, at = read.head, {unique_words(read.head)[index]: ours for ours, index in read.at.items()}
    except SheetUnreadable:
        head = guessed_head(content, COLUMNS, most_unpacked=queries.MOST_UNPACKED)
        at = {word: reading.mapping.get(word, word if word in COLUMNS else "") for word in unique_words(head)}
    data = request.POST if request.method == "POST" and "check" in request.POST else None
    initial = {"datum": reading.datum, "kind": reading.kind}
    return ColumnsForm(data, words=unique_words(head), at=at, initial=initial)


def _shown(request: HttpRequest, sheet: SheetImport, content: bytes | None) -> dict[str, Any]:
    reading = sheet.reading
    moved: list[float] = []
    if content is not None and sheet.total and reading.datum != Datum.WGS84:
        moved = queries.shifts(_examined(request, sheet, content))
    geojson = reverse("hazards:ledger_shift", args=[sheet.pk])
    return {
        "sheet": sheet,
        "reading": reading,
        "is_stored": sheet.state == ImportState.STORED,
        "is_kept": content is not None,
        "good": sheet.total - sheet.bad,
        "moved": round(sum(moved) / len(moved)) if moved else 0,
        "extent": EXTENT,
        "layers": [
            {"label": _("As in the sheet"), "url": f"{geojson}?side=typed", "role": "points",
             "on": True, "alone": True},
            {"label": _("Converted to WGS-84"), "url": f"{geojson}?side=converted", "role": "points", "on": True,
             "alone": True},
        ],
    }  # fmt: skip


def _examined(request: HttpRequest, sheet: SheetImport, content: bytes) -> queries.LedgerExamined:
    reading, scope = actions.reading_of(sheet.reading), person(request).scope_for("sites.edit")
    try:
        return queries.examine_ledger(content, reading=reading, scope=scope, now=clock.now())
    except SheetUnreadable as error:
        raise Http404 from error


@requires("sites.edit")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own sheet with a status and an error column, while his upload is kept."""
    sheet = _own(request, pk)
    if (content := kept_upload(sheet)) is None:
        raise Http404
    return _xlsx(queries.ledger_report(_examined(request, sheet, content)), f"ledger-report-{sheet.pk}")


@requires("sites.edit")
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the change of datum moves the positions of a checked ledger, for the map."""
    sheet = _own(request, pk)
    if (content := kept_upload(sheet)) is None:
        raise Http404
    told = queries.shift_geojson(_examined(request, sheet, content), request.GET.get("side", ""))
    return HttpResponse(told, content_type="application/geo+json")


@requires("sites.edit")
def waiting(request: HttpRequest) -> HttpResponse:
    """待补: the rows that were left out and still wait."""
    rows = list(queries.waiting_rows(person(request).scope_for("sites.edit")))
    return render(request, "hazards/ledger_waiting.html", {"rows": rows})


@requires("sites.edit")
def waiting_sheet(request: HttpRequest) -> HttpResponse:
    """The same as a sheet to mend and upload again."""
    return _xlsx(queries.waiting_sheet(queries.waiting_rows(person(request).scope_for("sites.edit"))), "ledger-waiting")


@require_POST
@requires("sites.edit")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """A waiting row needs no entry."""
    user = person(request)
    row = get_object_or_404(queries.waiting_rows(user.scope_for("sites.edit")), pk=pk)
    actions.drop_waiting(row=row, by=user, now=clock.now())
    return redirect("hazards:ledger_waiting")


def _own(request: HttpRequest, pk: int) -> SheetImport:
    try:
        return own_import(request.user.pk, actions.KIND, pk)
    except SheetImport.DoesNotExist as error:
        raise Http404 from error


def _xlsx(content: bytes, name: str) -> HttpResponse:
    header = f'attachment; filename="{name}.xlsx"'
    return HttpResponse(content, content_type=SHEET_TYPE, headers={"Content-Disposition": header})
