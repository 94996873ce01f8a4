"""Whom a notice has reached."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts import actions, queries
from alerts.models import AudienceHousehold
from alerts.views.asking import found, tried, who
from alerts.views.notices import coverage_context
from core import clock
from core.views.permission import requires
from territory import queries as territory
from territory.models import within

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("coverage.view")
def coverage(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The section that the page renews by itself."""
    return render(request, "alerts/coverage.html", coverage_context(found(request, uuid, counted=True), who(request)))


@requires("coverage.view")
def cries(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everybody who asks for help, who has waited longest on top. Never cut short."""
    row = found(request, uuid)
    context = {"notice": row, "calls": queries.calls_for_help(row, who(request).scope)}
    return render(request, "alerts/cries.html", context)


@requires("coverage.view")
def layer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The grids on the map, coloured by coverage."""
    counted = queries.shown_coverage(found(request, uuid, counted=True), who(request).scope, now=clock.now())[1]
    body = queries.coverage_geojson(counted)
    return HttpResponse(body, content_type="application/geo+json")


@requires("coverage.view")
def outlines(request: HttpRequest) -> HttpResponse:
    """The sub-districts below the map's layers."""
    body = territory.areas_geojson(who(request).scope, "subdistrict")
    return HttpResponse(body, content_type="application/geo+json")


@requires("coverage.view")
def unreached(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everybody not reached, a page at a time; as a fragment, the next rows."""
    row, after = found(request, uuid), request.GET.get("after", "")
    page = queries.unreached(row, who(request).scope, after=int(after) if after.isdigit() else 0)
    template = "alerts/unreached_rows.html" if request.headers.get("HX-Request") else "alerts/unreached.html"
    return render(request, template, {"notice": row, "unreached": page})


@requires("coverage.view")
def export(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same as xlsx."""
    row = found(request, uuid)
    answer = HttpResponse(queries.unreached_sheet(row, who(request).scope), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="unreached-{row.pk}.xlsx"'
    return answer


@require_POST
@requires("knocks.send")
def send_knocks(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """派网格员上门, before the wait runs out."""
    row = found(request, uuid)
    tried(
        request,
        lambda: actions.send_knocks(notice=row, by=who(request), now=clock.now()),
        _("Grid workers are being sent to the doors not reached."),
    )
    return redirect("alerts:notice", uuid)


@requires("coverage.view")
def household(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """One household under one notice: by what it was reached, when, by whom."""
    row, user = found(request, uuid), who(request)
    audience = get_object_or_404(_audience(request, uuid), pk=pk)
    context = {
        "notice": row,
        "line": queries.line(audience, row),
        "events": queries.household_events(audience),
        "rung": queries.rung(audience) if audience.must_reach else [],
        "may_chain": user.scope_for("households.view").covers(audience.area_code),
        "may_close": user.scope_for("knocks.send").covers(audience.area_code),
        "may_record": user.scope_for("assignments.on_behalf").covers(audience.area_code),
        "may_close_help": user.scope_for("assignments.verify").covers(audience.area_code),
    }
    return render(request, "alerts/household.html", context)


@require_POST
@requires("knocks.send")
def close_unreachable(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Named as unreachable, with a reason."""
    audience, reason = get_object_or_404(_audience(request, uuid), pk=pk), request.POST.get("reason", "")
    tried(
        request,
        lambda: actions.close_unreachable(audience=audience, reason=reason, by=who(request), now=clock.now()),
        _("Noted as known unreachable."),
    )
    return redirect("alerts:household", uuid, pk)


@require_POST
@requires("assignments.verify")
def close_help(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """求助办结."""
    audience, note = get_object_or_404(_audience(request, uuid), pk=pk), request.POST.get("reason", "")
    tried(
        request,
        lambda: actions.close_help(audience=audience, note=note, by=who(request), now=clock.now()),
        _("The call for help is closed."),
    )
    return redirect("alerts:household", uuid, pk)


def _audience(request: HttpRequest, uuid: UUID) -> QuerySet[AudienceHousehold]:
    rows = found(request, uuid).households.select_related("household", "notice")
    return rows.filter(within(who(request).scope))
