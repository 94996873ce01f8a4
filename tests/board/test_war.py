"""The strip of a night: when it changes, what it says, and that no two outputs differ by a digit."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from alerts.enums import NoticeLevel
from assignments import actions as duties
from board import queries
from board.queries.aloud import MOST
from board.queries.situation import crying
from command.actions.danger import acknowledge_danger
from command.actions.help import record_spoken
from tests import factories
from tests.board import scenes
from tests.browser.night import issued_notice
from tests.casts import Cast

SignedIn = Callable[[User], Client]
MINUTE = timedelta(minutes=1)
MOST_STATEMENTS = 47


def shown_to(person: User, now: datetime) -> queries.Situation:
    """The board as this person sees it."""
    return queries.situation(person.scope, now=now)


def tile(shown: queries.Situation, label: str) -> queries.Tile:
    """The tile of that English label."""
    with translation.override("en"):
        return next(one for one in queries.strip(shown) if one.label == label)


def a_bad_night(cast: Cast, now: datetime) -> None:
    """Level II; an orange notice; two cries, one with a helper; one underpass of two closed; a danger; a call-out."""
    factories.household()
    factories.must_reach_household()
    issued_notice(by=cast.duty_officer, signed_by=cast.commander, now=now)
    scenes.response(2, by=cast.commander, now=now)
    scenes.cry(by=cast.duty_officer, now=now)
    scenes.cry(by=cast.duty_officer, now=now, helper=cast.grid_worker)
    scenes.closed(factories.site(), by=cast.duty_officer, now=now)
    factories.site()
    scenes.danger(by=cast.duty_officer, now=now)
    scenes.call_out(by=cast.duty_officer, now=now)
    factories.late_duty(of=cast.grid_worker, now=now)


@pytest.mark.parametrize(("level", "is_war"), [(1, True), (2, True), (3, True), (4, False)])
def test_the_board_goes_to_war_from_level_three_upwards(level: int, is_war: bool, cast: Cast, now: datetime) -> None:
    scenes.response(level, by=cast.commander, now=now)
    shown = shown_to(cast.duty_officer, now)
    assert shown.is_war is is_war
    assert (queries.banner(shown) is not None) is is_war


def test_an_orange_notice_alone_brings_the_war_form(cast: Cast, now: datetime) -> None:
    factories.household()
    notice = issued_notice(by=cast.duty_officer, signed_by=cast.commander, now=now)
    assert notice.level == NoticeLevel.ORANGE
    banner = queries.banner(shown_to(cast.duty_officer, now))
    assert banner is not None
    assert banner.url == reverse("alerts:notice", args=[notice.uuid])


def test_the_banner_says_the_level_and_since_when(cast: Cast, now: datetime) -> None:
    scenes.response(2, by=cast.commander, now=now - 20 * MINUTE)
    with translation.override("en"):
        banner = queries.banner(shown_to(cast.duty_officer, now))
    assert banner is not None
    assert banner.words == "State of emergency, level Ⅱ (response of the second level)"
    assert banner.since == now - 20 * MINUTE


def test_the_first_sentence_of_war_says_who_may_die_and_then_what_is_owed(cast: Cast, now: datetime) -> None:
    a_bad_night(cast, now)
    with translation.override("en"):
        words = queries.question(shown_to(cast.duty_officer, now))
    assert words.startswith("2 calls for help, 1 without a helper; 1 danger not under control; 1 household that must")
    assert words.endswith("1 duty is late.")


def test_every_figure_of_war_has_its_denominator(cast: Cast, now: datetime) -> None:
    a_bad_night(cast, now)
    shown = shown_to(cast.duty_officer, now)
    assert (tile(shown, "Calls for help").figure, tile(shown, "Calls for help").tone) == ("2", "danger")
    assert tile(shown, "Roads closed").figure == "1/2"
    assert tile(shown, "Must-reach households answered").figure == "0/1"
    assert tile(shown, "Call-out answered").figure.startswith("0/")
    assert tile(shown, "Dangers open").figure == "1"


def test_the_text_to_read_aloud_holds_no_digit_that_the_board_does_not_show(cast: Cast, now: datetime) -> None:
    a_bad_night(cast, now)
    shown = shown_to(cast.duty_officer, now)
    for language in ("zh-hans", "en"):
        with translation.override(language):
            text, tiles = queries.to_read_aloud(shown), queries.strip(shown)
        on_board = set(re.findall(r"\d[\d,./]*\d|\d", " ".join(f"{one.figure} {one.note}" for one in tiles)))
        in_text = set(re.findall(r"\d[\d,./]*\d|\d", re.sub(r"\d\d:\d\d", "", text)))
        assert len(text) <= MOST
        assert in_text
        assert in_text <= on_board | {part for figure in on_board for part in figure.split("/")}


def test_a_rehearsal_leaves_the_board_in_peace(cast: Cast, now: datetime) -> None:
    before = shown_to(cast.duty_officer, now)
    run, site = uuid.uuid4(), factories.site()
    scenes.response(1, by=cast.commander, now=now, exercise=run)
    scenes.cry(by=cast.duty_officer, now=now, exercise=run)
    scenes.danger(by=cast.duty_officer, now=now, exercise=run)
    scenes.closed(site, by=cast.duty_officer, now=now, exercise=run)
    scenes.call_out(by=cast.duty_officer, now=now, exercise=run)
    factories.late_duty(of=cast.grid_worker, now=now).__class__.objects.update(exercise=run)
    after = shown_to(cast.duty_officer, now + 60 * MINUTE)
    assert not after.is_war
    assert (after.helping, after.danger, after.closures, after.calls, after.late, after.late_count) == (
        before.helping, before.danger, [], None, [], 0,
    )  # fmt: skip


def test_another_sub_districts_cries_are_not_counted(cast: Cast, now: datetime) -> None:
    scenes.cry(by=cast.duty_officer, now=now)
    assert shown_to(cast.other_officer, now).helping.open == 0


def test_a_resident_whose_helper_declined_stands_above_those_who_are_helped_or_were_spoken_to(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(crying.__globals__, "LISTED", 2)
    for minutes in (30, 20):
        scenes.cry(by=cast.duty_officer, now=now - minutes * MINUTE, helper=cast.grid_worker)
        spoken = scenes.cry(by=cast.duty_officer, now=now - minutes * MINUTE)
        record_spoken(request=spoken, by=cast.duty_officer, now=now)
    left = scenes.cry(by=cast.duty_officer, now=now - 5 * MINUTE, helper=cast.grid_worker)
    assert left.assignment is not None
    duties.decline(assignment=left.assignment, by=cast.grid_worker, now=now, note="路被淹")
    fresh = scenes.cry(by=cast.duty_officer, now=now)
    assert [line.request for line in crying(cast.duty_officer.scope, now=now)] == [left, fresh]


def test_an_empty_post_and_a_danger_over_its_time_stand_above_late_duties(cast: Cast, now: datetime) -> None:
    scenes.post_with(cast.duty_officer, staff=2, now=now)
    row = scenes.danger(by=cast.duty_officer, now=now)
    acknowledge_danger(danger=row, by=cast.duty_officer, now=now)
    factories.duty(of=cast.grid_worker, minutes=-90)
    late = shown_to(cast.duty_officer, now + 30 * MINUTE).late
    assert [line.tone for line in late[:3]] == ["danger"] * 3
    assert late[0].url == reverse("command:danger", args=[row.uuid])
    assert late[1].phone == "0375-3000000"
    assert late[2].duty is not None


def test_posts_manned_counts_who_came_of_whom_the_post_requires(cast: Cast, now: datetime) -> None:
    scenes.post_with(cast.duty_officer, staff=2, now=now)
    found = tile(shown_to(cast.duty_officer, now), "In post")
    assert (found.figure, found.tone) == ("0/2", "danger")


def test_the_board_asks_as_often_on_the_worst_night(cast: Cast, now: datetime) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            shown = shown_to(cast.duty_officer, now)
            queries.strip(shown)
            queries.to_read_aloud(shown)
        return len(captured)

    scenes.post_with(cast.duty_officer, staff=2, now=now)
    a_bad_night(cast, now)
    few = statements()
    for _number in range(12):
        scenes.cry(by=cast.duty_officer, now=now, helper=cast.grid_worker)
        scenes.danger(by=cast.duty_officer, now=now)
        scenes.closed(factories.site(), by=cast.duty_officer, now=now)
        factories.late_duty(of=cast.grid_worker, now=now)
    assert statements() == few
    assert few <= MOST_STATEMENTS
