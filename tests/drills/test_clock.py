"""The exercise clock over every order of start, pause, resume, skew and stop that a controller can press."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules import Refused
from drills.enums import ClockState, Decision, Outcome, RunVerb
from drills.rules import ClockEvent, admit, clock_state, decide, exercise_time, running_between, step
from tests.casts import NIGHT

MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return NIGHT + timedelta(minutes=minutes)


@st.composite
def histories(draw: st.DrawFn) -> list[ClockEvent]:
    """What a restless controller presses: any verb at any time, also those that lead nowhere."""
    seconds = draw(st.lists(st.integers(0, 6 * 3600), max_size=14))
    verbs = draw(st.lists(st.sampled_from(list(RunVerb)), min_size=len(seconds), max_size=len(seconds)))
    return [
        ClockEvent(verb, NIGHT + timedelta(seconds=moment), draw(st.integers(1, 3600)) if verb == RunVerb.SKEW else 0)
        for verb, moment in zip(verbs, sorted(seconds), strict=True)
    ]


MOMENTS = st.integers(-3600, 8 * 3600).map(lambda seconds: NIGHT + timedelta(seconds=seconds))


def walked(events: list[ClockEvent], until: datetime) -> timedelta:
    """The clock told second by second, as a person with a stop-watch would: slow, and written apart from the rule."""
    running, over, started, passed, last = False, False, False, timedelta(0), NIGHT
    for event in [event for event in events if event.at <= until]:
        passed += (event.at - last) if running else timedelta(0)
        last = event.at
        if over:
            continue
        if event.verb == RunVerb.START and not started:
            running = started = True
        elif event.verb == RunVerb.PAUSE and started:
            running = False
        elif event.verb == RunVerb.RESUME and started:
            running = True
        elif event.verb == RunVerb.SKEW and started:
            passed += timedelta(seconds=event.seconds)
        elif event.verb == RunVerb.STOP and started:
            running, over = False, True
    return passed + ((until - last) if running else timedelta(0))


@given(histories(), MOMENTS)
def test_the_clock_is_the_sum_of_the_times_it_ran_and_was_put_forward(events: list[ClockEvent], now: datetime) -> None:
    assert exercise_time(events, now) == walked(events, now)


@given(histories(), MOMENTS, MOMENTS)
def test_the_clock_never_goes_back(events: list[ClockEvent], one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert exercise_time(events, earlier) <= exercise_time(events, later)


@given(histories(), MOMENTS, st.integers(0, 7200))
def test_while_it_is_paused_or_stopped_the_clock_stands(events: list[ClockEvent], now: datetime, seconds: int) -> None:
    until = now + timedelta(seconds=seconds)
    if clock_state(events, now) != ClockState.RUNNING and not any(now < event.at <= until for event in events):
        assert exercise_time(events, now) == exercise_time(events, until)


@given(histories(), MOMENTS)
def test_what_happens_later_does_not_change_what_the_clock_showed(events: list[ClockEvent], now: datetime) -> None:
    assert exercise_time(events, now) == exercise_time([event for event in events if event.at <= now], now)


@given(histories(), MOMENTS, MOMENTS)
def test_people_are_measured_by_running_time_alone(events: list[ClockEvent], one: datetime, other: datetime) -> None:
    since, until = sorted((one, other))
    assert timedelta(0) <= running_between(events, since, until) <= until - since
    unskewed = [event for event in events if event.verb != RunVerb.SKEW]
    assert running_between(events, since, until) == exercise_time(unskewed, until) - exercise_time(unskewed, since)


@given(st.integers(0, 600), histories(), st.lists(st.integers(0, 8 * 3600), max_size=60))
def test_an_inject_is_let_out_on_time_or_asked_about(offset: int, events: list[ClockEvent], ticks: list[int]) -> None:
    """Whatever ticks come or are lost: nothing goes out before its time, in a pause, or more than two minutes late."""
    due = timedelta(minutes=offset)
    for moment in sorted(ticks):
        now = NIGHT + timedelta(seconds=moment)
        passed, state = exercise_time(events, now), clock_state(events, now)
        decision = decide(due, passed, state)
        if decision == Decision.FIRE:
            assert state == ClockState.RUNNING
            assert timedelta(0) <= passed - due <= 2 * MINUTE
        if passed < due:
            assert decision == Decision.WAIT


STARTED = [ClockEvent(RunVerb.START, at(0))]


def test_after_a_long_pause_the_next_inject_waits_its_remaining_minutes() -> None:
    events = [*STARTED, ClockEvent(RunVerb.PAUSE, at(5)), ClockEvent(RunVerb.RESUME, at(185))]
    assert exercise_time(events, at(189)) == 9 * MINUTE
    assert decide(10 * MINUTE, exercise_time(events, at(189)), ClockState.RUNNING) == Decision.WAIT
    assert decide(10 * MINUTE, exercise_time(events, at(190)), ClockState.RUNNING) == Decision.FIRE


def test_what_fell_due_while_the_platform_was_down_asks_the_controller() -> None:
    assert decide(10 * MINUTE, 12 * MINUTE, ClockState.RUNNING) == Decision.FIRE
    assert decide(10 * MINUTE, 12 * MINUTE + timedelta(seconds=1), ClockState.RUNNING) == Decision.ASK


def test_an_inject_of_the_controllers_own_always_asks() -> None:
    assert decide(10 * MINUTE, 10 * MINUTE, ClockState.RUNNING, needs_controller=True) == Decision.ASK
    assert decide(10 * MINUTE, 9 * MINUTE, ClockState.RUNNING, needs_controller=True) == Decision.WAIT


@pytest.mark.parametrize(
    ("verb", "events", "code"),
    [
        (RunVerb.PAUSE, [], "conflict.not_running"),
        (RunVerb.START, STARTED, "conflict.running"),
        (RunVerb.RESUME, STARTED, "conflict.running"),
        (RunVerb.RESUME, [*STARTED, ClockEvent(RunVerb.STOP, at(1))], "conflict.stopped"),
        (RunVerb.STOP, [], "conflict.not_running"),
    ],
)
def test_a_button_that_leads_nowhere_says_why(verb: RunVerb, events: list[ClockEvent], code: str) -> None:
    with pytest.raises(Refused) as refused:
        admit(verb, events, now=at(10))
    assert refused.value.code == code


@pytest.mark.parametrize("seconds", [0, -60, 36_001])
def test_the_clock_is_not_put_back(seconds: int) -> None:
    with pytest.raises(Refused) as refused:
        admit(RunVerb.SKEW, STARTED, now=at(1), seconds=seconds)
    assert refused.value.code == "drill.forward"


def test_a_pause_is_nobodys_delay() -> None:
    events = [*STARTED, ClockEvent(RunVerb.PAUSE, at(4)), ClockEvent(RunVerb.RESUME, at(64))]
    measured = step(5, issued_at=at(2), done_at=at(66), events=events, now=at(70), ended=False)
    assert measured is not None
    assert (measured.taken, measured.outcome) == (4 * MINUTE, Outcome.MET)


def test_an_expectation_is_late_missed_or_still_open() -> None:
    def outcome(done: float | None, now: float, *, ended: bool = False) -> Outcome:
        found = step(
            5, issued_at=at(0), done_at=None if done is None else at(done), events=STARTED, now=at(now), ended=ended
        )
        assert found is not None
        return found.outcome

    assert outcome(6, 7) == Outcome.LATE
    assert outcome(None, 4) == Outcome.OPEN
    assert outcome(None, 6) == Outcome.MISSED
    assert outcome(None, 4, ended=True) == Outcome.MISSED
    assert step(None, issued_at=at(0), done_at=None, events=STARTED, now=at(1), ended=True) is None
