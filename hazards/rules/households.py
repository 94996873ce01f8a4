"""What a household check must hold, how far the checks have come, what it may propose. Plain Python."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from core.rules import Refused
from hazards.enums import CheckOutcome, HouseholdObjection, RollField
from hazards.rules.visits import Asked, Visit, body_sha256, check_visit
from territory.enums import MustReach
from territory.rules import normalised_phone


@dataclass(frozen=True)
class Change:
    """What a check found wrong in the roll: the field, what is right (E.164 or a reason), what the roll says now."""

    field: RollField
    value: str
    was: str


def check_door(visit: Visit, outcome: str, items: list[Asked]) -> None:
    """Refuses a check that leaves a question open. Where nobody answered there are no answers to look at."""
    if outcome == CheckOutcome.CHECKED:
        check_visit(visit, items)
    else:
        check_visit(Visit(visit.client_uuid, (), visit.photos, position=visit.position), [])


def door_sha256(visit: Visit, *, household: str, outcome: str, checklist: int, by: int, phone: str, reason: str) -> str:
    """The hash that tells a repeated check from another one under the same number."""
    body = body_sha256(visit, site=household, checklist=checklist, by=by)
    return hashlib.sha256(f"{body}\n{outcome}\n{phone}\n{reason}".encode()).hexdigest()


def changes(*, phone: str, reason: str | None, has_phone: str, has_reason: str) -> list[Change]:
    """What a check proposes, each field once. Empty `phone` and `reason` None propose nothing.

    Raises Refused for what is no telephone number or no reason; what the roll says already is no change.
    """
    found = []
    if phone.strip():
        number = normalised_phone(phone)
        if number is None:
            raise Refused(HouseholdObjection.BAD_PHONE.value, HouseholdObjection.BAD_PHONE.label, field="phone")
        if number != has_phone:
            found.append(Change(RollField.PHONE, number, has_phone))
    if reason is not None:
        if reason not in MustReach.values:
            raise Refused(HouseholdObjection.BAD_REASON.value, HouseholdObjection.BAD_REASON.label, field="must_reach")
        if reason != has_reason:
            found.append(Change(RollField.MUST_REACH, reason, has_reason))
    return found


@dataclass(frozen=True)
class Progress:
    """Checks of some households since a day; must-reach ones apart. Tried: somebody was there, nobody answered."""

    households: int = 0
    checked: int = 0
    must: int = 0
    must_checked: int = 0
    with_failures: int = 0

    @property
    def left(self) -> int:
        """Households not checked yet."""
        return self.households - self.checked

    @property
    def must_left(self) -> int:
        """Must-reach households not checked yet."""
        return self.must - self.must_checked

    def __add__(self, other: "Progress") -> "Progress":
        return Progress(
            self.households + other.households,
            self.checked + other.checked,
            self.must + other.must,
            self.must_checked + other.must_checked,
            self.with_failures + other.with_failures,
        )


def since_day(asked: str, season_starts: date | None, *, today: date) -> date:
    """From which day checks count: the day asked for, else the first day of the flood season, else of the year."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return season_starts or date(today.year, 1, 1)
    return min(max(day, date(2000, 1, 1)), today)


def day_starts(day: date, zone: tzinfo) -> datetime:
    """The first moment of a local day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)
