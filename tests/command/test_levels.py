"""Which step leads where, and what a level asks for: no database."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.enums import ResponseVerb
from command.rules import Asked, Task, decided, missing, next_step, roman, tasks_of
from core.rules import Refused
from tests.casts import NIGHT

LEVELS = st.integers(min_value=1, max_value=4)


@given(current=st.none() | LEVELS, verb=st.sampled_from(list(ResponseVerb)), wanted=st.none() | st.integers(-1, 6))
def test_a_step_moves_the_level_the_way_its_verb_says_or_is_refused(
    current: int | None, verb: ResponseVerb, wanted: int | None
) -> None:
    try:
        step = next_step(verb, current=current, wanted=wanted)
    except Refused:
        assert (
            current is None
            if verb == ResponseVerb.END
            else wanted not in (1, 2, 3, 4)
            or (verb == ResponseVerb.ACTIVATE) == (current is not None)
            or (verb == ResponseVerb.RAISE and wanted >= (current or 0))
            or (verb == ResponseVerb.LOWER and wanted <= (current or 0))
        )
        return
    assert step.before == current
    if verb == ResponseVerb.RAISE:
        assert (step.after or 9) < (current or 0)
    if verb == ResponseVerb.LOWER:
        assert (step.after or 0) > (current or 9)
    assert (step.after is None) == (verb == ResponseVerb.END)


@given(
    asked=st.lists(st.builds(Asked, template=st.integers(1, 30), level=LEVELS, each_subdistrict=st.booleans())),
    first=LEVELS,
    second=LEVELS,
)
def test_climbing_in_two_steps_gives_what_one_step_gives_and_nothing_twice(
    asked: list[Asked], first: int, second: int
) -> None:
    below = ("410403001", "410403002")
    low, high = max(first, second), min(first, second)
    at_once = tasks_of(asked, level=high, area_code="410403", subdistricts=below)
    before = tasks_of(asked, level=low, area_code="410403", subdistricts=below)
    added = missing(at_once, given=before)
    assert set(before) <= set(at_once)
    assert sorted([*before, *added], key=repr) == sorted(at_once, key=repr)


def test_a_task_for_each_sub_district_stays_inside_the_response() -> None:
    asked = [Asked(1, 3, each_subdistrict=True), Asked(2, 3)]
    found = tasks_of(asked, level=2, area_code="410403001", subdistricts=("410403001", "410403002"))
    assert found == [Task(1, "410403001"), Task(2, "410403001")]


def test_levels_are_told_apart_by_number_and_not_by_text() -> None:
    assert [roman(level) for level in (1, 2, 3, 4, None)] == ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", ""]


def test_a_decision_is_not_dated_into_the_future_nor_before_the_last_one() -> None:
    assert decided(None, last=None, now=NIGHT) == NIGHT
    assert decided(NIGHT - timedelta(minutes=3), last=None, now=NIGHT) == NIGHT - timedelta(minutes=3)
    with pytest.raises(Refused):
        decided(NIGHT + timedelta(seconds=1), last=None, now=NIGHT)
    with pytest.raises(Refused):
        decided(NIGHT - timedelta(minutes=3), last=NIGHT, now=NIGHT)
    within = NIGHT + timedelta(seconds=20)
    assert decided(NIGHT, last=within, now=within) == within
