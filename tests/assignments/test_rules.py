"""Duties without a database: states, clocks, reminders, links."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignments import rules
from assignments.enums import CLOSED, OPEN, State, Verb, Way, Who
from core.rules import Refused
from tests.assignments.conftest import CLOSING, ERRAND

NIGHT = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        (Verb.ACKNOWLEDGE, State.ASSIGNED, State.ACKNOWLEDGED),
        (Verb.START, State.ASSIGNED, State.DOING),
        (Verb.REPORT, State.ASSIGNED, State.REPORTED),
        (Verb.REPORT, State.RETURNED, State.REPORTED),
        (Verb.DECLINE, State.DOING, State.RETURNED),
        (Verb.VERIFY, State.REPORTED, State.VERIFIED),
        (Verb.SEND_BACK, State.REPORTED, State.RETURNED),
        (Verb.CANCEL, State.REPORTED, State.CANCELLED),
        (Verb.HAND_OVER, State.DOING, State.ASSIGNED),
    ],
)
def test_a_verb_leads_on(verb: Verb, before: State, after: State) -> None:
    assert rules.next_state(verb, before, True) == after


def test_a_duty_nobody_verifies_is_closed_by_its_report() -> None:
    assert rules.next_state(Verb.REPORT, State.DOING, False) == State.VERIFIED


@pytest.mark.parametrize(
    ("verb", "state", "code"),
    [
        (Verb.ACKNOWLEDGE, State.DOING, "conflict.already"),
        (Verb.REPORT, State.REPORTED, "conflict.reported"),
        (Verb.VERIFY, State.DOING, "conflict.not_reported"),
        (Verb.REPORT, State.VERIFIED, "conflict.closed"),
        (Verb.START, State.CANCELLED, "conflict.withdrawn"),
    ],
)
def test_a_verb_that_leads_nowhere_says_why(verb: Verb, state: State, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        rules.next_state(verb, state, True)
    assert refusal.value.code == code
    assert str(refusal.value)


def test_nothing_leads_out_of_a_closed_duty_but_the_word_of_whoever_owns_it_that_it_is_not_done() -> None:
    out = [(verb, state) for verb in Verb for state in CLOSED if rules.allowed(verb, state)]
    assert out == [(Verb.REOPEN, State.VERIFIED)]
    everything = rules.Standing(True, False, True, True, True, True)
    assert not rules.may(Verb.REOPEN, everything, needs_verification=False)


def test_whoever_did_the_work_does_not_judge_it() -> None:
    doer = rules.Standing(is_reporter=True, verifies=True)
    assert not rules.may(Verb.VERIFY, doer, needs_verification=True)
    assert rules.may(Verb.VERIFY, rules.Standing(verifies=True), needs_verification=True)


def test_lateness_starts_with_the_acknowledgement_and_ends_with_the_report() -> None:
    acknowledge_by, due = NIGHT + minutes(10), NIGHT + minutes(60)
    assert rules.minutes_late(State.ASSIGNED, acknowledge_by, due, now=NIGHT + minutes(10)) == 0
    assert rules.minutes_late(State.ASSIGNED, acknowledge_by, due, now=NIGHT + minutes(22)) == 12
    assert rules.minutes_late(State.ACKNOWLEDGED, acknowledge_by, due, now=NIGHT + minutes(22)) == 0
    assert rules.minutes_late(State.DOING, acknowledge_by, due, now=NIGHT + minutes(72)) == 12
    assert rules.minutes_late(State.REPORTED, acknowledge_by, due, now=NIGHT + minutes(72)) == 0


def test_a_time_in_the_future_before_the_duty_or_before_the_last_step_is_refused() -> None:
    clocks = rules.Clocks(NIGHT, NIGHT + minutes(60), acknowledged_at=NIGHT + minutes(5.5))
    now = NIGHT + minutes(20)
    for at, code in (
        (now + minutes(1), "assignment.in_future"),
        (NIGHT - minutes(1), "assignment.before_issued"),
        (NIGHT + minutes(3), "assignment.out_of_order"),
    ):
        with pytest.raises(Refused) as refusal:
            rules.happened(at, clocks, now=now)
        assert (refusal.value.code, refusal.value.field) == (code, "occurred_at")


def test_a_typed_minute_means_the_moment_of_the_last_step_in_that_minute() -> None:
    clocks = rules.Clocks(NIGHT, NIGHT + minutes(60), acknowledged_at=NIGHT + minutes(5.5))
    assert rules.happened(NIGHT + minutes(5), clocks, now=NIGHT + minutes(20)) == NIGHT + minutes(5.5)


def test_no_acknowledgement_is_waited_for_where_the_kind_wants_none() -> None:
    assert rules.deadlines(ERRAND, now=NIGHT) == (None, NIGHT + minutes(30))
    assert rules.deadlines(CLOSING, now=NIGHT, due_at=NIGHT + minutes(3))[0] == NIGHT + minutes(3)


@given(st.integers(1, 10**12), st.text(min_size=1, max_size=16), st.text(min_size=1, max_size=16))
def test_a_link_opens_its_own_duty_under_its_own_nonce_only(number: int, nonce: str, other: str) -> None:
    token = rules.link_token(number, nonce, secret="s")
    assert rules.number_in(token) == number
    assert rules.is_genuine(token, number, nonce, secret="s")
    assert not rules.is_genuine(token, number, "", secret="s")
    assert not rules.is_genuine(token, number, nonce, secret="another")
    assert nonce == other or not rules.is_genuine(token, number, other, secret="s")
    assert not rules.is_genuine(token, number + 1, nonce, secret="s")


@given(st.text(max_size=60))
def test_whatever_stands_in_the_address_is_answered(token: str) -> None:
    number = rules.number_in(token)
    assert number is None or not rules.is_genuine(token, number, "nonce", secret="s")


@given(st.lists(st.sampled_from([*Verb]), max_size=25), st.booleans())
def test_an_open_duty_always_has_a_way_to_its_end(verbs: list[Verb], needs_verification: bool) -> None:
    state = State.ASSIGNED
    for verb in verbs:
        if rules.allowed(verb, state):
            state = rules.next_state(verb, state, needs_verification)
    assert state in (*OPEN, *CLOSED, State.REPORTED)
    assert state in CLOSED or rules.allowed(Verb.CANCEL, state)


def test_the_usual_ladder_reminds_then_tells_the_sub_district_then_the_room_and_never_ends() -> None:
    policy = rules.reminding(15, 2)
    assert [step.who for step in policy.steps] == [Who.ASSIGNEE, Who.ASSIGNEE, Who.SUPERIOR, Who.ROOM]
    step_no, walk, pauses = 1, 0, []
    for _step in range(30):
        follows = rules.after(policy, step_no, walk)
        pauses.append(int(follows.pause.total_seconds()) // 60)
        step_no, walk = follows.step_no, follows.walk
    assert pauses[:7] == [15, 15, 15, 15, 30, 60, 120]
    assert (step_no, pauses[-1]) == (4, 24 * 60)


@given(
    waits=st.lists(st.integers(0, 3000), min_size=1, max_size=5),
    loops=st.integers(1, 3),
    steps=st.integers(1, 60),
)
def test_a_ladder_goes_up_by_ones_walks_its_loops_and_stays_at_the_top(
    waits: list[int], loops: int, steps: int
) -> None:
    policy = rules.Policy(tuple(rules.Step(Who.ASSIGNEE, wait=wait) for wait in waits), loops=loops)
    assert rules.thawed(json.loads(json.dumps(rules.frozen(policy)))) == policy
    place, walk = 1, 0
    for _step in range(steps):
        follows = rules.after(policy, place, walk)
        assert (follows.walk, follows.step_no) > (walk, place)
        assert timedelta(minutes=1) <= follows.pause <= max(timedelta(hours=24), timedelta(minutes=max(waits)))
        place, walk = follows.step_no, follows.walk
    if steps >= len(waits) * loops:
        assert place == len(waits)


def test_a_ladder_begins_when_its_kind_says_and_never_after_the_first_deadline() -> None:
    calls = rules.Policy((rules.Step(Who.ASSIGNEE, Way.VOICE, 2),), begins_after=3)
    answer_by, due = NIGHT + timedelta(minutes=5), NIGHT + timedelta(minutes=60)
    assert rules.begins(calls, answer_by, due, now=NIGHT) == NIGHT + timedelta(minutes=3)
    assert rules.begins(calls, NIGHT, due, now=NIGHT) == NIGHT
    assert rules.begins(rules.reminding(15, 2), answer_by, due, now=NIGHT) == answer_by
    assert rules.begins(rules.reminding(15, 2), None, due, now=NIGHT) == due
    assert rules.rechecks(rules.reminding(15, 2), NIGHT, now=NIGHT) == NIGHT + timedelta(minutes=15)
