"""Orders: who has received, who has done, and how that looks."""

from dataclasses import dataclass

from assignments.rules import Kind, reminding
from command.enums import ORDER_LABEL

# Example times: the deadline stands on each order.
ORDER = Kind(
    name="order",
    label=ORDER_LABEL,
    acknowledge_minutes=10,
    due_minutes=60,
    policy=reminding(5, 1),
    needs_verification=False,
)


@dataclass(frozen=True)
class Receipts:
    """How many of an order's receivers have it, have done it, and are late. `total` leaves out withdrawn ones."""

    total: int = 0
    acknowledged: int = 0
    done: int = 0
    late: int = 0

    @property
    def silent(self) -> int:
        """Those who have not said that they have it."""
        return self.total - self.acknowledged


def receipts_tone(receipts: Receipts) -> str:
    """Late above all; green only when everybody is done."""
    if receipts.late:
        return "danger"
    if receipts.silent:
        return "waiting"
    return "ok" if receipts.done == receipts.total else "working"
