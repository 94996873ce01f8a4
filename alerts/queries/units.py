"""Key units: the register, whom a notice is for, and who of them has answered it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from alerts.models import KeyUnit, Notice, NoticeAim, UnitCall
from assignments.enums import State
from assignments.models import Assignment
from territory import queries as territory
from territory.enums import ContactKind
from territory.models import Area, PlacedQuerySet
from territory.rules import Scope, scope_of


@dataclass(frozen=True)
class UnitSum:
    """Key units that were called, and those whose receiver answered."""

    total: int = 0
    answered: int = 0

    def __add__(self, other: "UnitSum") -> "UnitSum":
        return UnitSum(self.total + other.total, self.answered + other.answered)

    @property
    def silent(self) -> int:
        """Those who have not answered."""
        return self.total - self.answered


ANSWERED = Q(assignment__acknowledged_at__isnull=False)


def unit_sums(notice: Notice, scope: Scope) -> dict[str, UnitSum]:
    """How many key units a notice called and how many answered, by area. One statement."""
    found = (
        UnitCall.objects.in_scope(scope)
        .filter(notice=notice)
        .order_by()
        .values_list("area_code")
        .annotate(total=Count("pk"), answered=Count("pk", filter=ANSWERED))
    )
    return {code: UnitSum(total, answered) for code, total, answered in found}


@dataclass(frozen=True)
class UnitLine:
    """A key unit under a notice as it is printed."""

    call: UnitCall
    area: str
    answered_at: datetime | None
    withdrawn: bool
    phone: str  # at which its receiver is asked


def phone_of(duty: Assignment) -> str:
    """Where whoever owes a duty is called; empty: nowhere."""
    if duty.assignee:
        return duty.assignee.phone or ""
    return duty.contact_point.address if duty.contact_point else ""


def unit_calls(notice: Notice, scope: Scope, *, silent: bool = False) -> list[UnitLine]:
    """The key units of a notice, silent ones first. Two statements."""
    rows = (
        UnitCall.objects.in_scope(scope)
        .filter(notice=notice)
        .select_related("unit", "assignment__assignee", "assignment__contact_point")
    )
    if silent:
        rows = rows.exclude(ANSWERED)
    found = list(rows.order_by("assignment__acknowledged_at", "area_code", "unit__name"))
    names = territory.area_names({row.area_code for row in found})
    lines = [
        UnitLine(
            row,
            names.get(row.area_code, row.area_code),
            row.assignment.acknowledged_at,
            row.assignment.state == State.CANCELLED,
            phone_of(row.assignment),
        )
        for row in found
    ]
    return sorted(lines, key=lambda line: line.answered_at is not None)


def key_units(scope: Scope) -> PlacedQuerySet[KeyUnit]:
    """The register, by area and name."""
    rows = KeyUnit.objects.in_scope(scope).filter(retired_at=None).select_related("contact_point")
    return rows.order_by("area_code", "kind", "name")


def units_of(notice: Notice) -> PlacedQuerySet[KeyUnit]:
    """The key units that a notice is for: those in its areas, and where it is for a shape on the map those whose own
    area touches it, or has a border that nobody knows. Of a correction the one that its chain began with names the
    shape. Two statements besides the answer.
    """
    units = KeyUnit.objects.in_scope(scope_of(*notice.areas.values_list("area_code", flat=True)))
    units = units.filter(retired_at=None)
    aim = NoticeAim.objects.filter(notice__in=(notice.pk, notice.root_id or 0), shape__isnull=False).first()
    if aim is None:
        return units
    apart = Area.objects.filter(border__isnull=False).exclude(border__intersects=aim.shape)
    return units.exclude(area_code__in=apart.values("code"))


def unit_points(notices: Iterable[int]) -> QuerySet[UnitCall, tuple[int | None, str]]:
    """(contact point, area) of the mobiles at which receivers were asked under these notices."""
    calls = UnitCall.objects.filter(notice__in=list(notices), assignment__contact_point__kind=ContactKind.MOBILE)
    return calls.values_list("assignment__contact_point_id", "area_code")
