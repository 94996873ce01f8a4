"""意见反馈, and the filing number at the foot of every page."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts import actions
from accounts.models import Feedback, User
from core.rules import Refused
from tests.casts import Cast

SignedIn = Callable[[User], Client]
URL = "/feedback/"


def test_a_worker_writes_and_only_the_administrator_reads(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.grid_worker)
    assert client.post(URL, {"text": "字太小", "page": "/me/"}).status_code == 302
    assert Feedback.objects.get().page == "/me/"
    assert "字太小" not in client.get(URL).content.decode()
    assert "字太小" in signed_in(cast.administrator).get(URL).content.decode()


def test_an_empty_line_is_refused_and_nobody_signed_out_gets_in(
    cast: Cast, signed_in: SignedIn, client: Client
) -> None:
    assert signed_in(cast.grid_worker).post(URL, {"text": "  "}).status_code == 400
    assert client.post(URL, {"text": "x"}).status_code == 302
    assert not Feedback.objects.exists()


def test_five_an_hour_and_then_the_next_hour(cast: Cast, now: datetime) -> None:
    for _each in range(5):
        actions.give_feedback(by=cast.grid_worker, text="x", page="", now=now)
    with pytest.raises(Refused):
        actions.give_feedback(by=cast.grid_worker, text="x", page="", now=now + timedelta(minutes=59))
    actions.give_feedback(by=cast.other_worker, text="x", page="", now=now)
    actions.give_feedback(by=cast.grid_worker, text="x", page="", now=now + timedelta(hours=1))
    assert Feedback.objects.filter(by=cast.grid_worker).count() == 6


def test_every_page_has_the_entry_and_the_filing_number(cast: Cast, signed_in: SignedIn, settings: Settings) -> None:
    settings.FILING_NUMBER = "豫备〔2026〕1号"
    for member in ("grid_worker", "duty_officer"):
        page = signed_in(getattr(cast, member)).get(reverse("accounts:me")).content.decode()
        assert "豫备〔2026〕1号" in page
        assert 'href="/feedback/?page=/me/"' in page
    settings.FILING_NUMBER = ""
    assert "豫备" not in signed_in(cast.grid_worker).get(reverse("accounts:me")).content.decode()
