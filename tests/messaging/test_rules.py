"""What a text costs, what may go out, what an answer means: no database."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging import rules
from messaging.enums import Lane, State
from tests.casts import NIGHT

# -- texts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "parts"), [(0, 0), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_the_seventy_first_character_costs_a_second_part(length: int, parts: int) -> None:
    assert rules.sms_parts("汛" * length) == parts


def test_a_rare_surname_takes_two_places() -> None:
    assert rules.sms_parts("汛" * 69 + "𠮷") == 2


@given(st.text(max_size=600), st.text(max_size=60))
def test_more_text_never_costs_less_and_parts_hold_the_text(text: str, more: str) -> None:
    parts = rules.sms_parts(text)
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert parts <= rules.sms_parts(text + more)
    assert units <= (70 if parts <= 1 else 67 * parts)
    assert parts <= 2 or units > 67 * (parts - 1)


def test_an_exercise_is_marked_once() -> None:
    assert rules.marked(rules.marked("转移")) == "【演练】转移"


@given(st.text(alphabet="{}a 汛", max_size=20), st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=5)))
def test_only_blanks_with_a_value_are_filled(text: str, params: dict[str, str]) -> None:
    filled = rules.Template(text).filled(params)
    assert filled == (text.replace("{a}", params["a"]) if "a" in params else text)


def test_a_value_that_looks_like_a_blank_is_not_filled_again() -> None:
    assert rules.Template("{a}{b}").filled({"a": "{b}", "b": "x"}) == "{b}x"


# -- may it go out -----------------------------------------------------------------------------------------------------


def claim(**changes: Any) -> rules.Claim:
    facts: dict[str, Any] = {
        "prior": State.QUEUED,
        "lane": Lane.BULK,
        "idempotent": True,
        "created_at": NIGHT,
        "cancelled_at": None,
        "expires_at": None,
        "enlisted": True,
        "dead": False,
    }
    return rules.Claim(**{**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "state", "error"),
    [
        ({"cancelled_at": NIGHT}, State.CANCELLED, "withdrawn"),
        ({"expires_at": NIGHT}, State.CANCELLED, "expired"),
        ({"enlisted": False}, State.CANCELLED, "not_enlisted"),
        ({"dead": True}, State.FAILED, "dead_address"),
        ({"created_at": NIGHT - rules.TOO_OLD}, State.FAILED, "too_old"),
    ],
)
@pytest.mark.parametrize("lane", Lane)
def test_what_is_barred_is_not_sent_and_says_why(changes: dict[str, Any], state: State, error: str, lane: Lane) -> None:
    assert rules.decide(claim(lane=lane, **changes), 2, now=NIGHT) == rules.Outcome(state, error, attempts=2)
    tried = rules.decide(claim(lane=lane, prior=State.SENDING, **changes), 2, now=NIGHT)
    assert tried is not None
    assert tried.state == State.UNKNOWN, "it may have arrived already: wait for the receipt"


def test_a_moment_before_it_expires_it_still_goes() -> None:
    almost = claim(expires_at=NIGHT + timedelta(seconds=1), created_at=NIGHT - rules.TOO_OLD + timedelta(seconds=1))
    assert rules.decide(almost, 0, now=NIGHT) is None


@pytest.mark.parametrize("prior", [State.SENDING, State.UNKNOWN])
def test_an_unknown_outcome_is_sent_again_where_that_rings_once_or_must_ring(prior: State) -> None:
    assert rules.decide(claim(prior=prior), 1, now=NIGHT) is None
    assert rules.decide(claim(prior=prior, idempotent=False, lane=Lane.ALARM), 1, now=NIGHT) is None


def test_a_plain_provider_in_the_bulk_lane_is_waited_for_and_then_given_up() -> None:
    first = rules.decide(claim(prior=State.SENDING, idempotent=False), 1, now=NIGHT)
    assert first == rules.Outcome(State.UNKNOWN, "lease_lost", wait=600.0, attempts=1)
    then = rules.decide(claim(prior=State.UNKNOWN, idempotent=False), 1, now=NIGHT)
    assert then == rules.Outcome(State.FAILED, "unanswered", attempts=1)


# -- what an answer means ----------------------------------------------------------------------------------------------


def story(result: rules.Result, *, lane: Lane = Lane.BULK, idempotent: bool = True) -> list[tuple[State, float]]:
    """The states and waits of a row that always gets this answer."""
    told, attempts = [], 0
    for _ in range(10):
        outcome = rules.outcome_of(result, attempts, lane=lane, idempotent=idempotent, scale=1.0)
        told.append((outcome.state, outcome.wait))
        attempts = outcome.attempts
        if outcome.state == State.FAILED:
            break
    return told


def test_a_gateway_that_is_away_is_tried_after_half_a_minute_two_and_five_then_given_up() -> None:
    waits = [(State.QUEUED, 30.0), (State.QUEUED, 120.0), (State.QUEUED, 300.0), (State.FAILED, 0.0)]
    assert story(rules.RetryAfter(None, "unreachable")) == waits


def test_no_answer_is_tried_again_on_the_same_schedule_where_that_is_harmless() -> None:
    waits = [(State.UNKNOWN, 30.0), (State.UNKNOWN, 120.0), (State.UNKNOWN, 300.0), (State.FAILED, 0.0)]
    assert story(rules.Unknown()) == story(rules.Unknown(), idempotent=False, lane=Lane.ALARM) == waits
    assert story(rules.Unknown(), idempotent=False)[0] == (State.UNKNOWN, 600.0)


def test_being_throttled_costs_no_try() -> None:
    assert story(rules.RetryAfter(2.0, "throttled")) == [(State.QUEUED, 2.0)] * 10


@given(st.floats())
def test_a_provider_cannot_ask_for_an_absurd_wait(seconds: float) -> None:
    outcome = rules.outcome_of(rules.RetryAfter(seconds, "x"), 0, lane=Lane.BULK, idempotent=True, scale=1.0)
    assert 0 < outcome.wait <= 300
    assert 0 < rules.pause_after([rules.RetryAfter(seconds, "x")]) <= 5


def test_a_fault_run_divides_the_waits() -> None:
    outcome = rules.outcome_of(rules.RetryAfter(None, "x"), 0, lane=Lane.BULK, idempotent=True, scale=10.0)
    assert outcome.wait == 3.0


def test_a_channel_rests_only_when_nothing_came_of_a_batch() -> None:
    away, busy = rules.RetryAfter(None, "unreachable"), rules.RetryAfter(None, "refused_503")
    assert rules.pause_after([away, away]) == rules.pause_after([rules.Unknown()]) == rules.REST_OF_PASS
    assert rules.pause_after([busy, busy]) == 1.0
    assert rules.pause_after([rules.Unknown(), rules.Accepted("1")]) == rules.pause_after([]) == 0.0


# -- what gateways post ------------------------------------------------------------------------------------------------

RECEIPT = {"id": "wd-1", "provider_id": "g1", "status": "delivered", "at": "2026-07-19T23:00:00+08:00"}
REPLY = {"from": "+8613800000001", "to": "1069", "text": "1", "at": "2026-07-19T15:00:00Z", "reply_to": "wd-1"}


def test_clean_rows_carry_their_times_in_utc() -> None:
    [receipt] = rules.read_receipts(json.dumps({"receipts": [RECEIPT | {"more": 1}]}).encode())
    assert receipt == RECEIPT | {"at": "2026-07-19T15:00:00+00:00", "code": ""}
    [reply] = rules.read_replies(json.dumps({"replies": [REPLY | {"reply_to": None}]}).encode())
    assert reply == REPLY | {"at": "2026-07-19T15:00:00+00:00", "reply_to": ""}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (b"\xff", "", "not_json"),
        (b"[" * 100_000, "", "not_json"),
        (b"[]", "receipts", "no_rows"),
        (b"{}", "receipts", "no_rows"),
        (b'{"receipts": {}}', "receipts", "no_rows"),
        (b'{"receipts": []}', "receipts", "no_rows"),
        (json.dumps({"receipts": [RECEIPT] * 1001}).encode(), "receipts", "too_many"),
        (json.dumps({"receipts": [RECEIPT, 1]}).encode(), "receipts[1]", "not_object"),
    ],
)
def test_a_body_that_is_none_is_refused_whole(body: bytes, field: str, code: str) -> None:
    with pytest.raises(rules.Malformed) as refused:
        rules.read_receipts(body)
    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", None, "bad_text"),
        ("id", "", "bad_text"),
        ("id", " ", "bad_text"),
        ("id", 7, "bad_text"),
        ("id", "x" * 65, "bad_text"),
        ("id", "a\x00", "bad_text"),
        ("id", "\ud800", "bad_text"),
        ("provider_id", 7, "bad_text"),
        ("provider_id", "x" * 65, "bad_text"),
        ("code", ["x"], "bad_text"),
        ("code", "x" * 41, "bad_text"),
        ("status", None, "bad_status"),
        ("status", "accepted", "bad_status"),
        ("status", [], "bad_status"),
        ("at", None, "bad_time"),
        ("at", 1, "bad_time"),
        ("at", "yesterday", "bad_time"),
        ("at", "2026-07-19T23:00:00", "bad_time"),
        ("at", "0001-01-01T00:00:00+08:00", "bad_time"),
        ("at", "9999-12-31T23:59:59-08:00", "bad_time"),
    ],
)
def test_every_fault_of_a_receipt_names_its_field(field: str, value: object, code: str) -> None:
    body = json.dumps({"receipts": [RECEIPT, RECEIPT | {field: value}]}).encode()
    with pytest.raises(rules.Malformed) as refused:
        rules.read_receipts(body)
    assert (refused.value.field, refused.value.code) == (f"receipts[1].{field}", code)


@pytest.mark.parametrize(
    ("field", "value"),
    [("from", ""), ("from", "1" * 21), ("to", "1" * 21), ("text", ""), ("text", "好" * 501), ("reply_to", 5)],
)
def test_every_fault_of_a_reply_names_its_field(field: str, value: object) -> None:
    with pytest.raises(rules.Malformed) as refused:
        rules.read_replies(json.dumps({"replies": [REPLY | {field: value}]}).encode())
    assert refused.value.field == f"replies[0].{field}"


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode()))
def test_nothing_that_is_posted_breaks_the_reader(body: bytes) -> None:
    with pytest.raises(rules.Malformed):
        rules.read_receipts(body)
