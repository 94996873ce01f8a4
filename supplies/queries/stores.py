"""Which stores there are, who keeps them, and where they lie."""

import json
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from supplies.enums import StoreMode
from supplies.models import Balance, Quota, Store
from supplies.queries.stock import QUANTITY, ZERO
from supplies.rules import MODE_MARKS
from territory.models import PlacedQuerySet
from territory.rules import Scope

MARGIN = 0.006  # degrees, about 600 m


def stores(scope: Scope, *, mode: str = "", text: str = "") -> PlacedQuerySet[Store]:
    """The stores of `scope` by code. One statement.

    Annotated: `kinds` (how many items lie there), `asked` (how many standing quotas it has), `below` (how many of them
    are not met).
    """
    rows = Store.objects.in_scope(scope).filter(retired_at__isnull=True).select_related("keeper", "deputy_keeper")
    lying = Balance.objects.filter(quantity__gt=0).order_by()
    held = (
        lying.filter(store=OuterRef("store"), lot__item=OuterRef("item"))
        .values("lot__item")
        .annotate(sum=Sum("quantity"))
        .values("sum")
    )
    unmet = (
        Quota.objects.filter(store=OuterRef("pk"), response_level__isnull=True)
        .order_by()
        .annotate(held=Coalesce(Subquery(held, output_field=QUANTITY), ZERO))
        .filter(held__lt=F("quantity"))
        .values("store")
        .annotate(n=Count("pk"))
        .values("n")
    )
    kinds = lying.filter(store=OuterRef("pk")).values("store").annotate(n=Count("lot__item", distinct=True)).values("n")
    quotas = Quota.objects.filter(store=OuterRef("pk"), response_level__isnull=True).order_by().values("store")
    per_row: dict[str, Any] = {
        "kinds": Coalesce(Subquery(kinds), 0),
        "asked": Coalesce(Subquery(quotas.annotate(n=Count("pk")).values("n")), 0),
        "below": Coalesce(Subquery(unmet), 0),
    }
    rows = rows.annotate(**per_row)
    if mode:
        rows = rows.filter(mode=mode)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(address__icontains=text))
    return rows.order_by("code")


def stores_for(user: User, capability: str) -> PlacedQuerySet[Store]:
    """The stores at which `user` may use `capability`."""
    return stores(user.scope_for(capability))


def mode_counts(scope: Scope) -> dict[str, int]:
    """How many stores there are of each mode, with "" for all. One statement."""
    rows = Store.objects.in_scope(scope).filter(retired_at__isnull=True).order_by().values("mode")
    counts = {row["mode"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    return {"": sum(counts.values())} | dict.fromkeys(StoreMode.values, 0) | counts


def stores_extent(scope: Scope) -> str:
    """The box around the stores with a margin: west,south,east,north; empty without any."""
    box = Store.objects.in_scope(scope).filter(retired_at__isnull=True).aggregate(box=Extent("position"))["box"]
    if box is None:
        return ""
    west, south, east, north = box
    return f"{west - MARGIN:.5f},{south - MARGIN:.5f},{east + MARGIN:.5f},{north + MARGIN:.5f}"


def stores_geojson(scope: Scope, *, mode: str = "") -> str:
    """The stores as a GeoJSON FeatureCollection. One statement.

    Properties: code, name, mode and its label, kinds, below, and what the map draws them with: shape, tone, state, url.
    """
    rows: QuerySet[Store] = stores(scope, mode=mode).annotate(shown=AsGeoJSON("position", precision=6))
    features = [_feature(store) for store in rows]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _feature(store: Store) -> dict[str, object]:
    shown, below = getattr(store, "shown", None), getattr(store, "below", 0)
    mode = StoreMode(store.mode)
    return {
        "type": "Feature",
        "id": store.code,
        "geometry": json.loads(shown) if shown else None,
        "properties": {
            "code": store.code,
            "name": store.name,
            "mode": store.mode,
            "mode_label": str(mode.label),
            "kinds": getattr(store, "kinds", 0),
            "below": below,
            "shape": MODE_MARKS[mode],
            "tone": "late" if below else "ok" if getattr(store, "asked", 0) else "unknown",
            "state_label": str(mode.label),
            "url": reverse("supplies:store", args=[store.code]),
        },
    }
