"""The situation board: what is late, how far the sites and the notice have come, for whose areas."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from board import queries
from hazards.models import HazardSite, InspectionRound, RoundMember
from messaging.enums import Channel, SelfTestOutcome
from messaging.models import SelfTest
from territory.rules import scope_of
from tests import factories
from tests.casts import GRID, OTHER_GRID, Cast

SignedIn = Callable[[User], Client]


def test_the_first_sentence_names_what_is_late_before_anything_else(cast: Cast, now: datetime) -> None:
    factories.round_with_one_late_site(
        opened_by=cast.commander, inspector=cast.grid_worker, verifier=cast.subdistrict_officer
    )
    shown = queries.situation(cast.duty_officer.scope, now=now)
    with translation.override("en"):
        assert queries.question(shown) == "1 duty is late; 1 site is not re-inspected."
    assert (shown.counted.done, shown.counted.required, shown.counted.late) == (1, 2, 1)


def test_a_small_round_that_is_done_does_not_hide_the_districts_round_from_the_commander(
    cast: Cast, now: datetime
) -> None:
    def opened(*places: HazardSite) -> InspectionRound:
        return factories.inspection_round(opened_by=cast.commander, sites=list(places), inspector=cast.grid_worker)

    seen, left, other = factories.site(), factories.site(), factories.site(area_code=OTHER_GRID)
    whole, small = opened(seen, left, other), opened(seen)
    visit = factories.inspection(at=seen, by=cast.grid_worker, verified_by=cast.subdistrict_officer)
    RoundMember.objects.filter(site=seen).update(inspection=visit)
    shown = queries.situation(cast.commander.scope, now=now)
    assert shown.round == whole
    with translation.override("en"):
        assert queries.question(shown).endswith("2 sites are not re-inspected.")
    opened(left)
    assert queries.situation(cast.commander.scope, now=now).round == whole
    again = opened(left, other)
    assert queries.situation(cast.commander.scope, now=now).round == again
    assert small.number > whole.number


def test_a_quiet_district_reads_quiet(cast: Cast, now: datetime) -> None:
    shown = queries.situation(cast.duty_officer.scope, now=now)
    with translation.override("en"):
        assert queries.question(shown) == "Nothing is late; no round of inspection is open."
    assert {tile.tone for tile in queries.strip(shown)} <= {"ok", "unknown", "off"}


def test_channels_that_cannot_send_are_named_in_words(cast: Cast, now: datetime) -> None:
    shown = replace(queries.situation(cast.duty_officer.scope, now=now), faulty=["sms", "voice"])
    with translation.override("zh-hans"):
        assert "无法发送：短信 语音电话" in [tile.note for tile in queries.strip(shown)]


def test_an_account_whose_self_test_failed_has_a_tile_until_it_passes(cast: Cast, now: datetime) -> None:
    def tiles() -> list[queries.Tile]:
        page = reverse("messaging:accounts")
        return [one for one in queries.strip(queries.situation(cast.duty_officer.scope, now=now)) if one.url == page]

    assert tiles() == []
    given = {"account": "sms", "channel": Channel.SMS, "by_name": "系统"}
    SelfTest.objects.create(**given, at=now - timedelta(hours=1), outcome=SelfTestOutcome.AWAY, code="unreachable")
    [tile] = tiles()
    assert (tile.figure, tile.tone) == ("1 个不通", "late")
    assert tile.note.startswith("sms：连接不上")
    SelfTest.objects.create(**given, at=now, outcome=SelfTestOutcome.TAKEN)
    assert tiles() == []


def test_an_officer_sees_what_is_late_in_his_own_sub_district_only(cast: Cast, now: datetime) -> None:
    factories.duty(of=cast.grid_worker, area_code=GRID, minutes=-30)
    other = factories.duty(of=cast.other_worker, area_code=OTHER_GRID, minutes=-12)
    shown = queries.situation(cast.other_officer.scope, now=now)
    assert [row.duty for row in shown.late] == [other]
    assert shown.late_count == 1


def test_the_longest_late_stands_on_top_with_its_missed_deadline(cast: Cast, now: datetime) -> None:
    factories.duty(of=cast.grid_worker, minutes=-12)
    worst = factories.duty(of=cast.grid_worker, minutes=-90)
    rows = queries.situation(cast.duty_officer.scope, now=now).late
    assert rows[0].duty == worst
    assert rows[0].due == now - timedelta(minutes=90)
    assert rows[0].phone == cast.grid_worker.phone


def test_a_site_nobody_was_told_to_inspect_is_on_the_list(cast: Cast, now: datetime) -> None:
    opened = factories.inspection_round(opened_by=cast.commander, sites=[factories.site()], inspector=cast.grid_worker)
    opened.members.update(assignment=None)
    assert len(queries.situation(cast.duty_officer.scope, now=now).unowed) == 1


def test_the_board_asks_the_database_as_often_for_a_hundred_late_duties_as_for_one(cast: Cast, now: datetime) -> None:
    scope = scope_of("410403")

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            shown = queries.situation(scope, now=now)
            queries.strip(shown)
        return len(captured)

    factories.inspection_round(opened_by=cast.commander, sites=[factories.site()], inspector=cast.grid_worker)
    factories.late_duty(of=cast.grid_worker)
    few = statements()
    for _number in range(40):
        factories.late_duty(of=cast.grid_worker)
    assert statements() == few


def test_htmx_gets_what_changes_and_leaves_the_map_alone(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    client = signed_in(cast.duty_officer)
    page = client.get(reverse("board:situation")).content.decode()
    fragment = client.get(reverse("board:situation"), headers={"HX-Request": "true"}).content.decode()
    assert "data-map-canvas" in page
    assert "data-map-canvas" not in fragment
    for part in ('id="board-strip"', 'id="board-side"', 'id="board-question"'):
        assert part in page
        assert part in fragment
    assert fragment.count("hx-swap-oob") == 2


def test_an_unchanged_layer_costs_no_second_transfer(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    factories.site()
    client = signed_in(cast.duty_officer)
    first = client.get(reverse("board:sites"))
    assert first["Content-Type"] == "application/geo+json"
    assert client.get(reverse("board:sites"), headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_foreign_sub_districts_sites_are_not_on_the_map(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    factories.site(area_code=GRID, name="他街道点位")
    shown = signed_in(cast.other_officer).get(reverse("board:sites")).content.decode()
    assert "他街道点位" not in shown


def test_a_grid_worker_has_no_board(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    # The bare address is what people type: it leads a worker to his own first page, not before a closed door.
    assert signed_in(cast.grid_worker).get(reverse("board:situation"))["Location"] == "/field/"
    assert Client().get(reverse("board:situation")).status_code == 302
