"""A grid's page, the list of grids, their ledger: the same figures, of one's own areas, by a fixed number of asks."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import RoleHeld, User
from command import actions as command
from command.enums.dangers import HelpSource
from field import queries
from field.rules import LedgerFilter
from hazards import actions as hazards
from territory.rules import scope_of
from tests.casts import GRID, GRIDS, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import duty, household, late_duty, must_reach_household, site
from tests.hazards.doors import checked

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
SINCE = datetime.fromisoformat("2026-05-15T00:00:00+08:00")


@pytest.fixture
def grid(cast: Cast, now: datetime) -> None:
    """Two households one of them checked, a site with a finding, a late duty, a request, somebody who wants help."""
    checked(household(), by=cast.grid_worker, now=now, failing=1)
    must_reach_household()
    place = site()
    hazards.report_finding(uuid=uuid.uuid4(), site=place, what="排水口堵塞", by=cast.grid_worker, now=now)
    late_duty(of=cast.grid_worker, now=now)
    ask(cast, now)
    command.request_help(
        client_uuid=uuid.uuid4(),
        source=HelpSource.PHONE,
        by=cast.duty_officer,
        now=now,
        area_code=GRID,
        who="王小明",
        need="屋内进水",
    )


def ask(cast: Cast, now: datetime, **more: Any) -> None:
    """A resident's request in the grid."""
    given: dict[str, Any] = {"area_code": GRID, "what": "井盖松动", "by": cast.grid_worker, "who": "李大成"}
    hazards.take_request(uuid=uuid.uuid4(), category="其他", mode="deadline", now=now, **(given | more))


@pytest.mark.usefixtures("grid")
def test_a_grid_is_told_in_figures(cast: Cast, now: datetime) -> None:
    found = queries.grids(scope_of(SUBDISTRICT), now=now, since=SINCE)
    line = found.lines[0]
    assert (line.code, line.workers, line.sites) == (GRID, [cast.grid_worker], 1)
    assert (line.progress.households, line.progress.must, line.progress.checked) == (2, 1, 1)
    assert (line.duties, line.findings, line.requests, line.help) == ((1, 1), (1, 0), (1, 0), (1, 0))
    assert (line.open, line.late) == (4, 1)
    assert (found.with_late, found.left, found.unmanned) == (1, 1, 2)


