"""The stores: which there are, what lies in them, and the catalogue."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.views.permission import requires
from supplies import actions, queries
from supplies.enums import StoreMode
from supplies.forms.goods import attempt
from supplies.forms.stores import ItemsForm, LedgerForm, StoreForm, StoresForm
from supplies.models import Movement, Store
from supplies.rules import ISSUE_TONES, MODE_MARKS, TRANSFER_TONES, printed

PAGE = 100
LATEST = 12
EXTENT = "113.28,33.70,113.46,33.84"


def person(request: HttpRequest) -> User:
    """Whoever is signed in; the permission marks have seen to it."""
    return cast("User", request.user)


@requires("supplies.view")
def home(request: HttpRequest) -> HttpResponse:
    """物资队伍: what is short, what is on its way, and which stores there are."""
    return render(request, "supplies/home.html", _home(person(request), StoresForm(request.GET)))


def _home(user: User, form: StoresForm) -> dict[str, Any]:
    scope, filters = user.scope_for("supplies.view"), form.filters()
    short = list(queries.stock(scope, short=True))
    counts = queries.mode_counts(scope)
    places = f"{reverse('api_supplies:stores')}?{urlencode({'format': 'geojson', **_only(filters, 'mode')})}"
    return {
        "form": form,
        "figures": queries.figures(scope),
        "tiles": _tiles(queries.figures(scope), len(short)),
        "short": short[:LATEST],
        "stores": list(queries.stores(scope, **filters)[:PAGE]),
        "counts": counts,
        "chips": [
            {
                "label": label,
                "url": f"{reverse('supplies:home')}?{urlencode(_only(filters | {'mode': value}, 'mode', 'text'))}",
                "current": filters.get("mode", "") == value,
                "count": counts[value],
            }
            for value, label in [("", _("All")), *StoreMode.choices]
        ],
        "layers": [_borders(), {"label": _("Stores"), "url": places, "role": "points", "on": True}],
        "legend": [{"mark": mark, "tone": "ok", "label": mode.label} for mode, mark in MODE_MARKS.items()],
        "extent": queries.stores_extent(scope) or EXTENT,
        "may_edit": user.can("supplies.edit"),
    }


def _only(filters: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: filters[name] for name in names if filters.get(name)}


def _borders() -> dict[str, Any]:
    url = f"{reverse('api_territory:areas')}?{urlencode({'level': 'subdistrict', 'format': 'geojson'})}"
    return {"label": _("Sub-district borders"), "url": url, "role": "base", "on": True}


def _tiles(figures: Any, short: int) -> list[dict[str, Any]]:
    moving, issues = reverse("supplies:transfers"), reverse("supplies:issues")
    rows = [
        (_("Below quota"), short, f"{reverse('supplies:items')}?short=on", "late"),
        (_("On the way"), figures["on_the_way"], f"{moving}?state=on_the_way", "working"),
        (_("Delivered short"), figures["delivered_short"], f"{moving}?state=received_short", "danger"),
        (_("Papers owed"), figures["papers"], f"{issues}?state=papers", "late"),
        (_("Waiting for approval"), figures["requested"], f"{issues}?state=requested", "waiting"),
    ]
    return [
        {"label": label, "figure": count, "url": url, "tone": tone if count else "ok"}
        for label, count, url, tone in rows
    ]


@requires("supplies.view")
def items(request: HttpRequest) -> HttpResponse:
    """The catalogue: how much there is of what, against the quota."""
    scope, form = person(request).scope_for("supplies.view"), ItemsForm(request.GET)
    after = request.GET.get("after", "")
    found = list(queries.stock(scope, **form.filters()).filter(code__gt=after)[: PAGE + 1])
    last = found[PAGE - 1].code if len(found) > PAGE else ""
    kept = urlencode({**form.filters(), "after": last})
    context = {
        "form": form,
        "items": found[:PAGE],
        "next_url": f"{reverse('supplies:items')}?{kept}" if last else "",
        "short": queries.stock(scope, short=True).count(),
        "today": timezone.localdate(clock.now()),
    }
    return render(request, "supplies/items.html", context)


@requires("supplies.view")
def item(request: HttpRequest, code: str) -> HttpResponse:
    """Where one item lies, and what happened to it."""
    scope = person(request).scope_for("supplies.view")
    found = get_object_or_404(queries.stock(scope), code=code)
    context = {
        "item": found,
        "lots": queries.stores_of(found, scope),
        "rows": signed(queries.movements(scope, item=found)[:LATEST]),
        "today": timezone.localdate(clock.now()),
    }
    return render(request, "supplies/item.html", context)


@requires("supplies.view")
def store(request: HttpRequest, code: str) -> HttpResponse:
    """What lies in this store, and what is in hand here?"""
    user = person(request)
    found = get_object_or_404(queries.stores_for(user, "supplies.view"), code=code)
    return render(request, "supplies/store.html", _store(user, found))


def _store(user: User, found: Store) -> dict[str, Any]:
    scope = user.scope_for("supplies.view")
    place = found.position
    return {
        "store": found,
        "mark": MODE_MARKS[StoreMode(found.mode)],
        "goods": queries.items_at(found),
        "lots": queries.lots_at(found),
        "rows": signed(queries.movements(scope, store=found)[:LATEST], found),
        "issues": with_tones(queries.issues(scope, store=found).exclude(state__in=["issued", "refused"])[:LATEST]),
        "owed": with_tones(queries.issues(scope, store=found, state="papers")[:LATEST]),
        "transfers": with_tones(queries.transfers(scope, store=found, state="open")[:LATEST]),
        "today": timezone.localdate(clock.now()),
        "extent": f"{place.x - 0.008},{place.y - 0.006},{place.x + 0.008},{place.y + 0.006}" if place else "",
        "may_keep": user.scope_for("supplies.keep").covers(found.area_code),
        "may_issue": user.scope_for("supplies.issue").covers(found.area_code),
        "may_edit": user.scope_for("supplies.edit").covers(found.area_code),
    }


def signed(rows: Any, store: Store | None = None) -> list[Movement]:
    """Rows of the ledger with `shown`: the quantity with + or −, as the store sees it."""
    found = list(rows)
    for row in found:
        sign = "" if not (row.from_store_id or row.to_store_id) else "+" if row.to_store_id else "−"
        row.shown = f"{sign}{printed(row.quantity)}"
    return found


def with_tones(rows: Any) -> list[Any]:
    """Issues or transfers with the tone and words of their state."""
    found = list(rows)
    tones: dict[str, str] = {str(state): tone for state, tone in [*ISSUE_TONES.items(), *TRANSFER_TONES.items()]}
    for row in found:
        row.tone, row.state_label = tones[row.state], row.get_state_display()
    return found


@requires("supplies.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A store comes onto the register."""
    return _edited(request, None)


