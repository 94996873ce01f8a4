"""Readiness of the stores: enough, movable, usable, each with the date of its proof. Four statements, however many."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Case, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from supplies.enums import ItemCategory, Part, Standing
from supplies.models import Balance, Proof, Quota, Store
from supplies.rules.readiness import RANK, Evidence, Facts, Found, applies, least, parts_of, percent
from territory.rules import Scope

ZERO = Decimal(0)


@dataclass(frozen=True)
class ItemReady:
    """One item that a store owes: how much is asked for, how much is held, and its three parts."""

    store: Store
    item: int
    item_name: str
    unit: str
    category: str
    required: Decimal
    held: Decimal
    in_date: Decimal
    parts: tuple[Found, Found, Found]

    @property
    def standing(self) -> Standing:
        """The least of the three."""
        return least(part.standing for part in self.parts)

    @property
    def missing(self) -> Decimal:
        """What is short of the quota; never below 0."""
        return max(self.required - self.held, ZERO)


@dataclass(frozen=True)
class StoreReady:
    """One store: its items, and the worst of each part with the oldest date that proves it."""

    store: Store
    items: list[ItemReady] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many items are asked of it."""
        return len(self.items)

    @property
    def ready(self) -> int:
        """How many of them are ready in all three parts."""
        return sum(item.standing == Standing.READY for item in self.items)

    @property
    def standing(self) -> Standing:
        """The worst of its items; a store of which nothing is asked is unknown."""
        return least(item.standing for item in self.items)

    @property
    def parts(self) -> list[Found]:
        """For each part the worst item's, and among equals the one proven longest ago."""
        return [_worst(item.parts[place] for item in self.items) for place in range(3)] if self.items else []


@dataclass(frozen=True)
class Shortage:
    """Less than the quota: in a store, or (`store` None) in the whole district."""

    store: Store | None
    item: int
    item_name: str
    unit: str
    required: Decimal
    held: Decimal

    @property
    def missing(self) -> Decimal:
        """How much is wanted."""
        return self.required - self.held


@dataclass(frozen=True)
class Readiness:
    """All stores of a scope at a response level. `total` counts the items asked of stores, `ready` those ready."""

    stores: list[StoreReady]
    shortages: list[Shortage]
    level: int | None = None

    @property
    def items(self) -> list[ItemReady]:
        """Every item of every store."""
        return [item for store in self.stores for item in store.items]

    @property
    def total(self) -> int:
        """How many items are asked for, store by store."""
        return sum(store.total for store in self.stores)

    @property
    def ready(self) -> int:
        """How many of them are ready in all three parts."""
        return sum(store.ready for store in self.stores)

    @property
    def unknown(self) -> int:
        """How many are not ready only because nobody has proven it."""
        return sum(item.standing == Standing.UNKNOWN for item in self.items)

    @property
    def not_ready(self) -> int:
        """How many are known not to be ready."""
        return self.total - self.ready - self.unknown

    @property
    def percent(self) -> int:
        """Whole percent of the items asked for, rounded down."""
        return percent(self.ready, self.total)

    @property
    def worst(self) -> StoreReady | None:
        """The store to act on first; None when everything is ready."""
        return next((store for store in self.stores if store.standing != Standing.READY), None)

    @property
    def oldest(self) -> datetime | None:
        """The oldest proof that the ready ones stand on."""
        dates = [part.at for item in self.items if item.standing == Standing.READY for part in item.parts if part.at]
        return min(dates, default=None)


def readiness(scope: Scope, now: datetime, level: int | None = None) -> Readiness:
    """How ready the stores of a scope are: on an ordinary day, or at a response level (1–4).

    Stores come worst first. A quota for the whole district is compared with what all its stores hold; only who sees
    the district is told.
    """
    stores = list(Store.objects.in_scope(scope).filter(retired_at__isnull=True).order_by("code"))
    wanted, of_district = _wanted(stores, scope, level)
    held, in_date = _held(stores, now)
    proofs = _proofs(stores)
    found = [
        StoreReady(
            store,
            [
                _item(store, quota, (held, in_date), proofs, now)
                for (at, _item_id), quota in sorted(wanted.items(), key=lambda one: one[1].item.code)
                if at == store.pk
            ],
        )
        for store in stores
    ]
    found.sort(key=lambda one: (RANK[one.standing], one.ready - one.total, one.store.code))
    return Readiness(found, [*_short_of_district(of_district, held), *_short(found)], level)


def proofs_of(store: Store) -> QuerySet[Proof]:
    """What was checked in a store, the newest first."""
    return Proof.objects.filter(store=store).select_related("item").order_by("-at", "-pk")


