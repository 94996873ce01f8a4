"""The way of a finding, whatever people press: plain rules, no database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules import Refused
from hazards.enums import TO_MEND, FindingState, Step
from hazards.rules import (
    TERMS,
    check_closing,
    check_deferral,
    finding_is_late,
    finding_may,
    is_same_again,
    next_finding_state,
)

NOW = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)
PRESSES = st.lists(st.tuples(st.sampled_from(list(Step)), st.booleans()), max_size=30)


@given(PRESSES)
def test_only_the_check_writes_off_and_nothing_leaves_the_end(
    presses: list[tuple[Step, bool]],
) -> None:
    state = FindingState.FOUND
    for step, controlled in presses:
        try:
            after = next_finding_state(step, state, controlled=controlled)
        except Refused:
            assert not finding_may(step, state)
            continue
        assert finding_may(step, state)
        assert state not in (FindingState.CLOSED, FindingState.WITHDRAWN)
        if after == FindingState.CLOSED:
            assert (state, step) == (FindingState.SUBMITTED, Step.CLOSE)
        if after == FindingState.SUBMITTED and state != after:
            assert (step, state in TO_MEND, state != FindingState.FOUND) == (Step.SUBMIT, True, True)
        if after == FindingState.CONTROLLED:
            assert controlled or state == FindingState.CONTROLLED
        if state == FindingState.SUBMITTED and after not in (state, FindingState.CLOSED):
            assert step in (Step.SEND_BACK, Step.TAKE_BACK)
        state = after


@given(
    st.integers(1, 5), st.sets(st.integers(1, 5)), st.integers(0, 2), st.sampled_from(["", " ", "看过"]), st.booleans()
)
def test_the_checker_is_never_a_doer_and_shows_or_says_something(
    closer: int, doers: set[int], photos: int, words: str, seen_since: bool
) -> None:
    good = closer not in doers and ((photos > 0 and not seen_since) or bool(words.strip()))
    try:
        check_closing(closer, doers, photos_after=photos, words=words, seen_since=seen_since)
    except Refused:
        assert not good
    else:
        assert good


@given(
    st.integers(1, 3),
    st.sets(st.integers(1, 3)),
    st.sampled_from(["", "看守"]),
    st.sampled_from(["", "等料"]),
    st.integers(-3, 3),
    st.integers(-3, 3),
)
def test_a_deferral_needs_another_person_a_measure_a_reason_and_a_later_date(
    approver: int, doers: set[int], measure: str, reason: str, due_in: int, new_in: int
) -> None:
    due, new_due = NOW + timedelta(days=due_in), NOW + timedelta(days=new_in)
    good = approver not in doers and bool(measure) and bool(reason) and new_due > due and new_due > NOW
    try:
        check_deferral(approver, doers, measure=measure, reason=reason, due_at=due, new_due=new_due, now=NOW)
    except Refused:
        assert not good
    else:
        assert good


@pytest.mark.parametrize(("days", "same"), [(-1, False), (0, True), (30, True), (31, False)])
def test_it_has_come_back_within_the_days(days: int, same: bool) -> None:
    assert is_same_again(NOW, NOW + timedelta(days=days), reopen_days=30) is same
    assert not is_same_again(None, NOW, reopen_days=30)


@given(st.sampled_from(list(FindingState)), st.integers(-2, 2), st.sampled_from([None, -1, 1]), st.booleans())
def test_late_is_what_is_to_be_mended_and_out_of_a_time(
    state: FindingState, due_in: int, control_in: int | None, controlled: bool
) -> None:
    control_by = None if control_in is None else NOW + timedelta(hours=control_in)
    late = finding_is_late(state, NOW + timedelta(days=due_in), control_by, controlled=controlled, now=NOW)
    assert late is (state in TO_MEND and (due_in < 0 or (control_in == -1 and not controlled)))


def test_the_graver_the_sooner_it_is_made_safe() -> None:
    hours = [term.control_by(NOW) for term in TERMS.values()]
    assert hours == [None, NOW + timedelta(hours=48), NOW + timedelta(hours=24)]
    assert [term.due(NOW) for term in TERMS.values()] == [NOW + timedelta(days=days) for days in (7, 15, 30)]
