"""Orders: which are unanswered, and where each receiver stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from assignments.enums import OPEN, State
from assignments.models import Assignment
from assignments.queries import Line, group_text, is_late, lines, options_for
from command import rules
from command.models import Order, OrderReceiver
from territory.models import PlacedQuerySet, within
from territory.rules import Scope

_MINE = "receivers__assignment__"


def _through(condition: Q, prefix: str) -> Q:
    """The same condition on a duty, asked of the row that points at it."""
    moved = Q(_connector=condition.connector, _negated=condition.negated)
    for child in condition.children:
        named: Any = child
        moved.children.append(_through(child, prefix) if isinstance(child, Q) else (f"{prefix}{named[0]}", named[1]))
    return moved


def orders(
    scope: Scope, *, now: datetime, state: str = "", ref: str = "", exercise: UUID | None = None
) -> PlacedQuerySet[Order]:
    """Orders given in these areas or to somebody there, the newest first, each with its receipts counted.

    `state` is "open", "late", "done" or "withdrawn"; `ref` narrows to what they belong to. One statement.
    """
    received = OrderReceiver.objects.filter(within(scope, "assignment__area_code"))
    rows: Any = Order.objects.filter(Q(pk__in=received.values("order")) | within(scope), exercise=exercise)
    if ref:
        rows = rows.filter(ref=ref)
    standing = ~Q(**{f"{_MINE}state": State.CANCELLED})
    late = standing & _through(is_late(now), _MINE)
    rows = rows.annotate(
        receivers_count=Count("receivers", filter=standing),
        acknowledged=Count("receivers", filter=standing & Q(**{f"{_MINE}acknowledged_at__isnull": False})),
        done=Count("receivers", filter=standing & Q(**{f"{_MINE}state": State.VERIFIED})),
        late=Count("receivers", filter=late),
    ).select_related("issuer")
    if state == "withdrawn":
        rows = rows.filter(withdrawn_at__isnull=False)
    elif state:
        rows = rows.filter(withdrawn_at__isnull=True)
        open_ones = OrderReceiver.objects.filter(assignment__state__in=OPEN)
        late_ones = OrderReceiver.objects.filter(_through(is_late(now), "assignment__"))
        if state == "open":
            rows = rows.filter(pk__in=open_ones.values("order"))
        elif state == "late":
            rows = rows.filter(pk__in=late_ones.values("order"))
        elif state == "done":
            rows = rows.exclude(pk__in=open_ones.values("order"))
    found: PlacedQuerySet[Order] = rows.order_by("-pk")
    return found


@dataclass(frozen=True)
class OrderLine:
    """An order as a list shows it."""

    order: Order
    receipts: rules.Receipts
    tone: str

    @property
    def number(self) -> str:
        """〔2026〕7号, as people quote it."""
        return f"〔{self.order.year}〕{self.order.number}号"


def order_lines(rows: Iterable[Order]) -> list[OrderLine]:
    """Orders of `orders` with their receipts. No statement."""
    return [_line(row) for row in rows]


def _line(row: Order) -> OrderLine:
    receipts = rules.Receipts(row.receivers_count, row.acknowledged, row.done, row.late)
    return OrderLine(row, receipts, "off" if row.withdrawn_at else rules.receipts_tone(receipts))


def order(scope: Scope, uuid: UUID, *, now: datetime) -> OrderLine | None:
    """One order that concerns these areas, of an exercise too. Two statements."""
    found = Order.objects.filter(uuid=uuid).values_list("exercise", flat=True)
    for exercise in found:
        row = orders(scope, now=now, exercise=exercise).filter(uuid=uuid).first()
        return _line(row) if row else None
    return None


def receivers_of(order: Order, *, now: datetime) -> list[Line]:
    """Where each receiver stands: late first, then silent, then open, then done. Two statements."""
    duties = Assignment.objects.filter(order_receiver__order=order).select_related("assignee", "contact_point")
    found = lines(duties.order_by("order_receiver__pk"), now=now)
    return sorted(found, key=_urgency)


def order_text(receivers: Iterable[Line]) -> str:
    """One text for the chat group of an order: who has not answered and how to answer. No statement."""
    duties = [line.duty for line in receivers]
    return group_text(duties, options_for(duties))


def _urgency(line: Line) -> tuple[int, int]:
    if line.minutes_late:
        return (0, -line.minutes_late)
    if line.duty.state in OPEN:
        return (1 if line.duty.acknowledged_at is None else 2, 0)
    return (3, 0)
