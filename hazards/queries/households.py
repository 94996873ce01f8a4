"""Which households were checked, which were not, and what was said. A fixed number of statements each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
)

from accounts.models import User
from accounts.queries import area_names
from hazards.enums import CheckOutcome, ItemResult, RollField
from hazards.models import HouseholdAnswer, HouseholdCheck, RollProposal
from hazards.rules import Progress
from territory.enums import MustReach
from territory.models import Household, HouseholdContact, PlacedQuerySet, within
from territory.rules import Scope, masked_name, masked_phone

SHOWN = 20


@dataclass(frozen=True)
class HouseholdFilter:
    """What the list is narrowed to. `show`: left, must (must-reach ones left), tried, failed, checked or all."""

    show: str = "left"
    area_code: str = ""
    text: str = ""

    def query(self, **changes: str) -> dict[str, str]:
        """The filter as it stands in an address, with some parts changed."""
        own = {"show": self.show, "area_code": self.area_code, "text": self.text}
        return {name: value for name, value in (own | changes).items() if value}


def roll_says(household: Household) -> tuple[str, str]:
    """The first telephone (E.164, empty without one) and the reason that the roll has now. One statement."""
    found = (
        Household.objects.filter(pk=household.pk)
        .annotate(phone=_first_phone())
        .values_list("phone", "must_reach")
        .get()
    )
    return found[0] or "", found[1]


def _first_phone() -> Subquery:
    first = HouseholdContact.objects.filter(household=OuterRef("pk")).order_by("rank")
    return Subquery(first.values("contact_point__address")[:1], output_field=CharField())


def households_to_check(
    scope: Scope, filters: HouseholdFilter | None = None, *, since: datetime
) -> PlacedQuerySet[Any]:
    """Households of the roll with their newest whole check (`checked_at`, `failed`) and last try since that day.

    Those that must be reached first, then by door.
    """
    given = filters or HouseholdFilter()
    visits = HouseholdCheck.objects.filter(household=OuterRef("pk"), occurred_at__gte=since)
    # Conditions by EXISTS, so that only the rows shown ask for their newest check.
    was_checked = Exists(visits.filter(outcome=CheckOutcome.CHECKED))
    whole = visits.filter(outcome=CheckOutcome.CHECKED).order_by("-occurred_at", "-pk")
    rows: PlacedQuerySet[Any] = (
        Household.objects.in_scope(scope)
        .filter(retired_at=None)
        .annotate(
            checked_at=Subquery(whole.values("occurred_at")[:1]),
            failed=Subquery(whole.values("failed_items")[:1]),
            tried_at=Subquery(visits.order_by("-occurred_at", "-pk").values("occurred_at")[:1]),
            must=Case(When(must_reach="", then=Value(False)), default=Value(True), output_field=BooleanField()),
        )
    )
    if given.area_code:
        rows = rows.filter(area_code__startswith=given.area_code)
    if given.text:
        rows = rows.filter(
            Q(code__startswith=given.text) | Q(address__icontains=given.text) | Q(building__icontains=given.text)
        )
    shown = {
        "left": ~was_checked,
        "must": ~was_checked & ~Q(must_reach=""),
        "tried": ~was_checked & Exists(visits),
        "failed": Exists(visits.filter(failed_items__gt=0)) & Q(failed__gt=0),
        "checked": Q(was_checked),
    }
    rows = rows.filter(shown.get(given.show, Q()))
    return rows.order_by("-must", "area_code", "building", "unit", "floor", "room", "pk")


def progress_by_grid(scope: Scope, *, since: datetime) -> dict[str, Progress]:
    """Households and whole checks of each grid since that day. Two statements."""
    must = ~Q(must_reach="")
    homes = (
        Household.objects.in_scope(scope)
        .filter(retired_at=None)
        .order_by()
        .values("area_code")
        .annotate(count=Count("pk"), must=Count("pk", filter=must))
    )
    whole = HouseholdCheck.objects.filter(
        within(scope, "household__area_code"),
        household__retired_at=None,
        outcome=CheckOutcome.CHECKED,
        occurred_at__gte=since,
    )
    must_there, failed = ~Q(household__must_reach=""), Q(failed_items__gt=0)
    checked = {
        row["grid"]: row
        for row in whole.order_by()
        .annotate(grid=F("household__area_code"))
        .values("grid")
        .annotate(
            count=Count("household", distinct=True),
            must=Count("household", filter=must_there, distinct=True),
            failed=Count("household", filter=failed, distinct=True),
        )
    }
    nothing = {"count": 0, "must": 0, "failed": 0}
    return {
        row["area_code"]: Progress(row["count"], done["count"], row["must"], done["must"], done["failed"])
        for row in homes
        for done in [checked.get(row["area_code"], nothing)]
    }


@dataclass(frozen=True)
class HouseholdLine:
    """A household as lists show it: nobody's whole name or number."""

    household: Any
    place: str
    head: str
    reason: str


