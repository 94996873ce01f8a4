"""What has been proven of the example stores: two are ready, one is being looked at, one is forgotten."""

from datetime import datetime, timedelta

from accounts.models import User
from supplies import actions
from supplies.enums import ItemCategory, Part, StocktakeState
from supplies.models import Balance, Proof, Stocktake, StocktakeLine, Store

COUNTED_BEFORE = timedelta(days=20)
# Store: whether it was counted, its loading timed (minutes), its machines run.
CHECKED = {
    "WD-CK01": (True, 14, True),
    "WD-CK02": (True, 12, True),
    "WD-CK03": (True, 15, False),
}


def prove(*, keeper: User, officer: User, leader: User, now: datetime) -> int:
    """Booked stock-takes and checks of the last weeks; a store that has any is left alone. Returns how many checks."""
    at = now - COUNTED_BEFORE
    made = 0
    for store in Store.objects.filter(code__in=CHECKED, proofs=None).order_by("code"):
        counted, minutes, was_run = CHECKED[store.code]
        if counted:
            _booked(store, keeper, officer, leader, at)
        made += len(
            actions.record_proof(
                store=store, part=Part.MOVABLE, is_good=True, minutes=minutes, by=leader, now=at, note="示例"
            )
        )
        machines = [quota.item for quota in store.quotas.select_related("item").order_by("item__code")]
        run = [item for item in machines if item.category == ItemCategory.EQUIPMENT]
        made += len(actions.record_proof(store=store, part=Part.USABLE, is_good=True, by=leader, now=at, note="示例"))
        if was_run and run:
            made += len(actions.record_proof(store=store, part=Part.USABLE, items=run, is_good=True, by=leader, now=at))
    return made


def _booked(store: Store, counter: User, recounter: User, leader: User, at: datetime) -> None:
    """A stock-take without a difference, written as it ended: nobody is told today of a duty done weeks ago."""
    taken = Stocktake.objects.create(
        store=store,
        area_code=store.area_code,
        state=StocktakeState.BOOKED,
        ordered_by=leader,
        counter=counter,
        recounter=recounter,
        approved_by=leader,
        opened_at=at - timedelta(days=1),
        due_at=at + timedelta(days=2),
        counted_at=at,
        recounted_at=at,
        closed_at=at,
    )
    StocktakeLine.objects.bulk_create(
        StocktakeLine(
            stocktake=taken,
            lot_id=row.lot_id,
            expected=row.quantity,
            counted=row.quantity,
            counted_at=at,
            recounted=row.quantity,
            recounted_at=at,
            difference=0,
        )
        for row in Balance.objects.filter(store=store, quantity__gt=0).order_by("lot_id")
    )
    Proof.objects.create(
        store=store,
        area_code=store.area_code,
        part=Part.SUFFICIENT,
        is_good=True,
        at=at,
        recorded_at=at,
        by=leader,
        by_name=leader.name,
        stocktake=taken,
    )
