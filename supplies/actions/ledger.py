"""Writes the ledger: locks the balances it touches in the order of their keys, reads them again, then decides."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from accounts.models import User
from core.rules import SYSTEM, Refused
from supplies.enums import MovementKind, Objection
from supplies.models import Balance, Issue, Lot, Movement, Store, Transfer
from supplies.rules import Entry, LotAtHand, Place, effects, picked, printed, shortages


def post(
    entries: Sequence[Entry],
    *,
    by: User | None,
    now: datetime,
    by_name: str = "",
    occurred_at: datetime | None = None,
    document: str = "",
    reason: str = "",
    area_code: str = "",
    transfer: Transfer | None = None,
    issue: Issue | None = None,
    reverses: Movement | None = None,
    stocktake_ref: str = "",
    exercise: UUID | None = None,
    uuid: UUID | None = None,
) -> list[Movement]:
    """Writes these rows, all or none; call it inside `core.audit.act`. The database moves the balances along.

    Raises Refused (conflict_not_enough) where a store would fall below 0. Rows of an exercise are held against the
    real balance less what the exercise itself has moved, and move no balance. `uuid` names a single row; `area_code`
    places rows that touch no store.
    """
    happened = occurred_at or now
    if happened > now:
        raise Refused(Objection.IN_FUTURE.value, Objection.IN_FUTURE.label, field="occurred_at")
    places = set(effects(entries))
    codes = dict(Store.objects.filter(pk__in={store for store, _lot in places}).values_list("pk", "area_code"))
    short = shortages(entries, held(places, exercise=exercise))
    if short:
        _refuse(entries, short)
    rows = [
        Movement(
            kind=entry.kind,
            lot_id=entry.lot,
            from_store_id=entry.from_store,
            to_store_id=entry.to_store,
            quantity=entry.quantity,
            area_code=codes.get(entry.from_store or entry.to_store or 0, area_code),
            occurred_at=happened,
            recorded_at=now,
            by=by,
            by_name=(by_name or (by.name if by else SYSTEM.name))[:60],
            document=document.strip()[:60],
            reason=reason.strip()[:200],
            transfer=transfer,
            issue=issue,
            reverses=reverses,
            stocktake_ref=stocktake_ref,
            exercise=exercise,
        )
        for entry in entries
    ]
    if uuid is not None and len(rows) == 1:
        rows[0].uuid = uuid
    return Movement.objects.bulk_create(rows)


def held(places: Iterable[Place], *, exercise: UUID | None = None) -> dict[Place, Decimal]:
    """What lies at these places of the books, locked until the transaction ends; an exercise sees its own moves too.

    A place that nothing was ever booked to gets its row first, so that two who are the first lock the same row; an
    exercise makes none. (All locks of this app leave the keys free: rows that point at a locked store are inserted
    meanwhile, and two transfers crosswise would wait for each other for ever.)
    """
    wanted = sorted(set(places))
    if exercise is None:
        Balance.objects.bulk_create(
            [Balance(store_id=store, lot_id=lot) for store, lot in wanted], ignore_conflicts=True
        )
    rows = (
        Balance.objects.select_for_update(no_key=True)
        .filter(store__in={store for store, _lot in wanted}, lot__in={lot for _store, lot in wanted})
        .order_by("store_id", "lot_id")
    )
    present = {(row.store_id, row.lot_id): row.quantity for row in rows}
    if exercise is not None:
        for place, moved in _moved_in(exercise, {lot for _store, lot in wanted}).items():
            present[place] = present.get(place, Decimal(0)) + moved
    return {place: present.get(place, Decimal(0)) for place in wanted}


def choose(
    store: Store, wanted: dict[int, Decimal], *, now: datetime, exercise: UUID | None = None
) -> dict[int, Decimal]:
    """The lots that leave `store` for these quantities by item id: {lot id: quantity}. Locks them.

    Raises Refused (conflict_not_enough) naming the item and the field `quantity_<item id>`.
    """
    lots = {lot.pk: lot for lot in Lot.objects.filter(item__in=wanted, balances__store=store).select_related("item")}
    present = held([(store.pk, lot) for lot in lots], exercise=exercise)
    found: dict[int, Decimal] = {}
    for item, quantity in sorted(wanted.items()):
        at_hand = [
            LotAtHand(pk, max(Decimal(0), present[store.pk, pk]), lot.expires_on)
            for pk, lot in lots.items()
            if lot.item_id == item
        ]
        taken = picked(at_hand, quantity, today=now.date())
        if taken is None:
            name = next((lot.item.name for lot in lots.values() if lot.item_id == item), "—")
            raise not_enough(name, quantity, sum((one.quantity for one in at_hand), Decimal(0)), f"quantity_{item}")
        found |= taken
    return found


def not_enough(item: str, wanted: Decimal, present: Decimal, field: str = "") -> Refused:
    """The refusal that says how much there is."""
    return Refused(
        Objection.NOT_ENOUGH.value,
        Objection.NOT_ENOUGH.label,
        field=field,
        params={"item": item, "wanted": printed(wanted), "present": printed(present)},
    )


def out_of(kind: MovementKind, store: Store, lots: dict[int, Decimal]) -> list[Entry]:
    """Rows that take these lots out of a store."""
    return [Entry(kind, lot, quantity, from_store=store.pk) for lot, quantity in sorted(lots.items())]


def _moved_in(exercise: UUID, lots: set[int]) -> dict[Place, Decimal]:
    sums: dict[Place, Decimal] = {}
    for column, sign in (("from_store", -1), ("to_store", 1)):
        rows = (
            Movement.objects.filter(exercise=exercise, lot__in=lots, **{f"{column}__isnull": False})
            .order_by()
            .values_list(f"{column}_id", "lot_id")
            .annotate(sum=Sum("quantity"))
        )
        for store, lot, moved in rows:
            sums[store, lot] = sums.get((store, lot), Decimal(0)) + sign * moved
    return sums


def _refuse(entries: Sequence[Entry], short: dict[Place, Decimal]) -> None:
    (store, lot), present = next(iter(short.items()))
    wanted = sum((one.quantity for one in entries if (one.from_store, one.lot) == (store, lot)), Decimal(0))
    item = Lot.objects.select_related("item").get(pk=lot).item
    raise not_enough(item.name, wanted, present, f"quantity_{item.pk}")


def own_store(store: Store, capability: str, by: User) -> None:
    """Refuses a store outside the areas in which `by` may use the capability."""
    if not by.scope_for(capability).covers(store.area_code):
        raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label, field="store")
    if store.retired_at is not None:
        raise Refused(Objection.STORE_RETIRED.value, Objection.STORE_RETIRED.label, field="store")


def wanted_of(quantities: dict[int, Decimal]) -> dict[int, Decimal]:
    """The quantities above 0; refuses when there is none."""
    wanted = {key: quantity for key, quantity in quantities.items() if quantity > 0}
    if not wanted:
        raise Refused(Objection.NOTHING.value, Objection.NOTHING.label)
    return wanted
