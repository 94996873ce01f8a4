"""Situations of the stores, said in words: `a_store()`, `an_item()`, `three_pumps_in(store)`."""

import itertools
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from accounts.models import User
from supplies import actions
from supplies.models import Lot, Movement, Store, SupplyItem
from tests.casts import DISTRICT, NIGHT

_numbers = itertools.count(1)


def a_store(*, keeper: User | None = None, area_code: str = DISTRICT, **fields: object) -> Store:
    """An own store of the district."""
    number = next(_numbers)
    return Store.objects.create(
        **{"code": f"K{number:04d}", "name": f"示例仓库{number}", "area_code": area_code, "keeper": keeper, **fields}
    )


def an_item(name: str = "潜水泵", unit: str = "台", **fields: object) -> SupplyItem:
    """A kind of goods."""
    return SupplyItem.objects.create(**{"code": f"W{next(_numbers):04d}", "name": name, "unit": unit, **fields})


def stocked(
    store: Store,
    item: SupplyItem,
    quantity: int | str,
    *,
    by: User,
    lot_number: str = "",
    expires_on: date | None = None,
    now: datetime = NIGHT,
    exercise: UUID | None = None,
) -> Lot:
    """So much of an item has come into the store; returns its lot."""
    row: Movement = actions.receive(
        store=store,
        item=item,
        quantity=Decimal(quantity),
        lot_number=lot_number,
        expires_on=expires_on,
        by=by,
        now=now,
        exercise=exercise,
    )
    return row.lot
