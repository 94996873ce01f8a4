"""A long count is taken once for everybody who looks, shown for twenty seconds, and never instead of the truth."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from alerts import actions, queries
from alerts.enums import Choice, Via, VisitOutcome
from alerts.models import Notice, TakenCount
from board.queries import situation
from messaging.enums import State
from messaging.models import Delivery
from territory.models import Household
from territory.rules import Scope, scope_of
from tests.alerts.situations import household_of, issued, message_became
from tests.alerts.test_counting import many_kinds
from tests.alerts.test_missing import visited
from tests.casts import DISTRICT, GRIDS, NIGHT, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import household, must_reach_household

SignedIn = Callable[[User], Client]
EVERYWHERE = scope_of(DISTRICT)
SCOPES = tuple(scope_of(code) for code in (DISTRICT, SUBDISTRICT, OTHER_SUBDISTRICT, GRIDS[1]))
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def long(settings: Settings) -> None:
    """Every audience is a long one."""
    settings.COVERAGE_TAKEN_FROM = 1


def look(row: Notice, *, at: datetime = NIGHT) -> bool:
    """Somebody opens the page."""
    return actions.note_look(notice=row, households=1, now=at)


def ticked(row: Notice, home: Household, by: User) -> None:
    """Thirty ticks in one moment: more than anybody can walk."""
    for _tick in range(30):
        visited(row, home, VisitOutcome.TOLD, by)


def printed(row: Notice, scope: Scope, *, at: datetime = NIGHT) -> tuple[Any, ...]:
    """Everything of the section that may come from a taken count, without its moment."""
    found = queries.shown(row, scope, now=at)
    parts = (*found.coverage.grids, *found.coverage.subdistricts, *found.coverage.communities)
    return found.coverage.total, parts, found.waves, found.phones_waiting, found.doubted


@pytest.mark.parametrize("seed", range(3))
def test_the_taken_count_says_what_each_reader_would_count_himself(cast: Cast, seed: int) -> None:
    row = many_kinds(cast, seed)
    actions.mark_apart(now=NIGHT)
    ticked(row, row.households.in_scope(cast.grid_worker.scope).earliest("pk").household, cast.grid_worker)
    counted = [printed(row, scope) for scope in SCOPES]
    assert min(counted[0][3:]) > 0, "no telephone left or no doubt: this situation shows too little"
    assert look(row)
    assert actions.take_counts(now=NIGHT) == 1
    assert TakenCount.objects.get().at == NIGHT
    assert [printed(row, scope) for scope in SCOPES] == counted
    assert [queries.shown_coverage(row, scope, now=NIGHT)[1].total for scope in SCOPES] == [one[0] for one in counted]


def test_for_twenty_seconds_everybody_sees_the_same_count_with_its_moment(cast: Cast) -> None:
    home = household()
    row = issued(cast)
    look(row)
    actions.take_counts(now=NIGHT)
    message_became(row, home, State.DELIVERED)
    before = queries.shown(row, EVERYWHERE, now=NIGHT + 19 * SECOND)
    assert (before.at, before.coverage.total.pending, before.coverage.total.reached) == (NIGHT, 1, 0)
    late = NIGHT + 20 * SECOND
    after = queries.shown(row, EVERYWHERE, now=late)
    assert (after.at, after.coverage.total.pending, after.coverage.total.reached) == (late, 0, 1)
    assert queries.shown_totals([row], EVERYWHERE, now=NIGHT + 19 * SECOND)[row.pk].reached == 0
    assert queries.shown_totals([row], EVERYWHERE, now=late)[row.pk].reached == 1


def test_a_short_audience_is_counted_each_time(cast: Cast, settings: Settings) -> None:
    settings.COVERAGE_TAKEN_FROM = 2
    home = household()
    row = issued(cast)
    assert not look(row)
    assert actions.take_counts(now=NIGHT) == 0
    message_became(row, home, State.DELIVERED)
    assert queries.shown(row, EVERYWHERE, now=NIGHT).coverage.total.reached == 1


def test_counting_ends_a_minute_after_the_last_look(cast: Cast) -> None:
    household()
    row = issued(cast)
    assert look(row)
    assert not look(row, at=NIGHT + 20 * SECOND), "a look is noted every twenty seconds at most"
    assert actions.take_counts(now=NIGHT + 59 * SECOND) == 1
    assert actions.take_counts(now=NIGHT + 60 * SECOND) == 0
    assert look(row, at=NIGHT + 60 * SECOND)
    assert actions.take_counts(now=NIGHT + 61 * SECOND) == 1


def test_whoever_sends_people_to_the_doors_sees_what_that_did(cast: Cast) -> None:
    home = household()
    row = issued(cast)
    message_became(row, home, State.FAILED)
    look(row)
    actions.take_counts(now=NIGHT)
    assert queries.shown(row, EVERYWHERE, now=NIGHT).coverage.unreached_without_knock == 1
    actions.send_knocks(notice=row, by=cast.duty_officer, now=NIGHT)
    assert not TakenCount.objects.exists()
    assert queries.shown(row, EVERYWHERE, now=NIGHT).coverage.unreached_without_knock == 0


def test_a_count_that_was_being_taken_when_it_was_dropped_is_not_written(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    household()
    row = issued(cast)
    look(row)

    def dropped_meanwhile(notice: Notice, scope: Scope) -> dict[str, Any]:
        actions.take_counts.__globals__["drop_count"](notice=notice)
        look(notice)
        return {}

    monkeypatch.setitem(actions.take_counts.__globals__, "area_counts", dropped_meanwhile)
    assert actions.take_counts(now=NIGHT) == 0
    assert TakenCount.objects.get().at is None


def test_judged_visits_are_counted_at_once(cast: Cast) -> None:
    home = must_reach_household()
    row = issued(cast)
    ticked(row, home, cast.grid_worker)
    look(row)
    actions.take_counts(now=NIGHT)
    actions.judge_visits(
        notice=row, worker=cast.grid_worker.pk, holds=False, note="没有人来过", by=cast.subdistrict_officer, now=NIGHT
    )
    assert queries.shown(row, EVERYWHERE, now=NIGHT).coverage.total.must_spoken == 0


def test_doors_that_were_looked_at_are_not_shown_to_be_looked_at_again(cast: Cast) -> None:
    home = must_reach_household()
    row = issued(cast)
    ticked(row, home, cast.grid_worker)
    look(row)
    actions.take_counts(now=NIGHT)
    assert queries.shown(row, EVERYWHERE, now=NIGHT).doubted == 30
    officer = cast.subdistrict_officer
    actions.judge_visits(notice=row, worker=cast.grid_worker.pk, holds=True, note="", by=officer, now=NIGHT)
    assert queries.shown(row, EVERYWHERE, now=NIGHT).doubted == 0


def test_of_two_counts_at_once_the_younger_one_stands(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    household()
    row = issued(cast)
    look(row)
    count = actions.take_counts.__globals__["area_counts"]

    def overtaken(notice: Notice, scope: Scope) -> dict[str, Any]:
        monkeypatch.setitem(actions.take_counts.__globals__, "area_counts", count)
        actions.take_counts(now=NIGHT + 5 * SECOND)
        return {}

    monkeypatch.setitem(actions.take_counts.__globals__, "area_counts", overtaken)
    assert actions.take_counts(now=NIGHT) == 0
    assert TakenCount.objects.get().at == NIGHT + 5 * SECOND
    assert TakenCount.objects.get().areas


def test_the_board_says_of_what_moment_its_oldest_figure_is(cast: Cast) -> None:
    household()
    row = issued(cast)
    look(row)
    actions.take_counts(now=NIGHT)
    assert situation(EVERYWHERE, now=NIGHT + 9 * SECOND).as_of == NIGHT
    assert situation(EVERYWHERE, now=NIGHT + 30 * SECOND).as_of == NIGHT + 30 * SECOND


def test_a_cry_is_never_behind_the_taken_count(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    home = must_reach_household()
    row = issued(cast)
    look(row)
    actions.take_counts(now=NIGHT)
    actions.record_answer(audience=household_of(row, home), choice=Choice.NEED_HELP, via=Via.LINK, now=NIGHT)
    page = signed_in(cast.commander).get(reverse("alerts:coverage", args=[row.uuid])).content.decode()
    assert home.head_name in page


@pytest.mark.parametrize("seed", range(4))
def test_the_first_of_the_unreached_are_those_of_the_whole_list(cast: Cast, seed: int) -> None:
    row = many_kinds(cast, seed)
    Delivery.objects.update(state=State.FAILED)
    half = [home.pk for home in row.households.order_by("pk")][seed % 2 :: 2]
    row.households.filter(pk__in=half).update(answer="", visited_at=None, closed_reason="")
    whole = [line.audience.pk for line in queries.unreached(row, EVERYWHERE).rows]
    grids = queries.coverage(row, EVERYWHERE).grids
    assert len(whole) > 4
    for size in (1, 2, 3, len(whole) - 1, len(whole), len(whole) + 5):
        first = queries.first_unreached(row, grids, size=size)
        assert [line.audience.pk for line in first] == whole[:size]


def test_a_look_at_the_page_sets_the_count_going(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    household()
    row = issued(cast)
    client = signed_in(cast.commander)
    assert client.get(reverse("alerts:notice", args=[row.uuid])).status_code == 200
    assert TakenCount.objects.get().at is None
    assert actions.take_counts(now=now) == 1
    assert situation(EVERYWHERE, now=now).coverage is not None