@requires("supplies.edit")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """A store is changed."""
    return _edited(request, get_object_or_404(queries.stores_for(person(request), "supplies.edit"), code=code))


def _edited(request: HttpRequest, found: Store | None) -> HttpResponse:
    user, now = person(request), clock.now()
    form = StoreForm(request.POST or None, scope=user.scope_for("supplies.edit"), now=now, store=found)
    if request.method == "POST":
        code = str(form.data.get("code", ""))
        saved = attempt(form, lambda: actions.save_store(store=found, code=code, by=user, now=now, **form.values()))
        if saved:
            messages.success(request, _("Stored: %(store)s.") % {"store": saved.name})
            return redirect("supplies:store", saved.code)
    return render(request, "supplies/store_form.html", {"form": form, "store": found})


@requires("supplies.view")
def ledger(request: HttpRequest) -> HttpResponse:
    """出入库流水: every movement, newest first."""
    user = person(request)
    scope = user.scope_for("supplies.view")
    form = LedgerForm(request.GET, scope=scope)
    filters = form.filters()
    rows = queries.movements(scope, **filters)
    if (before := request.GET.get("before", "")).isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = signed(rows[: PAGE + 1], filters.get("store"))
    kept = {name: value for name, value in request.GET.items() if name in ("store", "kind") and value}
    more = urlencode(kept | {"before": found[PAGE - 1].pk}) if len(found) > PAGE else ""
    context = {
        "form": form,
        "rows": found[:PAGE],
        "next_url": f"{reverse('supplies:movements')}?{more}" if more else "",
        "may_reverse": user.can("supplies.approve"),
        "person": user,
    }
    return render(request, "supplies/movements.html", context)