def household_lines(rows: Iterable[Any]) -> list[HouseholdLine]:
    """Households as lists show them. One statement for the names of the areas."""
    found = list(rows)
    names = area_names({row.area_code for row in found})
    return [
        HouseholdLine(
            row,
            names.get(row.area_code, row.area_code),
            masked_name(row.head_name),
            str(MustReach(row.must_reach).label) if row.must_reach else "",
        )
        for row in found
    ]


def household_for(
    user: User, pk: int, *, capability: str = "households.view", at: datetime | None = None
) -> PlacedQuerySet[Household]:
    """At most one: a household where the person holds `capability`, or held it at `at`."""
    mine = within(user.scope_for(capability))
    if at is not None:
        mine |= within(user.scope_at(capability, at))
    return Household.objects.filter(mine, pk=pk)


def masked_phones(household: Household) -> list[str]:
    """The telephones in the order in which they are tried, their middle hidden. One statement."""
    rows = household.contacts.select_related("contact_point").order_by("rank")
    return [masked_phone(row.contact_point.address) for row in rows]


def checks(scope: Scope) -> PlacedQuerySet[HouseholdCheck]:
    """Checks in these areas with answers and people; three statements whatever the number."""
    return _whole(HouseholdCheck.objects.in_scope(scope))


def checks_of(household: Household, *, limit: int = SHOWN) -> list[HouseholdCheck]:
    """The checks of a household, the newest first; `failures` on each lists the answers that did not pass."""
    found = list(_whole(household.checks.all()).order_by("-occurred_at", "-pk")[:limit])
    for check in found:
        check.failures = [  # type: ignore[attr-defined]
            answer for answer in check.answers.all() if answer.result == ItemResult.FAIL
        ]
    return found


def _whole(rows: PlacedQuerySet[HouseholdCheck]) -> PlacedQuerySet[HouseholdCheck]:
    answers = HouseholdAnswer.objects.select_related("item").order_by("item__order")
    return rows.select_related("household", "checked_by", "checklist", "photo").prefetch_related(
        Prefetch("answers", answers)
    )


def check_in_scope(user: User, uuid: UUID) -> PlacedQuerySet[HouseholdCheck]:
    """At most one: the check of that number, where the person sees households, or his own."""
    own = within(user.scope_for("households.view")) | Q(checked_by=user)
    return _whole(HouseholdCheck.objects.filter(own, client_uuid=uuid))


@dataclass(frozen=True)
class ProposalLine:
    """A proposal as people read it, telephones masked. `is_own`: the reader proposed it himself."""

    proposal: RollProposal
    field: str
    value: str
    was: str
    place: str
    is_own: bool


def proposals(scope: Scope, *, household: Household | None = None) -> PlacedQuerySet[RollProposal]:
    """Proposals that nobody has decided, the oldest first; of one household where it is named."""
    rows = RollProposal.objects.in_scope(scope).filter(decided_at__isnull=True)
    if household is not None:
        rows = rows.filter(household=household)
    return rows.select_related("household", "proposed_by", "check_made").order_by("proposed_at", "pk")


def proposal_lines(rows: Iterable[RollProposal], *, reader: User) -> list[ProposalLine]:
    """Proposals as lists show them. One statement for the names of the areas."""
    found = list(rows)
    names = area_names({row.area_code for row in found})
    return [
        ProposalLine(
            row,
            str(RollField(row.field).label),
            _said(row.field, row.value),
            _said(row.field, row.was),
            names.get(row.area_code, row.area_code),
            row.proposed_by_id == reader.pk,
        )
        for row in found
    ]


def _said(field: str, value: str) -> str:
    if field == RollField.PHONE:
        return masked_phone(value) if value else ""
    return str(MustReach(value).label)


def last_failures(scope: Scope, area_code: str, *, since: datetime) -> dict[int, list[str]]:
    """What failed at the newest whole check of each household since that day, by household. Two statements."""
    newest = (
        HouseholdCheck.objects.in_scope(scope)
        .filter(outcome=CheckOutcome.CHECKED, occurred_at__gte=since, area_code__startswith=area_code)
        .order_by("household", "-occurred_at", "-pk")
        .distinct("household")
    )
    answers = HouseholdAnswer.objects.filter(check_made__in=newest.values("pk"), result=ItemResult.FAIL).select_related(
        "item", "check_made"
    )
    found: dict[int, list[str]] = {}
    for answer in answers.order_by("check_made", "item__order"):
        words = f"{answer.item.text}（{answer.note}）" if answer.note else answer.item.text
        found.setdefault(answer.check_made.household_id, []).append(words)
    return found
