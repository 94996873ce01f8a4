"""The log of a call-out: every try, every answer."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from command import queries
from command.views.asking import who
from core import clock
from core.views.permission import requires

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@requires("command.view")
def attempts(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who was tried how often, and who answered after how long?"""
    view = _view(request, uuid)
    context = {
        "view": view,
        "call_out": view.call_out,
        "lines": queries.attempts(view.call_out),
        "exercise": _("Exercise") if view.call_out.exercise else "",
    }
    return render(request, "command/attempts.html", context)


@require_safe
@requires("command.view")
def export(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same as a sheet."""
    row = _view(request, uuid).call_out
    sheet = queries.attempts_sheet(row, queries.attempts(row))
    name = f'attachment; filename="call-out-{row.pk}.xlsx"'
    return HttpResponse(sheet, content_type=SHEET_TYPE, headers={"Content-Disposition": name})


def _view(request: HttpRequest, uuid: UUID) -> queries.CallOutView:
    view = queries.call_out(who(request).scope_for("command.view"), uuid, now=clock.now())
    if view is None:
        raise Http404
    return view
