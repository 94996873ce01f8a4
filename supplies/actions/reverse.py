"""The ledger is mended by rows of its own: a reversal, or a loss that somebody signs for."""

from datetime import datetime
from decimal import Decimal

from accounts.models import User
from core.audit import act
from core.rules import Refused
from supplies.actions.ledger import own_store, post
from supplies.enums import MovementKind, Objection
from supplies.models import Lot, Movement, Store
from supplies.rules import Entry, reversal


def reverse(*, movement: Movement, reason: str, by: User, now: datetime) -> Movement:
    """冲销: a row that undoes another, by another person than the one who entered it, with the reason.

    Refused for rows of a transfer, for reversals, for handed-out goods of which some are back, and where it would take
    a store below 0.
    """
    if not reason.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="reason")
    with act("supplies.stock.reverse", by=by.actor):
        row = Movement.objects.select_related("from_store", "to_store", "issue").get(pk=movement.pk)
        store = row.from_store or row.to_store
        if store is not None:
            own_store(store, "supplies.approve", by)
            # The platform may not lock a row of the ledger (that takes the right to change it): the store is the queue.
            Store.objects.select_for_update(no_key=True).get(pk=store.pk)
        if row.by_id == by.pk:
            raise Refused(Objection.OWN_MOVEMENT.value, Objection.OWN_MOVEMENT.label)
        if Movement.objects.filter(reverses=row).exists():
            raise Refused(Objection.REVERSED.value, Objection.REVERSED.label)
        if row.transfer_id or row.kind == MovementKind.REVERSE or _partly_back(row):
            raise Refused(Objection.NOT_REVERSIBLE.value, Objection.NOT_REVERSIBLE.label)
        entry = Entry(MovementKind(row.kind), row.lot_id, row.quantity, row.from_store_id, row.to_store_id)
        (mended,) = post(
            [reversal(entry)],
            by=by,
            now=now,
            reason=reason,
            issue=row.issue,
            reverses=row,
            exercise=row.exercise,
        )
    return mended


def _partly_back(row: Movement) -> bool:
    back = Movement.objects.filter(issue=row.issue_id, lot=row.lot_id, kind=MovementKind.RETURN)
    return bool(row.issue_id) and row.kind == MovementKind.ISSUE and back.filter(reversed_by=None).exists()


def write_off(
    *, store: Store, lot: Lot, quantity: Decimal, reason: str, by: User, now: datetime, document: str = ""
) -> Movement:
    """报废: a lot, or a part of it, is lost or spoilt; signed by somebody who may approve."""
    if not reason.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="reason")
    own_store(store, "supplies.approve", by)
    with act("supplies.stock.write_off", by=by.actor):
        entry = Entry(MovementKind.LOSS, lot.pk, quantity, from_store=store.pk)
        (row,) = post([entry], by=by, now=now, reason=reason, document=document)
    return row
