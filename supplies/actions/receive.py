"""Goods come into a store: 入库, and back from where they were used."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core.audit import act
from core.rules import Refused
from supplies.actions.ledger import own_store, post
from supplies.enums import MovementKind, Objection
from supplies.models import Issue, Lot, Movement, Store, SupplyItem, Transfer
from supplies.queries import still_out
from supplies.rules import Entry, printed


def receive(
    *,
    store: Store,
    item: SupplyItem,
    quantity: Decimal,
    by: User,
    now: datetime,
    lot_number: str = "",
    made_on: date | None = None,
    expires_on: date | None = None,
    document: str = "",
    reason: str = "",
    occurred_at: datetime | None = None,
    exercise: UUID | None = None,
    client_uuid: UUID | None = None,
) -> Movement:
    """入库: one item comes in, by default as the day's lot. The same `client_uuid` is the same row of the ledger."""
    own_store(store, "supplies.keep", by)
    with act("supplies.stock.receive", by=by.actor):
        known = Movement.objects.filter(uuid=client_uuid).first() if client_uuid else None
        if known is not None:
            return known
        lot = lot_of(item=item, number=lot_number, made_on=made_on, expires_on=expires_on, now=occurred_at or now)
        entry = Entry(MovementKind.RECEIVE, lot.pk, quantity, to_store=store.pk)
        (row,) = post(
            [entry],
            by=by,
            now=now,
            occurred_at=occurred_at,
            document=document,
            reason=reason,
            exercise=exercise,
            uuid=client_uuid,
        )
    return row


def lot_of(*, item: SupplyItem, number: str, made_on: date | None, expires_on: date | None, now: datetime) -> Lot:
    """The lot of this number, made when it is new; without a number, that of the day and the date of expiry."""
    day = timezone.localtime(now).strftime("%Y%m%d")
    name = number.strip()[:40] or (f"{day}-{expires_on:%Y%m%d}" if expires_on else day)
    lot, made = Lot.objects.get_or_create(
        item=item, number=name, defaults={"made_on": made_on, "expires_on": expires_on}
    )
    told_otherwise = (expires_on and lot.expires_on != expires_on) or (made_on and lot.made_on != made_on)
    if not made and told_otherwise:
        raise Refused(
            Objection.OTHER_LOT.value, Objection.OTHER_LOT.label, field="lot_number", params={"lot": lot.number}
        )
    return lot


def take_back(
    *,
    store: Store,
    lot: Lot,
    quantity: Decimal,
    by: User,
    now: datetime,
    issue: Issue | None = None,
    transfer: Transfer | None = None,
    occurred_at: datetime | None = None,
    note: str = "",
) -> Movement:
    """归还: what was handed out, or lies at the place it was sent to, comes back; never more than is still out."""
    own_store(store, "supplies.keep", by)
    with act("supplies.stock.take_back", by=by.actor):
        if issue is not None:
            Issue.objects.select_for_update(no_key=True).get(pk=issue.pk)
        if transfer is not None:
            Transfer.objects.select_for_update(no_key=True).get(pk=transfer.pk)
        out = still_out(issue=issue, transfer=transfer).get(lot.pk, Decimal(0))
        if quantity > out:
            raise Refused(
                Objection.MORE_THAN_OUT.value,
                Objection.MORE_THAN_OUT.label,
                field="quantity",
                params={"item": lot.item.name, "out": printed(out)},
            )
        exercise = issue.exercise if issue else transfer.exercise if transfer else None
        (row,) = post(
            [Entry(MovementKind.RETURN, lot.pk, quantity, to_store=store.pk)],
            by=by,
            now=now,
            occurred_at=occurred_at,
            reason=note,
            issue=issue,
            transfer=transfer,
            exercise=exercise,
        )
    return row