def _wanted(
    stores: list[Store], scope: Scope, level: int | None
) -> tuple[dict[tuple[int, int], Quota], dict[int, Quota]]:
    """The greatest quota that applies, by (store, item), and those of the whole district by item."""
    sees_all = scope.covers(settings.DISTRICT_CODE)
    asked = Q(store__in=stores) | Q(store__isnull=True) if sees_all else Q(store__in=stores)
    wanted: dict[tuple[int, int], Quota] = {}
    of_district: dict[int, Quota] = {}
    quotas = Quota.objects.filter(asked, item__retired_at__isnull=True).select_related("item").order_by("quantity")
    for quota in quotas:
        if not applies(quota.response_level, level):
            continue
        if quota.store_id is None:
            of_district[quota.item_id] = quota
        else:
            wanted[quota.store_id, quota.item_id] = quota
    return wanted, of_district


def _held(stores: list[Store], now: datetime) -> tuple[dict[tuple[int, int], Decimal], dict[tuple[int, int], Decimal]]:
    """What lies in each store of each item, and how much of it is in date; goods are good on their last day."""
    today = timezone.localdate(now)
    fresh = Q(lot__expires_on__isnull=True) | Q(lot__expires_on__gte=today)
    rows = (
        Balance.objects.filter(store__in=stores)
        .values_list("store_id", "lot__item_id")
        .annotate(held=Sum("quantity"), fresh=Coalesce(Sum("quantity", filter=fresh), ZERO))
        .order_by()
    )
    held, in_date = {}, {}
    for store, item, quantity, good in rows:
        held[store, item], in_date[store, item] = quantity, good
    return held, in_date


Proven = dict[tuple[int, int | None, str, bool], Evidence]


def _proofs(stores: list[Store]) -> Proven:
    """The newest proof by (store, item or None, part, timed only). One statement; both kinds of key are filled."""
    newest: Proven = {}
    rows = (
        Proof.objects.filter(store__in=stores)
        .annotate(was_timed=Case(When(minutes__isnull=False, then=1), default=0))
        .order_by("store_id", "item_id", "part", "was_timed", "-at", "-pk")
        .distinct("store_id", "item_id", "part", "was_timed")
    )
    for proof in rows:
        evidence = Evidence(proof.is_good, proof.at, proof.minutes)
        if proof.minutes is not None:
            newest[proof.store_id, proof.item_id, proof.part, True] = evidence
        key = (proof.store_id, proof.item_id, proof.part, False)
        if key not in newest or newest[key].at < evidence.at:
            newest[key] = evidence
    return newest


def _item(
    store: Store,
    quota: Quota,
    stock: tuple[dict[tuple[int, int], Decimal], dict[tuple[int, int], Decimal]],
    proofs: Proven,
    now: datetime,
) -> ItemReady:
    item, place = quota.item, (store.pk, quota.item_id)
    held, in_date = (part.get(place, ZERO) for part in stock)

    def proof(part: Part, *, own: bool, timed: bool = False) -> Evidence | None:
        return proofs.get((store.pk, item.pk if own else None, part.value, timed))

    timed = [one for own in (True, False) if (one := proof(Part.MOVABLE, own=own, timed=True))]
    facts = Facts(
        required=quota.quantity,
        held=held,
        in_date=in_date,
        has_keeper=store.keeper_id is not None,
        has_vehicle=bool(store.vehicle),
        counted=proof(Part.SUFFICIENT, own=False),
        own_moved=proof(Part.MOVABLE, own=True),
        common_moved=proof(Part.MOVABLE, own=False),
        timed=max(timed, key=lambda one: one.at, default=None),
        own_used=proof(Part.USABLE, own=True),
        common_used=proof(Part.USABLE, own=False),
        load_minutes=item.load_minutes,
        needs_run=item.category == ItemCategory.EQUIPMENT,
    )
    return ItemReady(
        store, item.pk, item.name, item.unit, item.category, quota.quantity, held, in_date, parts_of(facts, now=now)
    )


def _worst(parts: Iterable[Found]) -> Found:
    return min(parts, key=lambda part: (RANK[part.standing], part.at.timestamp() if part.at else 0.0))


def _short(stores: list[StoreReady]) -> list[Shortage]:
    return [
        Shortage(item.store, item.item, item.item_name, item.unit, item.required, item.held)
        for store in stores
        for item in store.items
        if item.missing
    ]


def _short_of_district(quotas: dict[int, Quota], held: dict[tuple[int, int], Decimal]) -> list[Shortage]:
    sums: dict[int, Decimal] = {}
    for (_store, item), quantity in held.items():
        sums[item] = sums.get(item, ZERO) + quantity
    return [
        Shortage(None, item, quota.item.name, quota.item.unit, quota.quantity, sums.get(item, ZERO))
        for item, quota in sorted(quotas.items(), key=lambda one: one[1].item.code)
        if sums.get(item, ZERO) < quota.quantity
    ]
