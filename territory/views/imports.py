"""Imports: upload → check (预检) → store (入库)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory import actions, queries
from territory.enums import ImportState
from territory.forms import AreasForm, RollForm
from territory.models import SheetImport

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("areas.import")
def import_areas(request: HttpRequest) -> HttpResponse:
    """Takes the sheet of areas and its borders, and shows what importing them would do."""
    form, user = AreasForm(*_posted(request)), _user(request)
    if form.is_valid():
        (name, csv), borders = form.cleaned_data["file"], form.cleaned_data["geojson"]
        geojson = borders[1] if borders else None
        scope, now = user.scope_for("areas.import"), clock.now()
        try:
            sheet = actions.check_areas(csv=csv, geojson=geojson, file_name=name, by=user.actor, now=now, scope=scope)
            return _checked(request, sheet, {"sheet": csv, "geojson": geojson}, "territory:areas_report")
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return _upload(request, form, "areas")


@requires("areas.import")
def areas_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The check's counts and faults; POST stores."""
    sheet, user = _own(request, "areas", pk), _user(request)
    if request.method == "POST" and (csv := queries.kept_upload(sheet)) is not None:
        try:
            sheet = actions.import_areas(
                csv=csv,
                geojson=queries.kept_upload(sheet, "geojson"),
                file_name=sheet.file_name,
                by=user.actor,
                now=clock.now(),
                scope=user.scope_for("areas.import"),
            )
            return redirect("territory:areas_report", sheet.pk)
        except Refused as refused:
            messages.error(request, str(refused))
    return _report(request, sheet, "areas")


@requires("households.import")
def import_roll(request: HttpRequest) -> HttpResponse:
    """Takes a household roll and shows what importing it would do."""
    form, user = RollForm(*_posted(request)), _user(request)
    if form.is_valid():
        name, content = form.cleaned_data["file"]
        scope, now = user.scope_for("households.import"), clock.now()
        try:
            sheet = actions.check_roll(content=content, file_name=name, by=user.actor, now=now, scope=scope)
            return _checked(request, sheet, {"sheet": content}, "territory:roll_report")
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return _upload(request, form, "roll")


@requires("households.import")
def roll_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The check's counts and faults; POST stores, with `keep_good` the good rows of a first load."""
    sheet, user = _own(request, "roll", pk), _user(request)
    if request.method == "POST" and (content := queries.kept_upload(sheet)) is not None:
        try:
            sheet = actions.store_roll(
                sheet=sheet,
                content=content,
                by=user.actor,
                now=clock.now(),
                keep_good=request.POST.get("keep_good") == "1",
                scope=user.scope_for("households.import"),
            )
            return redirect("territory:roll_report", sheet.pk)
        except Refused as refused:
            messages.error(request, str(refused))
    return _report(request, sheet, "roll")


@requires("households.import")
def download_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own sheet with a status and an error column, while his upload is kept."""
    sheet, user = _own(request, "roll", pk), _user(request)
    if (content := queries.kept_upload(sheet)) is None:
        raise Http404
    report = queries.report_sheet(sheet, content, scope=user.scope_for("households.import"))
    name = f'attachment; filename="roll-report-{sheet.pk}.xlsx"'
    return HttpResponse(report, content_type=XLSX, headers={"Content-Disposition": name})


def _posted(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _user(request: HttpRequest) -> Any:
    return request.user


def _own(request: HttpRequest, kind: str, pk: int) -> SheetImport:
    try:
        return queries.own_import(request.user.pk, kind, pk)
    except SheetImport.DoesNotExist as error:
        raise Http404 from error


def _checked(request: HttpRequest, sheet: SheetImport, parts: dict[str, bytes | None], page: str) -> HttpResponse:
    if sheet.state == ImportState.STORED:
        messages.info(request, _("This very file is stored already; nothing changes."))
        return redirect(request.path)
    actions.keep_upload(sheet=sheet, parts=parts, now=clock.now())
    return redirect(page, sheet.pk)


def _upload(request: HttpRequest, form: AreasForm | RollForm, kind: str) -> HttpResponse:
    context = {"form": form, "kind": kind, "may_see_areas": _user(request).can("areas.import")}
    return render(request, "territory/import.html", context)


def _report(request: HttpRequest, sheet: SheetImport, kind: str) -> HttpResponse:
    context = {
        "sheet": sheet,
        "kind": kind,
        "is_stored": sheet.state == ImportState.STORED,
        "is_kept": queries.kept_upload(sheet) is not None,
        "may_keep_good": kind == "roll" and bool(sheet.bad and sheet.new and not sheet.changed and not sheet.same),
        "good": sheet.total - sheet.bad,
        "may_see_areas": _user(request).can("areas.import"),
    }
    return render(request, "territory/report.html", context)
