"""速览: six tiles, what waits for a name, whom to call, what to say."""

from collections.abc import Callable
from datetime import datetime

from django.test import Client
from django.urls import reverse

from accounts.models import User
from supplies.models import Issue
from tests import factories
from tests.board import scenes
from tests.browser.night import submitted_notice
from tests.casts import Cast
from tests.supplies import shelves

SignedIn = Callable[[User], Client]


def test_the_leader_finds_what_waits_for_his_name(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    factories.household()
    notice = submitted_notice(by=cast.duty_officer, now=now)
    page = signed_in(cast.leader).get(reverse("board:brief"))
    assert [paper.url for paper in page.context["shown"].to_sign] == [reverse("alerts:notice", args=[notice.uuid])]
    assert reverse("alerts:notice", args=[notice.uuid]) in page.content.decode()


def test_every_issue_of_stores_that_waits_for_the_leader_is_counted(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    place = shelves.a_store()
    Issue.objects.bulk_create(
        Issue(
            store=place, area_code=place.area_code, to_whom="抢险队", requested_by=cast.duty_officer, requested_at=now
        )
        for _number in range(51)
    )
    page = signed_in(cast.leader).get(reverse("board:brief"))
    assert len(page.context["shown"].to_sign) == 51


def test_six_tiles_a_telephone_and_a_text_to_copy(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    scenes.post_with(cast.duty_officer, staff=1, now=now)
    page = signed_in(cast.leader).get(reverse("board:brief"))
    text = page.content.decode()
    assert text.count('class="tile ') == 6
    assert f"tel:{cast.duty_officer.phone}" in text
    assert f'data-copy="{page.context["aloud"]}"' in text


def test_who_does_not_lead_has_no_glance(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    assert signed_in(cast.duty_officer).get(reverse("board:brief")).status_code == 403
