"""Who asks for help, who goes, and since when. One list, and one figure on every screen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Min, Q, QuerySet, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from openpyxl import Workbook

from accounts.models import User
from accounts.queries import area_names
from assignments.enums import State
from command.enums.dangers import HelpSource, HelpState
from command.models import HelpRequest
from command.rules.danger import HELP_TONES, HELPER_MINUTES, help_state, minutes_waiting
from core.rules import OpenItem
from territory.models import PlacedQuerySet, within
from territory.rules import Scope, without_formula

MOST_ROWS = 20_000
_NO_HELPER = Q(assignment__isnull=True) | Q(assignment__state__in=(State.CANCELLED, State.RETURNED))
_ALONE = Q(_NO_HELPER, spoken_at__isnull=True)


@dataclass(frozen=True)
class HelpLine:
    """One call for help as lists show it."""

    request: HelpRequest
    area: str
    state: HelpState
    minutes: int

    @property
    def helper(self) -> str:
        """Who goes; empty when nobody, or when he sent it back."""
        duty = self.request.assignment
        return duty.assignee_name if duty and duty.state not in (State.CANCELLED, State.RETURNED) else ""

    @property
    def late(self) -> bool:
        """Nobody was named in time."""
        return self.state == HelpState.ALONE and self.minutes >= HELPER_MINUTES

    @property
    def tone(self) -> str:
        """The colour and shape of its state."""
        return HELP_TONES[self.state]


@dataclass(frozen=True)
class HelpFilters:
    """What the list is narrowed to. `state` is "open", "alone" (no helper), "spoken" or "closed"."""

    state: str = "open"
    area_code: str = ""


def help_requests(
    scope: Scope, filters: HelpFilters | None = None, *, exercise: UUID | None = None
) -> PlacedQuerySet[HelpRequest]:
    """Calls for help of these areas, the newest first."""
    given = filters or HelpFilters()
    rows = HelpRequest.objects.in_scope(scope).filter(exercise=exercise).select_related("assignment")
    if given.area_code:
        rows = rows.filter(area_code__startswith=given.area_code)
    if given.state == "closed":
        return rows.filter(closed_at__isnull=False).order_by("-pk")
    if given.state == "all":
        return rows.order_by("-pk")
    rows = rows.filter(closed_at__isnull=True)
    if given.state == "alone":
        rows = rows.filter(_NO_HELPER)
    elif given.state == "spoken":
        rows = rows.filter(spoken_at__isnull=False)
    return rows.order_by("-pk")


def alone_first(rows: PlacedQuerySet[HelpRequest]) -> PlacedQuerySet[HelpRequest]:
    """Open calls: those without a helper on top, whose helper sent it back too; then who has waited longest."""
    return rows.order_by(Case(When(_ALONE, then=0), default=1), "received_at", "pk")


def help_for(user: User, uuid: UUID, capability: str = "command.view") -> QuerySet[HelpRequest]:
    """The one call, for those whose areas hold it and for its helper."""
    rows = HelpRequest.objects.filter(within(user.scope_for(capability)) | Q(assignment__assignee=user), uuid=uuid)
    return rows.select_related(
        "assignment__assignee", "audience__notice", "log_entry", "recorded_by", "spoken_by", "closed_by"
    )


def help_lines(rows: Iterable[HelpRequest], *, now: datetime) -> list[HelpLine]:
    """Calls with their state. One statement for the names of all areas."""
    found = list(rows)
    names = area_names({row.area_code for row in found})
    return [_line(row, names.get(row.area_code, row.area_code), now) for row in found]


def _line(row: HelpRequest, area: str, now: datetime) -> HelpLine:
    duty = row.assignment
    helped = duty is not None and duty.state not in (State.CANCELLED, State.RETURNED)
    state = help_state(closed=row.closed_at is not None, spoken=row.spoken_at is not None, helped=helped)
    return HelpLine(row, area, state, minutes_waiting(row.received_at, now=row.closed_at or now))


@dataclass(frozen=True)
class HelpCounts:
    """Open calls, those without a helper, those nobody has spoken with, and since when the oldest waits."""

    open: int = 0
    without_helper: int = 0
    unspoken: int = 0
    oldest: datetime | None = None


def help_counts(scope: Scope, now: datetime) -> HelpCounts:
    """The figure of every screen. Exercises apart. One statement."""
    del now  # the same figures at any moment; the signature is that of the other counts
    found: dict[str, Any] = (
        HelpRequest.objects.in_scope(scope)
        .filter(closed_at__isnull=True, exercise=None)
        .aggregate(
            open=Count("pk"),
            without_helper=Count("pk", filter=_NO_HELPER),
            unspoken=Count("pk", filter=Q(spoken_at__isnull=True)),
            oldest=Min("received_at"),
        )
    )
    return HelpCounts(**found)


def help_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Open calls for help for the handover and the desk."""
    return [
        OpenItem(
            f"command.help:{line.request.pk}",
            gettext("Open call for help"),
            f"{line.request}（{line.state.label}）",
            reverse("command:help_request", args=[line.request.uuid]),
            line.request.received_at,
        )
        for line in help_lines(help_requests(scope)[:200], now=now)
    ]


def help_sheet(rows: QuerySet[HelpRequest], *, now: datetime) -> bytes:
    """The list as xlsx. Telephone numbers stay on the screen: the sheet goes further than those who may call."""
    book = Workbook(write_only=True)
    page = book.create_sheet(gettext("Calls for help"))
    who = [gettext("No."), gettext("Who asks"), gettext("Place"), gettext("Area"), gettext("What is needed")]
    how = [gettext("How"), gettext("State"), gettext("Asked at"), gettext("Helper"), gettext("Helper named at")]
    page.append([*who, *how, gettext("Spoken with at"), gettext("Help closed at"), gettext("Outcome")])
    for line in help_lines(rows[:MOST_ROWS], now=now):
        row = line.request
        texts = (row.who, row.place, line.area, row.need, str(HelpSource(row.source).label), str(line.state.label))
        outcome = f"{row.get_outcome_display()} {row.outcome_note}".strip()
        times = (row.helper_named_at, row.spoken_at, row.closed_at)
        cells = [row.pk, *map(without_formula, texts), _local(row.received_at), without_formula(line.helper)]
        page.append([*cells, *map(_local, times), without_formula(outcome)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
