"""A kind of duty of the tests' own, known to the platform like any other."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from assignments import actions
from assignments.models import Assignment
from assignments.rules import Kind, reminding
from tests.casts import GRID, Cast

CLOSING = Kind("closing", "Close a road", 10, 60, reminding(15, 2), True)
ERRAND = Kind("errand", "Errand", 0, 30, reminding(15, 1), False, urgent=False)


def no_page(assignment: Assignment) -> str:
    """The tests' kinds have no page of their own."""
    return ""


@pytest.fixture(autouse=True)
def kinds(settings: Settings) -> None:
    """Both kinds are declared, and neither has a page beside its own."""
    settings.ASSIGNMENT_KINDS = ["tests.assignments.conftest.CLOSING", "tests.assignments.conftest.ERRAND"]
    settings.RESOLVERS = settings.RESOLVERS | {"ASSIGNMENT_PAGE": "tests.assignments.conftest.no_page"}
    settings.DUTY_PHONE = "03752900000"


@pytest.fixture
def give(cast: Cast, now: datetime) -> Callable[..., Assignment]:
    """Gives the grid worker a duty, issued by the duty officer."""

    def given(**changed: Any) -> Assignment:
        wanted: dict[str, Any] = {
            "kind": CLOSING,
            "title": "封控新华路下穿桥",
            "area_code": GRID,
            "assignee": cast.grid_worker,
            "issued_by": cast.duty_officer,
            "now": now,
        }
        return actions.assign(**wanted | changed)

    return given
