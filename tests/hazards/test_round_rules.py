"""When the calendar opens a round and what became of sites between two: plain rules, no database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.enums import Change
from hazards.rules.rounds import change, compared, opening_day, opens_now

SEASON = {"starts": date(2026, 5, 15), "ends": date(2026, 9, 30)}
SEEN = st.dictionaries(st.integers(1, 12), st.none() | st.integers(0, 5))


@pytest.mark.parametrize(
    ("phase", "offset", "day"),
    [
        ("before", -30, date(2026, 4, 15)),
        ("before", 0, date(2026, 5, 15)),
        ("middle", 0, date(2026, 7, 23)),
        ("after", 3, date(2026, 10, 3)),
    ],
)
def test_a_planned_round_has_its_day_in_every_season(phase: str, offset: int, day: date) -> None:
    assert opening_day(phase, offset, **SEASON) == day


def test_a_round_opens_on_its_day_or_after_downtime_and_never_for_a_day_before_it_was_planned() -> None:
    day, planned = date(2026, 7, 23), date(2026, 7, 1)

    def opens(today: date, planned_on: date = planned) -> bool:
        return opens_now(day, planned_on=planned_on, today=today)

    assert [opens(day + timedelta(n)) for n in (-1, 0, 1, 30, 31)] == [False, True, True, True, False]
    assert not opens(day + timedelta(1), planned_on=day + timedelta(1))
    assert opens(day, planned_on=day)


@given(SEEN, SEEN)
def test_every_site_of_either_round_is_counted_once(
    before: dict[int, int | None], after: dict[int, int | None]
) -> None:
    found = compared(before, after)
    told = [site for sites in found.by_change.values() for site in sites]
    assert sorted(told) == sorted({*before, *after})
    assert set(found.by_change[Change.GONE]) == set(before) - set(after)
    assert set(found.by_change[Change.NEW]) == set(after) - set(before)
    assert found.count(Change.WORSE) == len(found.by_change[Change.WORSE])


def test_more_failed_items_are_worse_and_what_nobody_saw_is_no_change() -> None:
    assert change(1, 2) == Change.WORSE
    assert change(2, 0) == Change.BETTER
    assert change(2, 2) == Change.SAME
    assert change(None, 0) == Change.UNSEEN
    assert change(0, None) == Change.UNSEEN
