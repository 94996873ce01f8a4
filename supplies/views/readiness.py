"""Enough, movable, usable? Each with the date of its proof."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.queries import resolver
from core.rules import Refused
from core.views.permission import requires
from supplies import actions, queries
from supplies.enums import Part, Standing
from supplies.forms.counting import ProofForm
from supplies.models import Store, SupplyItem
from supplies.rules.readiness import STANDING_TONES

LEVELS = ((4, "Ⅳ"), (3, "Ⅲ"), (2, "Ⅱ"), (1, "Ⅰ"))
SHOWN_SHORTAGES, SHOWN_PROOFS = 60, 20
TONES = {standing.value: tone for standing, tone in STANDING_TONES.items()}


@requires("supplies.view")
def readiness(request: HttpRequest) -> HttpResponse:
    """How much of what is asked for is ready, and which store is worst?"""
    user: Any = request.user
    now = clock.now()
    level = _level(request)
    found = queries.readiness(user.scope, now, level)
    context = {
        "found": found,
        "level": dict(LEVELS).get(level or 0, ""),
        "levels": _chips(level),
        "tones": TONES,
        "parts": Part.choices,
        "shortages": found.shortages[:SHOWN_SHORTAGES],
        "more": max(0, len(found.shortages) - SHOWN_SHORTAGES),
        "run": queries.newest_run(),
        "overdue": queries.notices_overdue_since(now),
        "may_order": user.can("supplies.approve"),
        "may_import": user.can("supplies.edit"),
        "may_keep": user.can("supplies.keep"),
    }
    return render(request, "supplies/readiness.html", context)


@requires("supplies.view")
def store_readiness(request: HttpRequest, code: str) -> HttpResponse:
    """What this store is ready for, item by item, and what is still to be proven."""
    return _store_page(request, _store(request, code), None)


@requires("supplies.view")
@require_POST
def prove(request: HttpRequest, code: str) -> HttpResponse:
    """Records a check of one part; the action asks whether he keeps or approves here."""
    user: Any = request.user
    store = _store(request, code)
    form = ProofForm(request.POST, items=_items(store))
    if form.is_valid():
        given = form.cleaned_data
        try:
            proofs = actions.record_proof(
                store=store,
                part=given["part"],
                items=list(given["items"]),
                is_good=given["result"] == "good",
                minutes=given["minutes"],
                note=given["note"],
                by=user,
                now=clock.now(),
            )
            messages.success(request, _("Recorded: %(count)d checks.") % {"count": len(proofs)})
            return redirect("supplies:store_readiness", store.code)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return _store_page(request, store, form)


def _store_page(request: HttpRequest, store: Store, form: ProofForm | None) -> HttpResponse:
    user: Any = request.user
    level = _level(request)
    found = queries.readiness(user.scope, clock.now(), level)
    mine = next((one for one in found.stores if one.store.pk == store.pk), queries.StoreReady(store))
    records = any(user.scope_for(name).covers(store.area_code) for name in ("supplies.keep", "supplies.approve"))
    context = {
        "store": store,
        "ready": mine,
        "open_parts": [(part, item) for item in mine.items for part in item.parts if part.standing != Standing.READY],
        "levels": _chips(level),
        "tones": TONES,
        "form": (form or ProofForm(items=_items(store))) if records else None,
        "proofs": list(queries.proofs_of(store)[:SHOWN_PROOFS]),
        "running": queries.running_stocktake(store),
        "may_order": user.scope_for("supplies.approve").covers(store.area_code),
    }
    return render(request, "supplies/store_readiness.html", context)


def _store(request: HttpRequest, code: str) -> Store:
    user: Any = request.user
    stores = Store.objects.in_scope(user.scope).filter(retired_at__isnull=True)
    return get_object_or_404(stores.select_related("keeper", "deputy_keeper"), code=code)


def _items(store: Store) -> Any:
    return SupplyItem.objects.filter(quotas__store=store).distinct().order_by("code")


def _level(request: HttpRequest) -> int | None:
    """The level asked for; without one that which is in force over the district."""
    asked = request.GET.get("level", "")
    if asked in {"0", "1", "2", "3", "4"}:
        return int(asked) or None
    found: int | None = resolver("SITUATION")(settings.DISTRICT_CODE, clock.now())
    return found


def _chips(level: int | None) -> list[dict[str, Any]]:
    ordinary = {"label": _("Ordinary days"), "url": "?level=0", "current": level is None}
    return [
        ordinary,
        *(
            {"label": _("Level %(level)s") % {"level": roman}, "url": f"?level={number}", "current": level == number}
            for number, roman in LEVELS
        ),
    ]
