"""Plans in force, in words; and a roster of the test's own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import pytest

from accounts.enums import Role
from accounts.models import User
from command import actions
from command.enums import Receives
from command.models import ContingencyPlan
from core.rules import Refused
from tests.casts import DISTRICT, NIGHT, Cast

ON_DUTY: list[User] = []


def who_is_on_duty(area_code: str, at: datetime, role: str = "") -> list[User]:
    """Stands in for the roster: whoever the test has put on duty."""
    return [person for person in ON_DUTY if not role or any(held.role == role for held in person.roles_at(at))]


@contextmanager
def refused(part_of_code: str) -> Iterator[None]:
    """What stands inside is refused, with a code that holds these words."""
    with pytest.raises(Refused) as refusal:
        yield
    assert part_of_code in refusal.value.code


def tasks(cast: Cast) -> list[actions.TaskGiven]:
    """Two tasks at level IV, one at III for each sub-district, one at II for an agency, one at I for a grid worker."""
    return [
        actions.TaskGiven(4, "值班加密", role=Role.DUTY_OFFICER, due_minutes=30),
        actions.TaskGiven(4, "清点抢险物资", role=Role.STOREKEEPER, due_minutes=60),
        actions.TaskGiven(3, "巡查涵洞", role=Role.SUBDISTRICT_OFFICER, each_subdistrict=True, due_minutes=30),
        actions.TaskGiven(2, "集结抢险队", receives=Receives.PERSON, person=cast.agency_liaison, due_minutes=20),
    ]


def plan_in_force(
    cast: Cast, given: Sequence[actions.TaskGiven] | None = None, *, version: str = "2026"
) -> ContingencyPlan:
    """The district's published plan."""
    made = actions.make_plan(
        area_code=DISTRICT,
        version=version,
        title="卫东区防汛应急预案",
        by=cast.duty_officer,
        now=NIGHT,
        tasks=tasks(cast) if given is None else given,
    )
    return actions.publish_plan(plan=made, by=cast.duty_officer, now=NIGHT)
