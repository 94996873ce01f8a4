"""Late, absent, drawn, handed over: no database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rules import OpenItem, Refused
from dutyroster.enums import Outcome, PostState
from dutyroster.rules.attendance import Seen, answer, check_arrival, check_window, draw, is_late, presence, unanswered
from dutyroster.rules.handover import ItemState, check_signature, merge, untaken
from tests.casts import NIGHT

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
windows = st.tuples(moments, st.integers(1, 24 * 3600))


@settings(deadline=None)  # a loaded machine is no fault
@given(st.text(max_size=40), windows)
def test_the_drawn_moment_lies_in_its_window_and_the_same_seed_draws_it_again(
    seed: str, window: tuple[datetime, int]
) -> None:
    begins, seconds = window
    ends = begins + timedelta(seconds=seconds)
    drawn = draw(seed, begins, ends)
    assert begins <= drawn < ends
    assert draw(seed, begins, ends) == drawn


def test_different_seeds_fall_all_over_the_window() -> None:
    ends = NIGHT + timedelta(hours=6)
    drawn = [draw(f"seed {number}", NIGHT, ends) for number in range(600)]
    for hour in range(6):
        share = sum(NIGHT + timedelta(hours=hour) <= at < NIGHT + timedelta(hours=hour + 1) for at in drawn)
        assert 60 <= share <= 140  # a hundred each, five standard deviations either way


@pytest.mark.parametrize(
    ("begins", "ends", "minutes", "field"),
    [(0, 0, 5, "window_until"), (-3, -1, 5, "window_until"), (0, 25, 5, "window_until"), (0, 6, 1, "answer_minutes")],
)
def test_a_window_nobody_can_be_called_in_is_refused(begins: int, ends: int, minutes: int, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_window(NIGHT + timedelta(hours=begins), NIGHT + timedelta(hours=ends), minutes, now=NIGHT)
    assert refusal.value.field == field


def test_a_quarter_of_an_hour_is_not_late_and_a_minute_more_is() -> None:
    assert not is_late(NIGHT + timedelta(minutes=15), NIGHT, 15)
    assert is_late(NIGHT + timedelta(minutes=16), NIGHT, 15)


@pytest.mark.parametrize(
    ("minutes", "known", "state"),
    [
        (5, {}, PostState.EXPECTED),
        (15, {}, PostState.MISSING),
        (30, {"came_at": NIGHT}, PostState.IN_POST),
        (30, {"came_at": NIGHT + timedelta(minutes=20)}, PostState.LATE),
        (30, {"came_at": NIGHT, "suspected": True}, PostState.SUSPECTED),
        (30, {"came_at": NIGHT, "confirmed_absent": True}, PostState.MISSING),
        (30, {"came_at": NIGHT, "substitutes": True}, PostState.STAND_IN),
        (30, {"came_at": NIGHT, "left_at": NIGHT, "suspected": True}, PostState.LEFT),
    ],
)
def test_what_speaks_against_presence_weighs_more(minutes: int, known: dict[str, object], state: PostState) -> None:
    seen = Seen(NIGHT, 15, **known)  # type: ignore[arg-type]  # the table's columns
    assert presence(seen, now=NIGHT + timedelta(minutes=minutes)) == state


def test_nobody_checks_in_for_tomorrow_or_for_a_time_to_come() -> None:
    ends = NIGHT + timedelta(hours=9)
    for at, now in ((NIGHT, NIGHT - timedelta(hours=2)), (NIGHT + timedelta(minutes=1), NIGHT), (ends, ends)):
        with pytest.raises(Refused):
            check_arrival(at, NIGHT, ends, now=now)
    check_arrival(NIGHT - timedelta(minutes=50), NIGHT, ends, now=NIGHT)


def test_two_silences_are_a_suspicion_and_no_more() -> None:
    first = unanswered(1, 5, now=NIGHT)
    assert (first.calls, first.outcome, first.next_at) == (2, Outcome.WAITING, NIGHT + timedelta(minutes=5))
    assert unanswered(2, 5, now=NIGHT).outcome == Outcome.SUSPECTED


@pytest.mark.parametrize(
    ("calls", "before", "after"),
    [
        (1, Outcome.WAITING, Outcome.IN_POST),
        (2, Outcome.WAITING, Outcome.LATE),
        (2, Outcome.SUSPECTED, Outcome.LATE),
        (2, Outcome.CONFIRMED, Outcome.CONFIRMED),
        (2, Outcome.EXCUSED, Outcome.EXCUSED),
    ],
)
def test_an_answer_never_undoes_what_a_person_has_judged(calls: int, before: Outcome, after: Outcome) -> None:
    assert answer(calls, before) == after


keys = st.text("abcdef", min_size=1, max_size=2)
item_states = st.dictionaries(keys, st.tuples(st.booleans(), st.booleans()), max_size=12).map(
    lambda found: [ItemState(key, *flags) for key, flags in found.items()]
)
open_items = st.sets(keys, max_size=12).map(
    lambda found: [OpenItem(key, "求助", "老人被困", "/", NIGHT) for key in sorted(found)]
)


@settings(deadline=None)
@given(item_states, open_items)
def test_a_handover_lists_everything_open_and_never_loses_what_it_listed(
    known: list[ItemState], found: list[OpenItem]
) -> None:
    change = merge(known, found)
    after = {
        item.key: ItemState(
            item.key, item.taken, (item.closed or item.key in change.closed) and item.key not in change.reopened
        )
        for item in known
    } | {item.key: ItemState(item.key, False, False) for item in change.new}
    fresh = {item.key for item in found}
    assert {item.key for item in known} <= set(after)
    assert {key for key, item in after.items() if not item.closed} == fresh
    taken = {item.key for item in known if item.taken}
    assert set(untaken(after.values())) == fresh - taken


@settings(deadline=None)
@given(item_states)
def test_a_signature_needs_every_open_item_taken(items: list[ItemState]) -> None:
    left = untaken(items)
    if left:
        with pytest.raises(Refused) as refusal:
            check_signature(items, signer=2, incoming=2, outgoing=1, is_signed=False)
        assert refusal.value.code == "conflict.untaken"
        assert refusal.value.params == {"count": len(left)}
    else:
        check_signature(items, signer=2, incoming=2, outgoing=1, is_signed=False)


@pytest.mark.parametrize(
    ("signer", "incoming", "outgoing", "signed"),
    [(1, 2, 1, False), (3, 2, 1, False), (2, 2, 2, False), (2, 2, 1, True)],
)
def test_only_the_incoming_signs_and_once(signer: int, incoming: int, outgoing: int, signed: bool) -> None:
    with pytest.raises(Refused):
        check_signature([], signer=signer, incoming=incoming, outgoing=outgoing, is_signed=signed)
