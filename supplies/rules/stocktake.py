"""Blind counting while stock moves: what the ledger expected at the moment of each count, and what differs.

Quantities are Decimal in the item's unit, times aware.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assignments.rules import Kind, reminding
from core.rules import Refused
from supplies.enums import STOCKTAKE_LABEL, StocktakeObjection, StocktakeState

# Example times: a store of a dozen lots is counted in an hour; three days leave room for a keeper with other work.
STOCKTAKE = Kind(
    name="stocktake",
    label=STOCKTAKE_LABEL,
    acknowledge_minutes=24 * 60,
    due_minutes=3 * 24 * 60,
    policy=reminding(24 * 60, 2),
    needs_verification=False,
    page="supplies:stocktake_count",
    urgent=False,
)
STATE_TONES = {
    StocktakeState.COUNTING: "working",
    StocktakeState.COUNTED: "waiting",
    StocktakeState.RECOUNTING: "working",
    StocktakeState.REVIEWED: "waiting",
    StocktakeState.BOOKED: "ok",
    StocktakeState.CANCELLED: "off",
}
OPEN_STATES = (
    StocktakeState.COUNTING,
    StocktakeState.COUNTED,
    StocktakeState.RECOUNTING,
    StocktakeState.REVIEWED,
)


@dataclass(frozen=True)
class Change:
    """What one movement did to one lot in one store: positive came in, negative went out."""

    occurred_at: datetime
    quantity: Decimal


def expected_at(changes: Iterable[Change], moment: datetime) -> Decimal:
    """What lay there by the ledger at a moment: everything that had happened by then, whenever it was recorded.

    A movement typed after the count but made before it belongs to what was counted; that is why it goes by
    `occurred_at`, and why the figure is worked out anew each time it is asked for.
    """
    return sum((change.quantity for change in changes if change.occurred_at <= moment), Decimal(0))


@dataclass(frozen=True)
class Tally:
    """One lot of a stock-take: both counts, each with what the ledger expected at its own moment.

    None where nobody has counted yet.
    """

    lot: int
    counted: Decimal | None = None
    expected_then: Decimal | None = None
    recounted: Decimal | None = None
    expected_later: Decimal | None = None

    @property
    def first(self) -> Decimal | None:
        """What the first count found too much (positive) or too little."""
        return None if self.counted is None or self.expected_then is None else self.counted - self.expected_then

    @property
    def second(self) -> Decimal | None:
        """The same of the recount."""
        return None if self.recounted is None or self.expected_later is None else self.recounted - self.expected_later

    @property
    def difference(self) -> Decimal | None:
        """What would be booked: the recount's finding."""
        return self.second

    @property
    def is_disputed(self) -> bool:
        """The two counts do not find the same difference: one of them is wrong."""
        return self.first is not None and self.second is not None and self.first != self.second


def fingerprint(tallies: Iterable[Tally]) -> str:
    """Names what an approver has seen: another difference on any lot gives another name."""
    said = ";".join(f"{tally.lot}:{_plain(tally.difference)}" for tally in sorted(tallies, key=lambda each: each.lot))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _plain(quantity: Decimal | None) -> str:
    return "" if quantity is None else f"{quantity.normalize():f}"


def check_people(*, counter: int, recounter: int) -> None:
    """Refuses one person for both counts."""
    if counter == recounter:
        raise Refused(StocktakeObjection.SAME_COUNTER.value, StocktakeObjection.SAME_COUNTER.label, field="recounter")


def check_approver(approver: int, *, counter: int, recounter: int) -> None:
    """Refuses the approval of somebody who has counted."""
    if approver in (counter, recounter):
        raise Refused(StocktakeObjection.OWN_COUNT.value, StocktakeObjection.OWN_COUNT.label)


def check_booking(tallies: Iterable[Tally], *, seen: str, reason: str) -> None:
    """Refuses booking before both counts are whole, of figures that are no longer those shown, or without a reason."""
    found = list(tallies)
    if any(tally.difference is None for tally in found):
        raise Refused(StocktakeObjection.NOT_COUNTED.value, StocktakeObjection.NOT_COUNTED.label)
    if fingerprint(found) != seen:
        raise Refused(StocktakeObjection.FIGURES_CHANGED.value, StocktakeObjection.FIGURES_CHANGED.label)
    if any(tally.difference for tally in found) and not reason.strip():
        raise Refused(StocktakeObjection.REASON_WANTED.value, StocktakeObjection.REASON_WANTED.label, field="reason")


def check_count(quantity: Decimal) -> None:
    """Refuses what nobody can count: less than nothing, more than the ledger can hold, finer than a thousandth."""
    if not quantity.is_finite() or quantity < 0 or quantity >= Decimal(10) ** 11:
        raise Refused(StocktakeObjection.STRANGE_COUNT.value, StocktakeObjection.STRANGE_COUNT.label, field="quantity")
    if quantity != quantity.quantize(Decimal("0.001")):
        raise Refused(StocktakeObjection.STRANGE_COUNT.value, StocktakeObjection.STRANGE_COUNT.label, field="quantity")
