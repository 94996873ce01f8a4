"""The list of stock: upload → check (预检) → store (入库); and the register as a sheet."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import clock
from core.rules import Refused
from core.views.permission import requires
from supplies import actions, queries
from supplies.forms.counting import StockSheetForm
from territory.actions import keep_upload
from territory.enums import ImportState
from territory.models import SheetImport
from territory.queries import kept_upload, own_import

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KIND = "stock"


@requires("supplies.edit")
def upload(request: HttpRequest) -> HttpResponse:
    """Takes a list and shows what storing it would do."""
    user: Any = request.user
    form = StockSheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        name, content = form.cleaned_data["file"]
        now = clock.now()
        try:
            sheet = actions.check_stock(content=content, file_name=name, by=user, now=now)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            if sheet.state == ImportState.STORED:
                messages.info(request, _("This very file is stored already; nothing changes."))
                return redirect("supplies:stock_import")
            keep_upload(sheet=sheet, parts={"sheet": content}, now=now)
            return redirect("supplies:stock_report", sheet.pk)
    return render(request, "supplies/stock_import.html", {"form": form, "sheet": None, "is_kept": False})


@requires("supplies.edit")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The check's counts and faults; POST stores."""
    user: Any = request.user
    sheet = _own(request, pk)
    content = kept_upload(sheet)
    if request.method == "POST" and content is not None:
        try:
            sheet = actions.store_stock(sheet=sheet, content=content, by=user, now=clock.now())
            words = _("Stored: %(new)d new, %(changed)d changed, %(same)d unchanged.")
            messages.success(request, words % vars(sheet))
            return redirect("supplies:readiness")
        except Refused as refused:
            messages.error(request, str(refused))
    context = {"sheet": sheet, "form": StockSheetForm(), "is_kept": content is not None}
    return render(request, "supplies/stock_import.html", context)


@requires("supplies.edit")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own sheet with a status and an error column, while his upload is kept."""
    user: Any = request.user
    sheet = _own(request, pk)
    if (content := kept_upload(sheet)) is None:
        raise Http404
    examined = queries.examine_stock(content, scope=user.scope_for("supplies.edit"))
    return _xlsx(queries.stock_report(examined), f"stock-report-{sheet.pk}")


@requires("supplies.view")
def register(request: HttpRequest) -> HttpResponse:
    """The stock register of one's areas, as xlsx."""
    user: Any = request.user
    return _xlsx(queries.stock_register(user.scope, now=clock.now()), "stock-register")


def _own(request: HttpRequest, pk: int) -> SheetImport:
    try:
        return own_import(request.user.pk, KIND, pk)
    except SheetImport.DoesNotExist as error:
        raise Http404 from error


def _xlsx(content: bytes, name: str) -> HttpResponse:
    header = f'attachment; filename="{name}.xlsx"'
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": header})
