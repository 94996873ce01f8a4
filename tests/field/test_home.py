"""What a phone shows in the field."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from field import queries
from tests import factories
from tests.casts import Cast

SignedIn = Callable[[User], Client]


def test_what_is_late_stands_first_and_the_rest_by_its_time(cast: Cast, now: datetime) -> None:
    later = factories.duty(of=cast.grid_worker, minutes=120)
    soon = factories.duty(of=cast.grid_worker, minutes=20)
    late = factories.late_duty(of=cast.grid_worker)
    factories.late_duty(of=cast.other_worker)
    shown = queries.home(cast.grid_worker, now=now)
    assert [row.duty for row in shown.owed] == [late, soon, later]
    assert (shown.late, shown.total) == (1, 3)
    assert shown.owed[0].tone == "danger"


def test_my_sites_of_the_open_round_say_what_is_still_to_be_seen(cast: Cast, now: datetime) -> None:
    factories.round_with_one_late_site(
        opened_by=cast.commander, inspector=cast.grid_worker, verifier=cast.subdistrict_officer
    )
    shown = queries.home(cast.grid_worker, now=now)
    assert [row.state.value for row in shown.sites] == ["missing", "done"]
    assert shown.sites_done == 1
    assert queries.home(cast.other_worker, now=now).sites == []


def test_a_worker_without_duties_reads_so(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    page = signed_in(cast.grid_worker).get(reverse("field:home")).content.decode()
    assert "现在没有待办。" in page


def test_a_phone_asks_the_database_as_often_for_twenty_duties_as_for_two(cast: Cast, now: datetime) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            queries.home(cast.grid_worker, now=now)
        return len(captured)

    factories.inspection_round(opened_by=cast.commander, sites=[factories.site()], inspector=cast.grid_worker)
    factories.late_duty(of=cast.grid_worker)
    few = statements()
    factories.inspection_round(
        opened_by=cast.commander, sites=[factories.site() for _number in range(9)], inspector=cast.grid_worker
    )
    for _number in range(9):
        factories.late_duty(of=cast.grid_worker)
    assert statements() == few


def test_the_pages_of_the_field_open_for_a_worker_and_for_nobody_else(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    for page in ("field:home", "field:doors"):
        assert signed_in(cast.grid_worker).get(reverse(page)).status_code == 200
        assert signed_in(cast.outsider).get(reverse(page)).status_code == 403
        assert Client().get(reverse(page)).status_code == 302
