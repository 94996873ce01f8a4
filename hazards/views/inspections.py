"""The form on the spot, and the page on which another person judges what was seen."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core import clock
from core.queries import resolver
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.forms import ReasonForm, VisitForm
from hazards.models import HazardSite, Inspection
from hazards.rules import is_far
from hazards.views.register import person


@requires("sites.inspect")
def inspect(request: HttpRequest, code: str) -> HttpResponse:
    """What is to be looked at here? One big button an item, a photo for what failed."""
    user, now = person(request), clock.now()
    site = get_object_or_404(
        queries.site_for(user, "sites.inspect", now=now).filter(retired_at__isnull=True), code=code
    )
    checklist = queries.current_checklist(site.kind)
    if checklist is None:
        raise Http404
    own = user.scope_for("assignments.on_behalf").covers(site.area_code)
    options: dict[str, Any] = {"items": queries.items_of(checklist), "records_for_others": own, "now": now}
    form = VisitForm(request.POST, request.FILES, **options) if request.method == "POST" else VisitForm(**options)
    if request.method == "POST" and (stored := _take(request, form, site)):
        if stored.failed_items:
            messages.warning(request, _("Stored: %(count)s items failed.") % {"count": stored.failed_items})
        else:
            messages.success(request, _("Stored: everything passed."))
        return redirect("hazards:inspection", uuid=stored.client_uuid)
    duty = queries.duty_at(site, user, now=now)
    context = {"form": form, "site": site, "checklist": checklist, "duty": duty, "open": queries.open_at(site)}
    return render(request, "hazards/inspect.html", context)


def _take(request: HttpRequest, form: VisitForm, site: HazardSite) -> Inspection | None:
    """The stored visit; None with the refusal written into the form."""
    user = person(request)
    try:
        form.keep_photos(by=user)
        if form.is_valid():
            return actions.record_once(form.visit(by=user), site=site, by=user, now=clock.now())[0]
    except Refused as refused:
        form.is_valid()
        form.refuse(refused.field, str(refused))
    return None


@requires("sites.view")
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Is what was seen here good enough? Answers, photographs, and 通过 or 退回 for whoever may judge."""
    user = person(request)
    inspection = get_object_or_404(queries.inspection_in_scope(user, uuid, capability="sites.view"))
    return render(request, "hazards/inspection.html", _judged(request, inspection) | {"form": ReasonForm()})


def _judged(request: HttpRequest, inspection: Inspection) -> dict[str, Any]:
    user = person(request)
    photos = list(inspection.photos.all())
    inside = user.scope_for("assignments.verify").covers(inspection.area_code)
    open_to_judge = inspection.verified_at is None and not inspection.sent_back_reason
    return {
        "inspection": inspection,
        "answers": [
            (answer, [photo for photo in photos if photo.item_id == answer.item_id])
            for answer in inspection.answers.all()
        ],
        "site_photos": [photo for photo in photos if photo.item_id is None],
        "missing": len(inspection.missing_photos),
        "flags": resolver("RECORD_FLAGS")(inspection.client_uuid),
        "far": is_far(inspection.distance_m, inspection.accuracy_m),
        "may_judge": open_to_judge and inside and inspection.inspected_by_id != user.pk,
        "is_own": open_to_judge and inspection.inspected_by_id == user.pk,
    }


@requires("assignments.verify")
def verify(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """通过."""
    return _judge(request, uuid, passed=True)


@requires("assignments.verify")
def send_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """退回, with a reason."""
    return _judge(request, uuid, passed=False)


def _judge(request: HttpRequest, uuid: UUID, *, passed: bool) -> HttpResponse:
    user, now = person(request), clock.now()
    inspection = get_object_or_404(queries.inspections(user.scope_for("assignments.verify")), client_uuid=uuid)
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            if passed:
                actions.verify_inspection(inspection=inspection, by=user, now=now)
                messages.success(request, _("Verified: %(site)s.") % {"site": inspection.site})
            else:
                actions.send_back_inspection(inspection=inspection, reason=reason, by=user, now=now)
                messages.success(request, _("Sent back: %(site)s.") % {"site": inspection.site})
        except Refused as refused:
            messages.error(request, str(refused))
    return redirect("hazards:inspection", uuid=uuid)
