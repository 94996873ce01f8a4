"""When a route is walked and by when its points are reached: plain rules, no database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules import Refused
from hazards.rules.patrols import check_every, check_points, is_missed, slot_of, times_of, watch_of

NOW = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)


@given(st.integers(1, 1440), st.integers(0, 20_000))
def test_every_interval_has_one_number_and_they_follow_each_other(every: int, minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    slot = slot_of(at, since=NOW, every=every)
    assert slot * every <= minutes < (slot + 1) * every
    assert slot_of(NOW - timedelta(minutes=1), since=NOW, every=every) == 0


def test_each_point_is_reached_after_the_one_before() -> None:
    assert times_of(NOW, [20, 5, 15]) == [NOW + timedelta(minutes=after) for after in (20, 25, 40)]


def test_the_smallest_watched_area_decides() -> None:
    watched = {"410403", "410403001"}
    assert watch_of("410403001002", watched) == "410403001"
    assert watch_of("410403002", watched) == "410403"
    assert watch_of("410402", watched) is None


def test_a_point_is_missed_when_its_time_is_over_and_nobody_came() -> None:
    assert not is_missed(NOW, None, now=NOW)
    assert is_missed(NOW, None, now=NOW + timedelta(seconds=1))
    assert not is_missed(NOW, NOW + timedelta(hours=1), now=NOW + timedelta(hours=2))


@pytest.mark.parametrize(("sites", "minutes"), [([], []), (["S1", "S1"], [5, 5]), (["S1"], [0]), (["S1"], [1441])])
def test_a_route_wants_each_site_once_and_a_time_for_each(sites: list[str], minutes: list[int]) -> None:
    with pytest.raises(Refused):
        check_points(sites, minutes)
    check_points(["S1", "S2"], [1, 1440])


@pytest.mark.parametrize("every", [0, 1441])
def test_an_interval_is_a_minute_at_least_and_a_day_at_most(every: int) -> None:
    with pytest.raises(Refused):
        check_every(every)
    check_every(1)
