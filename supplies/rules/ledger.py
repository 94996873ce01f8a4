"""What a movement does to the balances, what may leave a store, and which lots leave first.

Quantities are `Decimal` in the item's unit with at most three decimals, never floats. A place of the books is the pair
(store id, lot id).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from assignments.rules import Kind, reminding
from core.rules import Refused
from supplies.enums import (
    ISSUE_PAPERS_LABEL,
    TAKE_DELIVERY_LABEL,
    IssueState,
    MovementKind,
    Objection,
    StoreMode,
    TransferState,
)

PAPERS_WITHIN = timedelta(hours=12)
# Papers follow by day: half of the time is left before the first reminder.
ISSUE_PAPERS = Kind(
    name="issue_papers",
    label=ISSUE_PAPERS_LABEL,
    acknowledge_minutes=0,
    due_minutes=12 * 60,
    policy=reminding(120, 2),
    needs_verification=False,
    page="supplies:issue",
    urgent=False,
)
# Example times: a lorry crosses the district in an hour.
TAKE_DELIVERY = Kind(
    name="take_delivery",
    label=TAKE_DELIVERY_LABEL,
    acknowledge_minutes=10,
    due_minutes=60,
    policy=reminding(15, 2),
    needs_verification=False,
    page="supplies:delivery",
)

MODE_MARKS = {
    StoreMode.OWN: "house",
    StoreMode.ENTRUSTED: "square",
    StoreMode.PLEDGED: "diamond",
    StoreMode.CONTRACT: "hexagon",
}
ISSUE_TONES = {
    IssueState.REQUESTED: "waiting",
    IssueState.APPROVED: "working",
    IssueState.ISSUED: "ok",
    IssueState.REFUSED: "off",
}
TRANSFER_TONES = {
    TransferState.LOADING: "waiting",
    TransferState.ON_THE_WAY: "working",
    TransferState.RECEIVED: "ok",
    TransferState.RECEIVED_SHORT: "danger",
    TransferState.SETTLED: "ok",
    TransferState.CANCELLED: "off",
}

Place = tuple[int, int]
NOTHING = Decimal(0)
THOUSANDTH = Decimal("0.001")
MOST = Decimal("99999999999.999")


@dataclass(frozen=True)
class Entry:
    """One row for the ledger before it is written. Which of the two stores are named follows from `kind`."""

    kind: MovementKind
    lot: int
    quantity: Decimal
    from_store: int | None = None
    to_store: int | None = None


@dataclass(frozen=True)
class LotAtHand:
    """A lot as it lies in a store."""

    lot: int
    quantity: Decimal
    expires_on: date | None = None


def quantity_of(value: object, *, field: str = "") -> Decimal:
    """A quantity as people write it: above 0, at most three decimals. Raises Refused naming `field`."""
    try:
        number = Decimal(str(value).strip())
        good = number.is_finite() and NOTHING < number <= MOST and number == number.quantize(THOUSANDTH)
    except InvalidOperation:
        good = False
    if not good:
        raise Refused(
            Objection.BAD_QUANTITY.value, Objection.BAD_QUANTITY.label, field=field, params={"value": str(value)[:20]}
        )
    return number


def printed(quantity: Decimal) -> str:
    """A quantity without empty decimals: 3, not 3.000."""
    whole = quantity.to_integral_value()
    return f"{whole:f}" if whole == quantity else f"{quantity.normalize():f}"


def effects(entries: Iterable[Entry]) -> dict[Place, Decimal]:
    """What these rows add to (or, below 0, take from) each place of the books."""
    sums: dict[Place, Decimal] = {}
    for entry in entries:
        for store, sign in ((entry.from_store, -1), (entry.to_store, 1)):
            if store is not None:
                place = (store, entry.lot)
                sums[place] = sums.get(place, NOTHING) + sign * entry.quantity
    return sums


def shortages(entries: Sequence[Entry], present: Mapping[Place, Decimal]) -> dict[Place, Decimal]:
    """The places that these rows, written one after the other, would take below 0, with what is there now.

    Order counts: what comes in later does not pay for what leaves earlier, as in the database.
    """
    left = dict(present)
    short: dict[Place, Decimal] = {}
    for entry in entries:
        for place, change in effects([entry]).items():
            left[place] = left.get(place, NOTHING) + change
            if left[place] < 0:
                short[place] = present.get(place, NOTHING)
    return short


def reversal(entry: Entry) -> Entry:
    """The row that undoes another."""
    return Entry(MovementKind.REVERSE, entry.lot, entry.quantity, entry.to_store, entry.from_store)


def picked(at_hand: Iterable[LotAtHand], wanted: Decimal, *, today: date) -> dict[int, Decimal] | None:
    """Which lots of one item leave: first to expire first, undated ones next, expired ones only when nothing else is
    left. None when there is not enough."""

    def order(one: LotAtHand) -> tuple[int, date, int]:
        if one.expires_on is None:
            return 1, date.max, one.lot
        return (2 if one.expires_on < today else 0), one.expires_on, one.lot

    found: dict[int, Decimal] = {}
    rest = wanted
    for one in sorted(at_hand, key=order):
        taken = min(rest, one.quantity)
        if taken > 0:
            found[one.lot] = taken
            rest -= taken
    return found if rest == 0 else None


@dataclass(frozen=True)
class Counted:
    """One line of a delivery: what was sent, what has been counted, found and lost since."""

    sent: Decimal
    received: Decimal | None = None
    found: Decimal = NOTHING
    lost: Decimal = NOTHING

    @property
    def in_transit(self) -> Decimal:
        """What has left and of which nobody has said yet where it is."""
        return self.sent - (self.received or NOTHING) - self.found - self.lost


def state_after_count(lines: Iterable[Counted]) -> TransferState:
    """Where a delivery stands once it was counted."""
    short = any(line.in_transit > 0 for line in lines)
    return TransferState.RECEIVED_SHORT if short else TransferState.RECEIVED
