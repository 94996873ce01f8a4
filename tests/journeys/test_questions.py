"""Every page asks the database the same number of questions however much there is to show."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.browser.night import PAGES, Night, make_night
from tests.casts import Cast

MOST = 53  # statements, which the board and the brief come near; more means that a page does the work of several
MORE = 2  # nights


def asked(night: Night, signed_in: Callable[[User], Client]) -> dict[str, int]:
    """How many statements each page takes, by who opens which."""
    counts = {}
    for member, address in PAGES:
        client = signed_in(getattr(night.cast, member)) if member else Client()
        with CaptureQueriesContext(
            connection,
        ) as statements:
            answer = client.get(address.format(**night.addresses))
        assert answer.status_code == 200, f"{member} {address}: {answer.status_code}"
        counts[f"{member} {address}"] = len(statements)
    return counts


def test_a_page_asks_as_often_on_a_full_night_as_on_a_quiet_one(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    night = make_night(cast)
    quiet = asked(night, signed_in)
    for _ in range(MORE):
        make_night(cast)
    full = asked(night, signed_in)
    grown = {page: (quiet[page], full[page]) for page in quiet if full[page] > quiet[page]}
    assert grown == {}
    assert {page: count for page, count in full.items() if count > MOST} == {}