def test_grids_without_a_worker_are_marked(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    RoleHeld.objects.filter(user=cast.grid_worker).update(until=now)
    page = signed_in(cast.subdistrict_officer).get(reverse("field:grids"), {"show": "unmanned"})
    assert [line.code for line in page.context["lines"]] == list(GRIDS)
    one = signed_in(cast.subdistrict_officer).get(reverse("field:grid", args=[GRID])).content.decode()
    assert "本网格没有网格员" in one


def test_a_worker_with_one_grid_comes_straight_to_it(cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in(cast.grid_worker).get(reverse("field:grids"))
    assert answer["Location"] == reverse("field:grid", args=[GRID])


@pytest.mark.usefixtures("grid")
def test_the_first_line_says_what_is_open(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.grid_worker).get(reverse("field:grid", args=[GRID])).content.decode()
    assert "东安路一社区第一网格：未办结 4 件，其中超时 1 件；还有 1 户未排查，其中必达户 1 户" in page
    assert "井盖松动" in page
    assert "王小明" not in page


def test_the_list_asks_no_more_for_more(
    cast: Cast, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for grid in GRIDS:
        for _each in range(3):
            household(area_code=grid)
            duty(of=cast.grid_worker, area_code=grid, now=now)
            ask(cast, now, area_code=grid, by=cast.subdistrict_officer)
    with django_assert_max_num_queries(16):
        queries.grids(scope_of(SUBDISTRICT), now=now, since=SINCE)


@pytest.mark.usefixtures("grid")
def test_the_ledger_is_one_reading_of_four_records(cast: Cast, now: datetime) -> None:
    lines = queries.ledger(scope_of(GRID), LedgerFilter(), now=now)
    assert {str(line.kind) for line in lines} == {"request", "finding", "help"}
    asked = next(line for line in lines if line.kind == "request")
    assert (asked.who, asked.category, asked.area) == ("李**", "其他", "东安路一社区第一网格")
    later = queries.ledger(scope_of(GRID), LedgerFilter(state="late"), now=now + timedelta(days=30))
    assert {str(line.kind) for line in later} == {"request", "finding", "help"}
    in_time = queries.ledger(scope_of(GRID), LedgerFilter(state="late"), now=now + timedelta(minutes=2))
    assert in_time == []
    alone = queries.grids(scope_of(GRID), now=now + timedelta(minutes=3), since=SINCE).lines[0]
    assert alone.help == (1, 1)
    assert queries.ledger(scope_of(GRID), LedgerFilter(state="closed"), now=now) == []
    assert queries.ledger(scope_of(OTHER_GRID), LedgerFilter(state="all"), now=now) == []


def test_a_ledger_is_bounded_by_days(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    ask(cast, now)
    officer, url = signed_in(cast.subdistrict_officer), reverse("field:ledger")
    for first, last, count in (("2026-07-19", "2026-07-19", 1), ("2026-07-20", "", 0), ("", "2026-07-18", 0)):
        page = officer.get(url, {"first_day": first, "last_day": last})
        assert len(page.context["lines"]) == count


@pytest.mark.usefixtures("grid")
def test_the_sheets_hold_ones_own_area(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    ask(cast, now, area_code=OTHER_GRID, by=cast.other_officer, what="别处")
    officer = signed_in(cast.subdistrict_officer)

    def rows(name: str) -> list[Any]:
        content = officer.get(reverse(f"field:{name}"), {"state": "all"}).content
        return list(load_workbook(BytesIO(content)).active.iter_rows(min_row=2, values_only=True))  # type: ignore[union-attr]

    assert [row[2] for row in rows("grids_export")] == list(GRIDS)
    told = rows("ledger_export")
    assert len(told) == 3
    assert all(row[4] == GRID for row in told)
    assert not any("李大成" in str(cell) or "王小明" in str(cell) for row in told for cell in row)


DOORS = {
    "grids": {"subdistrict_officer": 200, "commander": 200, "auditor": 200, "storekeeper": 403, "outsider": 403},
    "grids_export": {"subdistrict_officer": 200, "grid_worker": 200, "site_keeper": 403},
    "grid": {"grid_worker": 200, "subdistrict_officer": 200, "other_officer": 404, "agency_liaison": 403},
    "ledger": {"grid_worker": 200, "subdistrict_officer": 200, "administrator": 403, "leader": 200},
    "ledger_export": {"grid_worker": 200, "auditor": 200, "storekeeper": 403},
}


@pytest.mark.parametrize("name", DOORS)
def test_pages_open_to_their_roles_in_their_areas(cast: Cast, signed_in: SignedIn, name: str) -> None:
    url = reverse(f"field:{name}", args=[GRID] if name == "grid" else [])
    assert {member: signed_in(getattr(cast, member)).get(url).status_code for member in DOORS[name]} == DOORS[name]


def test_no_page_for_what_is_no_grid(cast: Cast, signed_in: SignedIn) -> None:
    for code in (SUBDISTRICT, "410403001001099"):
        assert signed_in(cast.commander).get(reverse("field:grid", args=[code])).status_code == 404


@pytest.mark.usefixtures("grid")
def test_programs_get_the_grids_and_the_ledger_of_their_areas(cast: Cast, api: SignedIn) -> None:
    own = api(cast.grid_worker).get("/api/v1/field/grids/").json()
    assert [(row["code"], row["households"], row["duties"]) for row in own] == [(GRID, 2, [1, 1])]
    assert len(api(cast.subdistrict_officer).get("/api/v1/field/grids/ledger/").json()) == 3
    assert api(cast.other_officer).get("/api/v1/field/grids/ledger/").json() == []
    assert api(cast.outsider).get("/api/v1/field/grids/").status_code == 403
