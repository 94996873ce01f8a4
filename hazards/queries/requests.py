"""What residents ask for, who has it in hand, and what waits to be asked back about."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries import area_names
from assignments.enums import State
from core.rules import OpenItem
from hazards.enums import RequestState
from hazards.models import CitizenRequest, RequestCategory
from hazards.rules import REQUEST_TONES, Category, request_is_late, request_state
from territory.models import PlacedQuerySet, within
from territory.rules import Scope, masked_name, masked_phone

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "request_categories.json"


@cache
def _shipped() -> tuple[Category, ...]:
    return tuple(Category(name, days) for name, days in json.loads(SHIPPED.read_text(encoding="utf-8")))


def request_categories() -> tuple[Category, ...]:
    """The categories as the district has set them, else the shipped ones. One statement."""
    rows = tuple(Category(row.name, row.days) for row in RequestCategory.objects.order_by("order", "pk"))
    return rows or _shipped()


def requests(scope: Scope, *, state: str = "all", now: datetime) -> PlacedQuerySet[CitizenRequest]:
    """Real requests of these areas, the newest first. `state`: open, late, answered (to be asked back), closed, all."""
    rows = CitizenRequest.objects.in_scope(scope).filter(exercise__isnull=True)
    shown = {
        "open": Q(closed_at__isnull=True),
        "late": is_late_request(now),
        "answered": Q(closed_at__isnull=True, answered_at__isnull=False),
        "closed": Q(closed_at__isnull=False),
    }
    rows = rows.filter(shown.get(state, Q()))
    return rows.select_related("assignment", "recorded_by", "answered_by", "closed_by", "household").order_by(
        "-received_at", "-pk"
    )


def is_late_request(now: datetime) -> Q:
    """No result by its date; the same as rules.request_is_late."""
    return Q(answered_at__isnull=True, closed_at__isnull=True, due_at__lt=now)


def requests_by_grid(scope: Scope, *, now: datetime) -> dict[str, tuple[int, int]]:
    """Open and late requests of each grid. One statement."""
    rows = (
        CitizenRequest.objects.in_scope(scope)
        .filter(exercise__isnull=True, closed_at__isnull=True)
        .order_by()
        .values("area_code")
        .annotate(open=Count("pk"), late=Count("pk", filter=is_late_request(now)))
    )
    return {row["area_code"]: (row["open"], row["late"]) for row in rows}


def request_for(user: User, uuid: UUID, *, capability: str = "requests.view") -> PlacedQuerySet[CitizenRequest]:
    """At most one: where the person holds `capability`, and what he took in or is to settle."""
    own = Q(assignment__assignee=user) | Q(recorded_by=user)
    rows = CitizenRequest.objects.filter(within(user.scope_for(capability)) | own, uuid=uuid)
    return rows.select_related(
        "assignment__assignee", "recorded_by", "answered_by", "closed_by", "household", "check_made"
    )


def request_open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Late requests that nobody has in hand: those that are, are handed over as late duties. One statement."""
    nobody = Q(assignment__isnull=True) | Q(assignment__state__in=(State.CANCELLED, State.RETURNED))
    rows = requests(scope, state="late", now=now).filter(nobody).order_by("due_at", "pk")[:30]
    return [
        OpenItem(
            key=f"hazards.request:{row.pk}",
            label=gettext("Late request in nobody's hands"),
            title=row.what[:120],
            url=reverse("hazards:request", args=[row.uuid]),
            since=row.received_at,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class RequestLine:
    """A request as lists show it: nobody's whole name or number."""

    request: CitizenRequest
    place: str
    who: str
    phone: str
    state: RequestState
    tone: str
    late: bool


def request_lines(rows: Iterable[CitizenRequest], *, now: datetime) -> list[RequestLine]:
    """Requests with the words and colours of a list. One statement for the names of the areas."""
    found = list(rows)
    names = area_names({row.area_code for row in found})
    return [_line(row, names.get(row.area_code, row.area_code), now) for row in found]


def _line(row: CitizenRequest, place: str, now: datetime) -> RequestLine:
    duty = row.assignment
    answered, closed = row.answered_at is not None, row.closed_at is not None
    in_hand = duty is not None and duty.state not in (State.CANCELLED, State.RETURNED)
    state = request_state(closed=closed, answered=answered, in_hand=in_hand)
    late = request_is_late(row.due_at, answered=answered, closed=closed, now=now)
    return RequestLine(
        row,
        place,
        masked_name(row.who),
        masked_phone(row.phone) if row.phone else "",
        state,
        "danger" if late else REQUEST_TONES[state],
        late,
    )


def revealed_request(user: User, pk: str) -> tuple[str, list[str]] | None:
    """Who asked and his number, for the logged look behind the mask; None outside the person's areas."""
    rows = CitizenRequest.objects.in_scope(user.scope_for("households.reveal"))
    found: Any = rows.filter(pk=pk).values_list("who", "phone").first()
    return (found[0], [found[1]] if found[1] else []) if found else None
