"""What the command has not finished, for the next shift and the desk."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from command.queries.calls import open_call_outs
from command.queries.closure import closure_items
from command.queries.danger import danger_items
from command.queries.help import help_items
from command.queries.orders import order_lines, orders
from command.queries.responses import responses
from command.queries.underground import underground_items
from command.rules import roman
from core.rules import OpenItem
from territory.rules import Scope

MOST = 200


def open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Responses in force, orders not done, call-outs not answered, and what the other sources know; oldest first."""
    return sorted((item for source in SOURCES for item in source(scope, now)), key=lambda item: item.since)


def _responses(scope: Scope, now: datetime) -> list[OpenItem]:
    rows = responses(scope).filter(ended_at__isnull=True)[:MOST]
    return [
        OpenItem(
            f"command.response:{row.pk}",
            gettext("Response in force"),
            gettext("Level %(level)s response") % {"level": roman(row.level)},
            reverse("command:response", args=[row.uuid]),
            row.opened_at,
        )
        for row in rows
    ]


def _orders(scope: Scope, now: datetime) -> list[OpenItem]:
    return [
        OpenItem(
            f"command.order:{line.order.pk}",
            gettext("Order not done"),
            f"{line.number} {line.order.title}（{line.receipts.done}/{line.receipts.total}）",
            reverse("command:order", args=[line.order.uuid]),
            line.order.issued_at,
        )
        for line in order_lines(orders(scope, now=now, state="open")[:MOST])
    ]


def _call_outs(scope: Scope, now: datetime) -> list[OpenItem]:
    return [
        OpenItem(
            f"command.call_out:{view.call_out.pk}",
            gettext("Call-out not answered by all"),
            f"{view.call_out.text}（{view.answered}/{view.total}）",
            reverse("command:call_out", args=[view.call_out.uuid]),
            view.call_out.ordered_at,
        )
        for view in open_call_outs(scope, now=now, limit=MOST)
    ]


# One function for each kind of thing: (scope, now) -> open items.
SOURCES: list[Callable[[Scope, datetime], list[OpenItem]]] = [
    _responses,
    _orders,
    _call_outs,
    danger_items,
    help_items,
    closure_items,
    underground_items,
]
