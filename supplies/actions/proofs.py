"""What was checked in a store, as somebody found it."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from core.audit import act
from core.rules import Refused
from supplies.enums import Part, StocktakeObjection
from supplies.models import Proof, Store, SupplyItem

LONGEST_LOADING = 600  # minutes


def record_proof(
    *,
    store: Store,
    part: str,
    is_good: bool,
    by: User,
    now: datetime,
    items: Sequence[SupplyItem] = (),
    minutes: int | None = None,
    note: str = "",
    at: datetime | None = None,
) -> list[Proof]:
    """Records that a part of readiness was checked: of these items, or with none of the store as a whole.

    `minutes`: how long loading took, for the movable part. Sufficiency is proven by a booked stock-take alone.
    """
    if part not in (Part.MOVABLE, Part.USABLE):
        raise _refusal(StocktakeObjection.STORE_PART, "part")
    if minutes is not None and not (part == Part.MOVABLE and 1 <= minutes <= LONGEST_LOADING):
        raise _refusal(StocktakeObjection.STRANGE_MINUTES, "minutes")
    if at is not None and at > now:
        raise _refusal(StocktakeObjection.PROOF_IN_FUTURE, "at")
    if not by.scope_for("supplies.keep").covers(store.area_code) and not by.scope_for("supplies.approve").covers(
        store.area_code
    ):
        raise _refusal(StocktakeObjection.OUTSIDE, "store")
    checked: list[SupplyItem | None] = [*items] or [None]
    with act("supplies.proof.record", by=by.actor):
        return Proof.objects.bulk_create(
            Proof(
                store=store,
                area_code=store.area_code,
                item=item,
                part=part,
                is_good=is_good,
                minutes=minutes,
                at=at or now,
                recorded_at=now,
                by=by,
                by_name=by.name,
                note=note.strip()[:200],
            )
            for item in checked
        )


def _refusal(objection: StocktakeObjection, field: str) -> Refused:
    return Refused(objection.value, objection.label, field=field)
