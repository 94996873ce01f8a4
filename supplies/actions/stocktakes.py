"""Stock-takes: ordered, counted blind, recounted by another, approved by a third, booked as adjustments."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from core.audit import act
from core.rules import Refused
from supplies.actions.ledger import post
from supplies.enums import MovementKind, Part, StocktakeObjection, StocktakeState
from supplies.models import Balance, Proof, Stocktake, StocktakeLine, Store
from supplies.queries.stocktakes import tallies
from supplies.rules import Entry
from supplies.rules.stocktake import (
    OPEN_STATES,
    STOCKTAKE,
    check_approver,
    check_booking,
    check_count,
    check_people,
)


def open_stocktake(
    *, store: Store, counter: User, recounter: User, by: User, now: datetime, due_at: datetime | None = None
) -> Stocktake:
    """Orders a stock-take of everything the ledger shows in a store; the counter gets the duty at once.

    The lots are frozen as they lie now; goods that come in later are counted when they come in.
    """
    check_people(counter=counter.pk, recounter=recounter.pk)
    if not by.scope_for("supplies.approve").covers(store.area_code):
        raise _refusal(StocktakeObjection.OUTSIDE, field="store")
    with act("supplies.stocktake.open", by=by.actor):
        Store.objects.select_for_update().get(pk=store.pk)
        if Stocktake.objects.filter(store=store, state__in=OPEN_STATES).exists():
            raise _refusal(StocktakeObjection.RUNNING, field="store")
        lots = list(Balance.objects.filter(store=store, quantity__gt=0).order_by("lot_id"))
        if not lots:
            raise _refusal(StocktakeObjection.NOTHING_THERE, field="store")
        made = Stocktake.objects.create(
            store=store,
            area_code=store.area_code,
            ordered_by=by,
            counter=counter,
            recounter=recounter,
            opened_at=now,
            due_at=due_at or now + timedelta(minutes=STOCKTAKE.due_minutes),
        )
        StocktakeLine.objects.bulk_create(
            StocktakeLine(stocktake=made, lot_id=row.lot_id, expected=row.quantity) for row in lots
        )
        made.count_duty = _duty(made, counter, "count", by=by, now=now)
        made.save(update_fields=["count_duty", "updated_at"])
    return made


def count_line(*, line: StocktakeLine, quantity: Decimal, by: User, now: datetime) -> StocktakeLine:
    """Notes what one lot was found to be, at this moment; counted again before the end, the newer figure stands."""
    check_count(quantity)
    with act("supplies.stocktake.count", by=by.actor):
        taken = _locked(line.stocktake_id)
        row = StocktakeLine.objects.get(pk=line.pk, stocktake=taken)
        if _is_first(taken, by):
            row.counted, row.counted_at = quantity, now
            row.save(update_fields=["counted", "counted_at"])
        else:
            row.recounted, row.recounted_at = quantity, now
            row.save(update_fields=["recounted", "recounted_at"])
            if taken.state == StocktakeState.COUNTED:
                taken.state = StocktakeState.RECOUNTING
                taken.save(update_fields=["state", "updated_at"])
    return row


def finish_count(*, stocktake: Stocktake, by: User, now: datetime) -> Stocktake:
    """数完: every lot has its figure. After the first count the recounter gets the duty, after the second the approver.

    Refused while a lot has no figure. The counter's duty is reported by it.
    """
    with act("supplies.stocktake.finish", by=by.actor):
        row = _locked(stocktake.pk)
        first = _is_first(row, by)
        if row.lines.filter(**{"counted" if first else "recounted": None}).exists():
            raise _refusal(StocktakeObjection.NOT_COUNTED)
        if first:
            row.state, row.counted_at = StocktakeState.COUNTED, now
            _report(row.count_duty, by, now)
            row.recount_duty = _duty(row, row.recounter, "recount", by=None, now=now)
        else:
            row.state, row.recounted_at = StocktakeState.REVIEWED, now
            _report(row.recount_duty, by, now)
        row.save(update_fields=["state", "counted_at", "recounted_at", "recount_duty", "updated_at"])
    return row


def recount_again(*, stocktake: Stocktake, by: User, now: datetime) -> Stocktake:
    """退回重盘: the lots whose two counts disagree go back to the recounter; where none does, all of them."""
    with act("supplies.stocktake.recount", by=by.actor):
        row = _to_approve(stocktake, by)
        found = tallies(row)
        lines = [line for line, tally in found.items() if tally.is_disputed] or list(found)
        for line in StocktakeLine.objects.filter(pk__in=lines).order_by("pk"):
            line.recounted = line.recounted_at = None
            line.save(update_fields=["recounted", "recounted_at"])
        row.state, row.recounted_at = StocktakeState.RECOUNTING, None
        row.recount_duty = _duty(row, row.recounter, f"recount:{now.isoformat()}", by=by, now=now)
        row.save(update_fields=["state", "recounted_at", "recount_duty", "updated_at"])
    return row


def book_stocktake(*, stocktake: Stocktake, seen: str, reason: str, by: User, now: datetime) -> Stocktake:
    """入账: a third person approves; each difference becomes one adjustment, and the store is proven sufficient.

    `seen` is the fingerprint of the differences that were shown: what has changed since is looked at again first.
    """
    with act("supplies.stocktake.book", by=by.actor):
        row = _to_approve(stocktake, by)
        # The balances are held before the differences are worked out: nothing moves between the two.
        lots = list(row.lines.order_by("lot_id").values_list("lot_id", flat=True))
        list(Balance.objects.select_for_update().filter(store=row.store_id, lot__in=lots).order_by("store", "lot"))
        found = tallies(row)
        check_booking(found.values(), seen=seen, reason=reason)
        for line in row.lines.order_by("lot_id"):
            line.difference = found[line.pk].difference or Decimal(0)
            if line.difference:
                entry = _adjustment(row, line)
                (line.movement,) = post([entry], by=by, now=now, reason=reason, stocktake_ref=f"stocktake:{row.pk}")
            line.save(update_fields=["difference", "movement"])
        row.state, row.closed_at = StocktakeState.BOOKED, now
        row.approved_by, row.reason = by, reason.strip()[:200]
        row.save(update_fields=["state", "closed_at", "approved_by", "reason", "updated_at"])
        _prove(row, by, now)
    return row


def cancel_stocktake(*, stocktake: Stocktake, reason: str, by: User, now: datetime) -> Stocktake:
    """Calls it off with a reason; duties that are open are withdrawn, the counts stay on record."""
    if not reason.strip():
        raise _refusal(StocktakeObjection.REASON_WANTED, field="reason")
    with act("supplies.stocktake.cancel", by=by.actor):
        row = _locked(stocktake.pk)
        if not by.scope_for("supplies.approve").covers(row.area_code):
            raise _refusal(StocktakeObjection.OUTSIDE)
        if row.state not in OPEN_STATES:
            raise _refusal(StocktakeObjection.NOT_NOW)
        row.state, row.closed_at, row.reason = StocktakeState.CANCELLED, now, reason.strip()[:200]
        row.save(update_fields=["state", "closed_at", "reason", "updated_at"])
        given = [duty for duty in (row.count_duty, row.recount_duty) if duty is not None and duty.state in OPEN]
        duties.cancel_many(assignments=given, by=by, now=now, note=row.reason)
    return row


def _locked(pk: int) -> Stocktake:
    return (
        Stocktake.objects.select_for_update(of=("self",))
        .select_related("store", "counter", "recounter", "count_duty", "recount_duty")
        .get(pk=pk)
    )


def _is_first(row: Stocktake, by: User) -> bool:
    """Whether this person is making the first count; refuses whoever is not asked to count now."""
    if by.pk not in (row.counter_id, row.recounter_id):
        raise _refusal(StocktakeObjection.NOT_YOURS)
    if row.state == StocktakeState.COUNTING and by.pk == row.counter_id:
        return True
    if row.state in (StocktakeState.COUNTED, StocktakeState.RECOUNTING) and by.pk == row.recounter_id:
        return False
    raise _refusal(StocktakeObjection.NOT_NOW)


def _to_approve(stocktake: Stocktake, by: User) -> Stocktake:
    row = _locked(stocktake.pk)
    if not by.scope_for("supplies.approve").covers(row.area_code):
        raise _refusal(StocktakeObjection.OUTSIDE)
    check_approver(by.pk, counter=row.counter_id, recounter=row.recounter_id)
    if row.state != StocktakeState.REVIEWED:
        raise _refusal(StocktakeObjection.NOT_NOW)
    return row


def _adjustment(row: Stocktake, line: StocktakeLine) -> Entry:
    difference = line.difference or Decimal(0)
    if difference > 0:
        return Entry(MovementKind.ADJUST, line.lot_id, difference, to_store=row.store_id)
    return Entry(MovementKind.ADJUST, line.lot_id, -difference, from_store=row.store_id)


def _prove(row: Stocktake, by: User, now: datetime) -> None:
    """The ledger of this store is right as of the recount: the proof that readiness asks for."""
    Proof.objects.create(
        store=row.store,
        area_code=row.area_code,
        part=Part.SUFFICIENT,
        is_good=True,
        at=row.recounted_at or now,
        recorded_at=now,
        by=by,
        by_name=by.name,
        stocktake=row,
    )


def _duty(row: Stocktake, person: User, what: str, *, by: User | None, now: datetime) -> Assignment:
    # Stored words are the district's, whatever language the person who presses the button reads.
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Count %(store)s") if what == "count" else _("Recount %(store)s")
        body = _("Count each lot where it lies and enter what you find. The books' figures are not shown.")
    return duties.assign(
        kind=STOCKTAKE,
        title=title % {"store": row.store.name},
        body=body,
        area_code=row.area_code,
        assignee=person,
        issued_by=by,
        now=now,
        due_at=row.due_at if row.due_at > now else None,
        key=f"supplies.stocktake:{row.pk}:{what}",
    )


def _report(duty: Assignment | None, by: User, now: datetime) -> None:
    if duty is not None and duty.state in OPEN:
        duties.fulfil(assignment=duty, by=by, now=now)


def _refusal(objection: StocktakeObjection, field: str = "") -> Refused:
    return Refused(objection.value, objection.label, field=field)
