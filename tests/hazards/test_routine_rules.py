"""Which dates of a routine fall due, whenever the platform looks: plain rules, no database."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules import Refused
from hazards.enums import Base, Circumstance, DueState
from hazards.rules.routine import (
    DAY,
    Falls,
    Interval,
    Reckoned,
    check_interval,
    due_state,
    ends_at,
    interval_in_force,
    is_waking,
    to_be_told,
    walk,
)

START = date(2026, 4, 20)
SEASON = (date(2026, 5, 15), date(2026, 9, 30))
INTERVALS = st.integers(1, 40).flatmap(lambda days: st.builds(Interval, st.just(days), st.integers(0, days - 1)))


def in_season(day: date) -> bool:
    return SEASON[0] <= day <= SEASON[1]


def walked(looks: list[date], dry: Interval, flood: Interval, base: str = Base.SCHEDULED) -> list[Falls]:
    """Every date that fell due when the platform looked on these days only."""
    state, found = Reckoned(START, None, START - DAY), []
    for today in looks:
        while state.to < today:
            state, fallen = walk(
                state,
                base=base,
                today=today,
                interval_on=lambda day: flood if in_season(day) else dry,
                done_on=None,
            )
            found += fallen
    return found


@given(INTERVALS, INTERVALS, st.sets(st.integers(0, 600), max_size=40))
def test_downtime_at_random_loses_no_date_and_doubles_none(dry: Interval, flood: Interval, up: set[int]) -> None:
    last = START + 600 * DAY
    always = walked([START + n * DAY for n in range(601)], dry, flood)
    seldom = walked([*(START + n * DAY for n in sorted(up)), last], dry, flood)
    assert seldom == always
    dates = [falls.on for falls in always]
    assert len(set(dates)) == len(dates)
    assert dates[0] == START
    widest = max(dry.days, flood.days)
    assert all(DAY <= after - before <= widest * DAY for before, after in itertools.pairwise(dates))
    assert last - dates[-1] <= widest * DAY
    assert all(falls.opens <= falls.on for falls in always)


def test_the_season_brings_the_next_date_forward_and_its_end_leaves_what_was_promised() -> None:
    dates = [falls.on for falls in walked([date(2026, 11, 30)], Interval(30), Interval(7))]
    assert dates[:3] == [date(2026, 4, 20), date(2026, 5, 15), date(2026, 5, 22)]
    last_in_season = max(on for on in dates if on <= SEASON[1])
    after = [on for on in dates if on > SEASON[1]]
    assert after[0] == last_in_season + 7 * DAY
    assert after[1] == after[0] + 30 * DAY


def test_a_level_that_is_raised_makes_it_due_today_and_nothing_in_the_past() -> None:
    state = Reckoned(date(2026, 7, 30), date(2026, 7, 15), date(2026, 7, 24))
    today = date(2026, 7, 25)
    after, fallen = walk(state, base=Base.SCHEDULED, today=today, interval_on=lambda _day: Interval(1), done_on=None)
    assert [falls.on for falls in fallen] == [today]
    assert after.next_on == today + DAY


def test_counted_from_completion_the_next_date_waits_for_the_visit() -> None:
    every_week = lambda _day: Interval(7)  # noqa: E731
    state = Reckoned(START, None, START - DAY)
    state, fallen = walk(state, base=Base.COMPLETED, today=START + 20 * DAY, interval_on=every_week, done_on=None)
    assert [falls.on for falls in fallen] == [START]
    assert state.waits
    state, fallen = walk(
        state, base=Base.COMPLETED, today=START + 21 * DAY, interval_on=every_week, done_on=START + 18 * DAY
    )
    assert (fallen, state.next_on, state.waits) == ([], START + 25 * DAY, False)


def test_the_duty_is_given_ahead_and_a_visit_counts_from_then() -> None:
    state = Reckoned(START + 10 * DAY, START - 20 * DAY, START - DAY)
    after, fallen = walk(
        state, base=Base.SCHEDULED, today=START + 7 * DAY, interval_on=lambda _day: Interval(30, 3), done_on=None
    )
    assert fallen == [Falls(START + 10 * DAY, START + 7 * DAY, 30)]
    assert (
        walk(
            replace(after, to=START + 7 * DAY),
            base=Base.SCHEDULED,
            today=START + 12 * DAY,
            interval_on=lambda _day: Interval(30, 3),
            done_on=None,
        )[1]
        == []
    )


def test_a_platform_away_for_years_catches_up_in_bounded_passes() -> None:
    state = Reckoned(START, None, START - DAY)
    after, _fallen = walk(
        state, base=Base.SCHEDULED, today=START + 1000 * DAY, interval_on=lambda _day: Interval(30), done_on=None
    )
    assert after.to == START + 399 * DAY


def test_the_shortest_interval_that_holds_counts_and_a_level_brings_those_below_it() -> None:
    table: dict[str, Interval] = {
        Circumstance.FLOOD: Interval(7),
        Circumstance.LEVEL_3: Interval(2),
        Circumstance.LEVEL_1: Interval(1),
    }
    assert interval_in_force(table, in_season=True, level=None) == Interval(7)
    assert interval_in_force(table, in_season=True, level=4) == Interval(7)
    assert interval_in_force(table, in_season=True, level=2) == Interval(2)
    assert interval_in_force(table, in_season=True, level=1) == Interval(1)
    assert interval_in_force(table, in_season=False, level=None) is None


def test_what_was_missed_stays_missed_when_it_is_seen_later() -> None:
    ends = ends_at(date(2026, 7, 18), UTC)
    before, after = ends - timedelta(minutes=1), ends
    assert ends == datetime(2026, 7, 19, tzinfo=UTC)
    assert due_state(ends, None, now=before) == DueState.DUE
    assert due_state(ends, None, now=after) == DueState.MISSED
    assert due_state(ends, before, now=after) == DueState.KEPT
    assert due_state(ends, after, now=after) == DueState.MADE_UP


def test_after_downtime_one_duty_makes_up_what_is_over() -> None:
    today = date(2026, 7, 19)
    over = [date(2026, 7, 5), date(2026, 7, 12)]
    assert to_be_told(over, today=today) == [date(2026, 7, 12)]
    assert to_be_told([*over, today], today=today) == [today]
    assert to_be_told([], today=today) == []


@pytest.mark.parametrize(("days", "ahead"), [(0, 0), (7, 7), (367, 0), (7, -1)])
def test_an_interval_that_is_none_is_refused(days: int, ahead: int) -> None:
    with pytest.raises(Refused):
        check_interval(days, ahead)
    check_interval(7, 6)


def test_nobody_is_told_of_a_routine_at_night() -> None:
    assert [hour for hour in range(24) if is_waking(hour)] == list(range(7, 21))
