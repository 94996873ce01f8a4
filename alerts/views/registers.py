"""Chains of telephones, cards, and the register of key units."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import actions as people
from accounts.models import User
from alerts import actions, queries
from alerts.enums import UnitKind
from alerts.forms.registers import ChainForms, RevealForm, UnitForm, chain_initial, links_of, unit_initial
from alerts.models import KeyUnit
from alerts.rules import card_pin
from alerts.views.asking import tried, who
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory import queries as territory
from territory.models import Household, within
from territory.rules import level_of, masked_phone


@requires("households.view")
def chain(request: HttpRequest, code: str) -> HttpResponse:
    """Who is rung for a household, in which order."""
    user, home = who(request), _home(request, code, "households.view")
    if request.method != "POST":
        return _chain_page(request, home)
    if not user.scope_for("households.check").covers(home.area_code):
        raise PermissionDenied("households.check")
    forms = _chain_forms(home, request.POST)
    if forms.is_valid():
        links = links_of(form.cleaned_data for form in forms)
        if tried(request, lambda: actions.set_chain(household=home, links=links, by=user), _("The chain is stored.")):
            return redirect("alerts:ring_chain", code)
    return _chain_page(request, home, status=400, forms=forms)


@require_POST
@requires("households.reveal")
def reveal_chain(request: HttpRequest, code: str) -> HttpResponse:
    """The whole numbers of a chain, once, for a reason that is kept."""
    home, form = _home(request, code, "households.reveal"), RevealForm(request.POST)
    if not form.is_valid():
        return _chain_page(request, home, status=400, reveal=form)
    try:
        shown = people.reveal(
            by=who(request),
            subject=f"chain:{home.pk}",
            reason=form.cleaned_data["reason"],
            address=request.META.get("REMOTE_ADDR"),
            now=clock.now(),
        )
    except Refused as refused:
        form.add_error("reason", str(refused))
        return _chain_page(request, home, status=400, reveal=form)
    return _chain_page(request, home, revealed=shown, forms=_chain_forms(home, masked=False))


def _home(request: HttpRequest, code: str, capability: str) -> Household:
    return get_object_or_404(Household.objects.in_scope(who(request).scope_for(capability)), code=code)


def _chain_forms(home: Household, posted: QueryDict | None = None, *, masked: bool = True) -> Any:
    links = queries.ring_links(home)
    return ChainForms(
        posted,
        initial=chain_initial(links, masked=masked),
        form_kwargs={"known": [link.phone for link in links]},
    )


def _chain_page(request: HttpRequest, home: Household, status: int = 200, **more: Any) -> HttpResponse:
    user = who(request)
    context = {
        "home": home,
        "links": [replace(link, phone=masked_phone(link.phone)) for link in queries.ring_links(home)],
        "reveal": RevealForm() if user.scope_for("households.reveal").covers(home.area_code) else None,
    }
    if user.scope_for("households.check").covers(home.area_code):
        context |= {"forms": _chain_forms(home), "pin": card_pin(home.code, secret=settings.SECRET_KEY)}
    else:
        more.pop("forms", None)
    return render(request, "alerts/ring_chain.html", context | more, status=status)


@requires("households.check")
def cards(request: HttpRequest, area_code: str) -> HttpResponse:
    """The cards of a grid, to be printed and hung at the doors."""
    scope = who(request).scope_for("households.check")
    if level_of(area_code) != "grid" or not scope.covers(area_code):
        raise Http404
    homes = Household.objects.filter(area_code=area_code, retired_at=None)
    rows = [
        {"home": home, "pin": card_pin(home.code, secret=settings.SECRET_KEY)}
        for home in homes.order_by("building", "unit", "floor", "room", "pk")
    ]
    context = {"rows": rows, "area": territory.area_names({area_code}).get(area_code, area_code)}
    return render(request, "alerts/cards.html", context | {"url": settings.PUBLIC_URL})


@requires("coverage.view")
def units(request: HttpRequest) -> HttpResponse:
    """重点单位: who receives for each."""
    user = who(request)
    rows = list(queries.key_units(user.scope))
    names = territory.area_names({row.area_code for row in rows})
    context = {
        "rows": [{"unit": row, "area": names.get(row.area_code, row.area_code)} for row in rows],
        "may_edit": user.can("sites.edit"),
    }
    return render(request, "alerts/units.html", context)


@requires("sites.edit")
def unit(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """A key unit, new or known."""
    user = who(request)
    row = get_object_or_404(KeyUnit.objects.filter(within(user.scope_for("sites.edit"))), pk=pk) if pk else None
    form = UnitForm(request.POST or None, initial=unit_initial(row), areas=_areas(user, row))
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            actions.keep_unit(unit=row, **given | {"kind": UnitKind(given["kind"])}, by=user)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The key unit is stored."))
            return redirect("alerts:units")
    return render(request, "alerts/unit.html", {"form": form, "unit": row}, status=400 if form.errors else 200)


@require_POST
@requires("sites.edit")
def retire_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Off the register."""
    row = get_object_or_404(KeyUnit.objects.filter(within(who(request).scope_for("sites.edit"))), pk=pk)
    tried(
        request,
        lambda: actions.retire_unit(unit=row, by=who(request), now=clock.now()),
        _("The key unit is off the register."),
    )
    return redirect("alerts:units")


def _areas(user: User, row: KeyUnit | None) -> dict[str, str]:
    areas = territory.areas(user.scope_for("sites.edit"))
    found = {area.code: area.name for area in areas if len(area.code) in (9, 12)}
    if row and row.area_code not in found:
        found |= territory.area_names({row.area_code})
    return found
