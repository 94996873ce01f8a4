"""Stores, items and quotas come onto the books and are changed; and the nightly proof that the books are right."""

import logging
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from core import actions as core
from core.audit import act
from core.rules import SYSTEM, Actor, Refused
from supplies.enums import Objection
from supplies.models import Quota, Store, SupplyItem
from supplies.queries import unbalanced
from territory.rules import normalised_phone

logger = logging.getLogger(__name__)


def save_store(*, store: Store | None = None, code: str = "", by: User, now: datetime, **values: Any) -> Store:
    """Registers a store (`store` None, with its `code`) or changes one. `values` are fields of the model."""
    with act("supplies.store.save", by=by.actor):
        row = Store.objects.select_for_update(no_key=True).get(pk=store.pk) if store else Store(code=code.strip())
        if store is None and Store.objects.filter(code=row.code).exists():
            raise Refused(
                Objection.CODE_TAKEN.value, Objection.CODE_TAKEN.label, field="code", params={"code": row.code}
            )
        for name, value in values.items():
            setattr(row, name, value)
        if row.phone:
            phone = normalised_phone(row.phone)
            if phone is None:
                raise Refused(Objection.BAD_PHONE.value, Objection.BAD_PHONE.label, field="phone")
            row.phone = phone
        if row.keeper_id and row.keeper_id == row.deputy_keeper_id:
            raise Refused(Objection.SAME_DEPUTY.value, Objection.SAME_DEPUTY.label, field="deputy_keeper")
        if not by.scope_for("supplies.edit").covers(row.area_code):
            raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label, field="area_code")
        row.save()
    return row


def save_item(*, item: SupplyItem | None = None, code: str = "", by: Actor, now: datetime, **values: Any) -> SupplyItem:
    """Adds a kind of goods to the catalogue, or changes one."""
    with act("supplies.item.save", by=by):
        row = SupplyItem.objects.select_for_update().get(pk=item.pk) if item else SupplyItem(code=code.strip())
        if item is None and SupplyItem.objects.filter(code=row.code).exists():
            raise Refused(
                Objection.CODE_TAKEN.value, Objection.CODE_TAKEN.label, field="code", params={"code": row.code}
            )
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    return row


def set_quota(
    *,
    item: SupplyItem,
    quantity: Decimal | None,
    by: Actor,
    now: datetime,
    store: Store | None = None,
    response_level: int | None = None,
    is_sample: bool = False,
) -> Quota | None:
    """How much there ought to be, in `store` or in the whole district; None or 0 takes the quota away."""
    with act("supplies.quota.set", by=by):
        known = Quota.objects.filter(item=item, store=store, response_level=response_level)
        if not quantity:
            known.delete()
            return None
        row = known.first() or Quota(item=item, store=store, response_level=response_level)
        row.quantity, row.is_sample = quantity, is_sample
        row.save()
    return row


def check_ledger(*, now: datetime) -> int:
    """Every balance is the sum of its movements: returns how many are not.

    The sign of life is given only when all are right, so that a difference raises the same alarm as silence.
    """
    wrong = unbalanced()
    for store, lot, balance, moved in wrong[:20]:
        logger.error("Ledger: store %s lot %s has balance %s, its movements sum to %s", store, lot, balance, moved)
    if not wrong:
        with act("supplies.ledger.check", by=SYSTEM):
            core.tick("supplies.check_ledger", now=now)
    return len(wrong)
