"""调拨: goods leave a store, are in transit, and arrive at what was counted; the rest is settled by another person."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.models import Assignment
from core.audit import act
from core.rules import Actor, Refused
from supplies.actions.ledger import choose, out_of, own_store, post, wanted_of
from supplies.enums import MovementKind, Objection, TransferState
from supplies.models import Store, Transfer, TransferLine
from supplies.rules import TAKE_DELIVERY, Counted, Entry, printed, state_after_count
from supplies.signals import transfer_changed
from territory.enums import ContactKind
from territory.models import ContactPoint
from territory.rules import is_mobile, normalised_phone


def load(
    *,
    from_store: Store,
    quantities: dict[int, Decimal],
    by: User,
    now: datetime,
    to_store: Store | None = None,
    destination: str = "",
    driver_name: str = "",
    driver_phone: str = "",
    vehicle: str = "",
    receiver_name: str = "",
    order_ref: str = "",
    exercise: UUID | None = None,
    client_uuid: UUID | None = None,
) -> Transfer:
    """Loading begins, for quantities by item id; nothing leaves the books yet. Same `client_uuid`, same transfer."""
    own_store(from_store, "supplies.issue", by)
    wanted = wanted_of(quantities)
    if to_store is None and not destination.strip():
        raise Refused(Objection.NO_DESTINATION.value, Objection.NO_DESTINATION.label, field="destination")
    if to_store is not None and to_store.pk == from_store.pk:
        raise Refused(Objection.SAME_STORE.value, Objection.SAME_STORE.label, field="to_store")
    phone = _phone(driver_phone, "driver_phone")
    with act("supplies.transfer.load", by=by.actor):
        Store.objects.select_for_update(no_key=True).get(pk=from_store.pk)
        known = Transfer.objects.filter(uuid=client_uuid).first() if client_uuid else None
        if known is not None:
            return known
        lots = choose(from_store, wanted, now=now, exercise=exercise)
        transfer = Transfer(
            token=secrets.token_urlsafe(16),
            from_store=from_store,
            area_code=from_store.area_code,
            to_store=to_store,
            destination=destination.strip()[:120],
            order_ref=order_ref.strip()[:60],
            driver_name=driver_name.strip()[:40],
            driver_phone=phone,
            vehicle=vehicle.strip()[:80],
            receiver_name=receiver_name.strip()[:40],
            opened_at=now,
            opened_by=by,
            exercise=exercise,
        )
        if client_uuid:
            transfer.uuid = client_uuid
        transfer.save()
        _write_lines(transfer, lots)
    return transfer


def depart(
    *,
    transfer: Transfer,
    by: User,
    now: datetime,
    loaded_at: datetime | None = None,
    occurred_at: datetime | None = None,
    receiver_phone: str = "",
    photo_sha256: str = "",
) -> Transfer:
    """It leaves: off the books of the store and into transit; the receiver is given the duty with the link.

    The receiver is whoever answers `receiver_phone`, else the keeper of the store it goes to. Without either nobody is
    told, and the page shows the link to be passed on.
    """
    own_store(transfer.from_store, "supplies.issue", by)
    phone = _phone(receiver_phone, "receiver_phone")
    with act("supplies.transfer.depart", by=by.actor):
        row = _locked(transfer)
        if row.state != TransferState.LOADING:
            raise Refused(Objection.NOT_LOADING.value, Objection.NOT_LOADING.label)
        wanted: dict[int, Decimal] = {}
        for line in row.lines.select_related("lot"):
            wanted[line.lot.item_id] = wanted.get(line.lot.item_id, Decimal(0)) + line.sent
        # Chosen anew: the lots seen at loading may be gone.
        lots = choose(row.from_store, wanted, now=now, exercise=row.exercise)
        _write_lines(row, lots)
        row.departed_at = occurred_at or now
        row.loaded_at = min(loaded_at or row.departed_at, row.departed_at)
        row.departed_by, row.state, row.photo_sha256 = by, TransferState.ON_THE_WAY, photo_sha256
        post(
            out_of(MovementKind.TRANSFER_OUT, row.from_store, lots),
            by=by,
            now=now,
            occurred_at=row.departed_at,
            document=row.order_ref,
            reason=_where(row),
            transfer=row,
            exercise=row.exercise,
        )
        row.assignment = _delivery_duty(row, phone, by=by, now=now)
        row.save()
        transfer_changed.send(Transfer, verb="depart", transfer=row, by=by, now=now)
    return row


def send(
    *,
    from_store: Store,
    quantities: dict[int, Decimal],
    by: User,
    now: datetime,
    to_store: Store | None = None,
    destination: str = "",
    driver_name: str = "",
    driver_phone: str = "",
    vehicle: str = "",
    receiver_name: str = "",
    receiver_phone: str = "",
    order_ref: str = "",
    photo_sha256: str = "",
    exercise: UUID | None = None,
    client_uuid: UUID | None = None,
) -> Transfer:
    """Loaded and gone in one press. A second press with the same `client_uuid` returns what the first has sent."""
    with act("supplies.transfer.send", by=by.actor):
        transfer = load(
            from_store=from_store,
            quantities=quantities,
            by=by,
            now=now,
            to_store=to_store,
            destination=destination,
            driver_name=driver_name,
            driver_phone=driver_phone,
            vehicle=vehicle,
            receiver_name=receiver_name,
            order_ref=order_ref,
            exercise=exercise,
            client_uuid=client_uuid,
        )
        if transfer.state != TransferState.LOADING:
            return transfer
        return depart(transfer=transfer, by=by, now=now, receiver_phone=receiver_phone, photo_sha256=photo_sha256)


def call_off(*, transfer: Transfer, by: User, now: datetime) -> Transfer:
    """It does not leave after all; nothing was booked."""
    own_store(transfer.from_store, "supplies.issue", by)
    with act("supplies.transfer.call_off", by=by.actor):
        row = _locked(transfer)
        if row.state != TransferState.LOADING:
            raise Refused(Objection.NOT_LOADING.value, Objection.NOT_LOADING.label)
        row.state, row.settled_at = TransferState.CANCELLED, now
        row.save()
    return row


def arrive(
    *,
    transfer: Transfer,
    counted: Mapping[int, Decimal],
    by: User | None,
    now: datetime,
    by_name: str = "",
    occurred_at: datetime | None = None,
    reasons: Mapping[int, str] | None = None,
    photo_sha256: str = "",
) -> Transfer:
    """收货: what was counted, by line id. That much comes onto the books of the receiving store.

    What is missing stays in transit and open until somebody settles it. `by` None: whoever holds the link, `by_name`
    as he wrote it. A second press finds it counted and is refused.
    """
    name = (by.name if by else by_name.strip() or transfer.receiver_name or str(_("by link")))[:60]
    with act("supplies.transfer.arrive", by=Actor(by.pk if by else None, name)):
        row = _locked(transfer)
        if row.state != TransferState.ON_THE_WAY:
            raise Refused(Objection.NOT_ON_THE_WAY.value, Objection.NOT_ON_THE_WAY.label)
        lines = list(row.lines.select_related("lot__item").order_by("pk"))
        for line in lines:
            _count(line, counted.get(line.pk), (reasons or {}).get(line.pk, ""))
        TransferLine.objects.bulk_update(lines, ["received", "difference_reason"])
        row.arrived_at = max(occurred_at or now, row.departed_at or now)
        row.received_by, row.received_name = by, name
        row.photo_sha256 = photo_sha256 or row.photo_sha256
        row.state = state_after_count(Counted(line.sent, line.received) for line in lines)
        if row.to_store_id:
            _comes_in(row, {line.lot_id: line.received or Decimal(0) for line in lines}, row.to_store_id, by, name, now)
        row.save()
        if row.assignment is not None:
            duties.fulfil(assignment=row.assignment, by=by, now=now, note=name)
        transfer_changed.send(Transfer, verb="arrive", transfer=row, by=by, now=now)
    return row


def settle_difference(
    *,
    transfer: Transfer,
    found: Mapping[int, Decimal],
    reason: str,
    by: User,
    now: datetime,
    found_in: Store | None = None,
) -> Transfer:
    """Says of what was missing, by line id, how much was found; the rest is lost, with the reason.

    What was found comes onto the books of `found_in` (the store it left or the one it went to); None: of the receiving
    store, or of none where it went to a place.
    """
    if not reason.strip():
        raise Refused(Objection.REASON_WANTED.value, Objection.REASON_WANTED.label, field="reason")
    own_store(transfer.from_store, "supplies.approve", by)
    with act("supplies.transfer.settle", by=by.actor):
        row = _locked(transfer)
        if row.state != TransferState.RECEIVED_SHORT:
            raise Refused(Objection.NOTHING_MISSING.value, Objection.NOTHING_MISSING.label)
        if row.received_by_id == by.pk:
            raise Refused(Objection.OWN_COUNT.value, Objection.OWN_COUNT.label)
        lines = [line for line in row.lines.select_related("lot__item").order_by("pk") if _missing(line) > 0]
        lost: list[Entry] = []
        for line in lines:
            missing = _missing(line)
            line.found = min(max(found.get(line.pk, Decimal(0)), Decimal(0)), missing)
            line.lost = missing - line.found
            if line.lost > 0:
                lost.append(Entry(MovementKind.LOSS, line.lot_id, line.lost))
        TransferLine.objects.bulk_update(lines, ["found", "lost"])
        goes = found_in.pk if found_in in (row.from_store, row.to_store) and found_in else row.to_store_id
        if goes:
            _comes_in(row, {line.lot_id: line.found for line in lines}, goes, by, by.name, now, reason=reason)
        if lost:
            post(
                lost,
                by=by,
                now=now,
                reason=reason,
                area_code=row.area_code,
                transfer=row,
                exercise=row.exercise,
            )
        row.state, row.settled_at, row.settled_by = TransferState.SETTLED, now, by
        row.save()
        transfer_changed.send(Transfer, verb="settle", transfer=row, by=by, now=now)
    return row


def _missing(line: TransferLine) -> Decimal:
    return Counted(line.sent, line.received, line.found, line.lost).in_transit


def _count(line: TransferLine, counted: Decimal | None, reason: str) -> None:
    field = f"counted_{line.pk}"
    if counted is None or counted < 0:
        raise Refused(
            Objection.NOT_COUNTED.value,
            Objection.NOT_COUNTED.label,
            field=field,
            params={"item": line.lot.item.name},
        )
    if counted > line.sent:
        raise Refused(
            Objection.MORE_THAN_SENT.value,
            Objection.MORE_THAN_SENT.label,
            field=field,
            params={"item": line.lot.item.name, "sent": printed(line.sent), "counted": printed(counted)},
        )
    line.received, line.difference_reason = counted, reason.strip()[:200]


def _comes_in(
    row: Transfer,
    lots: Mapping[int, Decimal],
    store: int,
    by: User | None,
    name: str,
    now: datetime,
    *,
    reason: str = "",
) -> None:
    entries = [
        Entry(MovementKind.TRANSFER_IN, lot, quantity, to_store=store)
        for lot, quantity in sorted(lots.items())
        if quantity > 0
    ]
    if entries:
        at = min(row.arrived_at or now, now)
        post(
            entries,
            by=by,
            by_name=name,
            now=now,
            occurred_at=at,
            document=row.order_ref,
            reason=reason,
            transfer=row,
            exercise=row.exercise,
        )


def _delivery_duty(row: Transfer, phone: str, *, by: User, now: datetime) -> Assignment | None:
    keeper = row.to_store.keeper if row.to_store else None
    point = None
    if phone:
        kind = ContactKind.MOBILE if is_mobile(phone) else ContactKind.LANDLINE
        point, _made = ContactPoint.objects.get_or_create(kind=kind, address=phone)
    if point is None and keeper is None:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        return duties.assign(
            kind=TAKE_DELIVERY,
            title=_("Take delivery: %(what)s from %(store)s") % {"what": _what(row), "store": row.from_store.name},
            body=_("Driver %(name)s %(phone)s %(vehicle)s")
            % {"name": row.driver_name, "phone": row.driver_phone, "vehicle": row.vehicle},
            area_code=row.to_store.area_code if row.to_store else row.area_code,
            assignee=None if point else keeper,
            contact_point=point,
            assignee_name=row.receiver_name or (keeper.name if keeper and not point else row.destination[:40]),
            issued_by=by,
            now=now,
            key=f"supplies.take_delivery:{row.pk}",
            exercise=row.exercise,
        )


def _what(row: Transfer) -> str:
    lines = list(row.lines.select_related("lot__item").order_by("pk")[:3])
    return "、".join(f"{line.lot.item.name} {printed(line.sent)} {line.lot.item.unit}" for line in lines)


def _where(row: Transfer) -> str:
    return row.to_store.name if row.to_store else row.destination


def _write_lines(transfer: Transfer, lots: dict[int, Decimal]) -> None:
    transfer.lines.all().delete()
    TransferLine.objects.bulk_create(
        TransferLine(transfer=transfer, lot_id=lot, sent=quantity) for lot, quantity in sorted(lots.items())
    )


def _locked(transfer: Transfer) -> Transfer:
    rows = Transfer.objects.select_for_update(of=("self",), no_key=True).select_related(
        "from_store", "to_store__keeper", "assignment"
    )
    return rows.get(pk=transfer.pk)


def _phone(text: str, field: str) -> str:
    if not text.strip():
        return ""
    phone = normalised_phone(text)
    if phone is None:
        raise Refused(Objection.BAD_PHONE.value, Objection.BAD_PHONE.label, field=field)
    return phone
