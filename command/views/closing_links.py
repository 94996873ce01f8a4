"""Closing a place by the link of any open duty, and setting who ticks and from which depth places close."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.queries import area_names
from assignments.enums import CLOSED
from assignments.models import Assignment
from assignments.queries import assignment_by_token
from command import actions
from command.enums.dangers import DangerSource
from command.forms.closing import LimitForm, PartnerForm
from command.forms.dangers import WaterForm
from command.models import ClosingPartner
from command.queries.closing import depths_of, limits, partners
from command.queries.closing_pages import closable_by_link
from command.queries.closure import ROADS
from command.views.closures import FIELDS, depth_buttons
from command.views.dangers import who
from core import clock
from core.rules import Refused
from core.views.permission import public, requires
from hazards.enums import SiteKind
from hazards.models import HazardSite


def _duty(token: str) -> Assignment:
    duty = assignment_by_token(token)
    if duty is None or duty.state in CLOSED:
        raise Http404
    return duty


@public
@never_cache
@require_safe
def roads(request: HttpRequest, token: str) -> HttpResponse:
    """First tap: which place? Safe without account: the token is that of an open duty, and only near places show."""
    duty = _duty(token)
    context = {"token": token, "roads": closable_by_link(duty, now=clock.now()), **_band(duty)}
    return render(request, "command/link_roads.html", context)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def water(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """Second tap: how deep? Safe without account: as the list of places, and what is stored bears the duty's name."""
    duty, now = _duty(token), clock.now()
    site = next((road.site for road in closable_by_link(duty, now=now) if road.site.code == code), None)
    if site is None:
        raise Http404
    form = WaterForm(request.POST, request.FILES) if request.method == "POST" else WaterForm()
    context: dict[str, Any] = {"token": token, "form": form, "duty": duty, **depth_buttons(site), **_band(duty)}
    if request.method == "POST" and form.is_valid():
        try:
            context["stored"], context["is_new"] = _store(form, duty, site)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return render(request, "command/link_water.html", context)


def _store(form: WaterForm, duty: Assignment, site: HazardSite) -> tuple[Any, bool]:
    return actions.report_water(
        **{name: form.cleaned_data[name] for name in FIELDS},
        site=site,
        photos=form.photos(by=duty.assignee),
        by=duty.assignee,
        by_name=duty.assignee_name,
        source=DangerSource.TASK_LINK,
        now=clock.now(),
        exercise=duty.exercise,
    )


def _band(duty: Assignment) -> dict[str, str]:
    return {"exercise": _("Exercise")} if duty.exercise else {}


@requires("plans.edit")
@require_safe
def setup(request: HttpRequest) -> HttpResponse:
    """Who makes the three ticks where, and from which depth is a place closed?"""
    return _setup(request)


def _setup(request: HttpRequest, **forms: Any) -> HttpResponse:
    scope, known = who(request).scope_for("plans.edit"), limits()
    samples = [depths_of(HazardSite(kind=kind), known) for kind in ROADS]
    rows = partners(scope)
    names = area_names({row.area_code for row in rows})
    context = {
        "partners": [(row, names.get(row.area_code, row.area_code)) for row in rows],
        "kinds": [(SiteKind(kind).label, depth) for kind, depth in zip(ROADS, samples, strict=True)],
        "partner_form": PartnerForm(scope=scope),
        "limit_form": LimitForm(),
    } | forms
    return render(request, "command/closing_setup.html", context)


@requires("plans.edit")
@require_POST
def partner(request: HttpRequest) -> HttpResponse:
    """Names who answers for a party in an area."""
    user = who(request)
    form = PartnerForm(request.POST, scope=user.scope_for("plans.edit"))
    if form.is_valid():
        try:
            actions.name_partner(**form.cleaned_data, by=user)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("command:closing_setup")
    return _setup(request, partner_form=form)


@requires("plans.edit")
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody is named for it there any more."""
    user = who(request)
    rows = ClosingPartner.objects.in_scope(user.scope_for("plans.edit"))
    actions.drop_partner(partner=get_object_or_404(rows, pk=pk), by=user)
    return redirect("command:closing_setup")


@requires("plans.edit")
@require_POST
def limit(request: HttpRequest) -> HttpResponse:
    """Sets the depths of one kind."""
    form = LimitForm(request.POST)
    if form.is_valid():
        try:
            actions.set_limit(**form.cleaned_data, by=who(request))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("command:closing_setup")
    return _setup(request, limit_form=form)
