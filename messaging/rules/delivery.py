"""A delivery's life: whether a claimed row may go out, and what an answer makes of it.

queued -> sending -> accepted -> delivered -> read        receipts only move up, by the state's number
                  -> unknown  -> sent again, or failed "unanswered"
                  -> queued (wait 30 s, 2 min, 5 min) -> failed
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from messaging.enums import Lane, State
from messaging.rules.channel import Accepted, Rejected, Result, RetryAfter, Unknown

LEASE_SECONDS = 30.0
# Bulk fills the gateway's largest call. Alarm stays small: the twenty-first call-out must not wait for a slow answer.
BATCH = {Lane.ALARM: 20, Lane.BULK: 500}

RETRY_WAITS = (
    30.0,  # a restart of the gateway or a cell of the network
    120.0,  # a fail-over at the provider
    300.0,  # a fault that somebody has to mend; after it the door-knock is quicker than another try
)
UNANSWERED_SECONDS = 600.0  # a plain provider reports within minutes or never; sending again could ring twice
TOO_OLD = timedelta(hours=6)  # a warning this old misleads; also what ends every loop of throttling and dying workers
SHORTEST_WAIT, LONGEST_WAIT = 0.05, 300.0  # seconds, of what a throttling provider may ask for
LONGEST_PAUSE = 5.0  # seconds a throttled channel rests within one pass
REST_OF_PASS = float("inf")
# Codes that say of a number, for good, that no text will ever reach it.
DEAD_NUMBER = frozenset({"bad_number", "number_barred"})
SUSPECT_FROM, SUSPECT_ABOVE = 20, 0.5  # messages in a batch; share of them whose numbers are all called bad at once
BUSY_PAUSE = 1.0  # seconds a channel rests after "out of order": the next call may do


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of a row when it is claimed. `prior` is the state before the claim."""

    prior: State
    lane: Lane
    idempotent: bool
    created_at: datetime
    cancelled_at: datetime | None
    expires_at: datetime | None
    enlisted: bool  # true outside exercises
    dead: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is written to the row: its state, after how many seconds it is looked at again, how many tries counted."""

    state: State
    error: str = ""
    wait: float = 0.0
    attempts: int = 0
    provider_id: str = ""


def decide(claim: Claim, attempts: int, *, now: datetime) -> Outcome | None:
    """None when the row may go out; otherwise what becomes of it without sending.

    1. A row whose last try may have arrived is not sent again when it is barred by now, nor by a plain provider in
       the bulk lane: it waits for its receipt, then fails as "unanswered". (Alarm: two calls beat none.)
    2. Withdrawn and expired broadcasts end as cancelled; so does an exercise for who has not agreed to take part.
    3. A dead address and a text that is too old fail, so that the next contact or a door-knock takes over.
    """
    barred = _bar(claim, now=now)
    if claim.prior != State.QUEUED:
        may_resend = claim.idempotent or claim.lane == Lane.ALARM
        if may_resend and barred is None:
            return None
        if claim.prior == State.SENDING:
            return Outcome(State.UNKNOWN, "lease_lost", wait=UNANSWERED_SECONDS, attempts=attempts)
        return Outcome(State.FAILED, "unanswered", attempts=attempts)
    if barred is None:
        return None
    state, error = barred
    return Outcome(state, error, attempts=attempts)


def _bar(claim: Claim, *, now: datetime) -> tuple[State, str] | None:
    if claim.cancelled_at is not None:
        return State.CANCELLED, "withdrawn"
    if claim.expires_at is not None and claim.expires_at <= now:
        return State.CANCELLED, "expired"
    if not claim.enlisted:
        return State.CANCELLED, "not_enlisted"
    if claim.dead:
        return State.FAILED, "dead_address"
    if now - claim.created_at >= TOO_OLD:
        return State.FAILED, "too_old"
    return None


def outcome_of(
    result: Result, attempts: int, *, lane: Lane, idempotent: bool, scale: float, elsewhere: bool = False
) -> Outcome:
    """What a channel's answer makes of a row that had `attempts` counted tries; `scale` divides the waits.

    Being throttled is no fault of the message and counts no try; the age limit ends it. `elsewhere`: another account
    goes on at once with what this one certainly did not take.
    """
    match result:
        case Accepted(provider_id):
            return Outcome(State.ACCEPTED, attempts=attempts + 1, provider_id=provider_id)
        case Rejected(code):
            return Outcome(State.FAILED, code, attempts=attempts + 1)
        case RetryAfter(None, code) if elsewhere:
            return Outcome(State.QUEUED, code, attempts=attempts)
        case RetryAfter(None, code):
            return _again(State.QUEUED, code, attempts, scale)
        case RetryAfter(seconds, code):
            wait = min(max(SHORTEST_WAIT, seconds or 0.0), LONGEST_WAIT)  # in this order NaN is the shortest
            return Outcome(State.QUEUED, code, wait=wait, attempts=attempts)
        case Unknown():
            if idempotent or lane == Lane.ALARM:
                return _again(State.UNKNOWN, "unanswered", attempts, scale)
            return Outcome(State.UNKNOWN, "unanswered", wait=UNANSWERED_SECONDS / scale, attempts=attempts + 1)


def _again(state: State, code: str, attempts: int, scale: float) -> Outcome:
    if attempts >= len(RETRY_WAITS):
        return Outcome(State.FAILED, code, attempts=attempts + 1)
    return Outcome(state, code, wait=RETRY_WAITS[attempts] / scale, attempts=attempts + 1)


def pause_after(results: Sequence[Result]) -> float:
    """Seconds the channel rests within this pass: 0 go on; infinite when the provider is away.

    A provider that is away must not hold up the other channels of the lane nor use up every row's tries.
    """
    if not results:
        return 0.0
    throttled = [r.seconds for r in results if isinstance(r, RetryAfter) and r.seconds is not None]
    if throttled:
        return min(max(SHORTEST_WAIT, *throttled), LONGEST_PAUSE)
    if all(isinstance(r, Unknown) for r in results):
        return REST_OF_PASS
    if all(isinstance(r, RetryAfter) for r in results):
        away = any(isinstance(r, RetryAfter) and r.code in ("unreachable", "gateway_unset") for r in results)
        return REST_OF_PASS if away else BUSY_PAUSE
    return 0.0


def failure_of(results: Sequence[Result]) -> str:
    """Why an account took nothing of a batch and answered nothing useful; empty when it is well or only throttles."""
    if results and all(isinstance(one, Unknown) for one in results):
        return "unanswered"
    if results and all(isinstance(one, RetryAfter) and one.seconds is None for one in results):
        return next((one.code for one in results if isinstance(one, RetryAfter)), "")
    return ""


def dead_numbers(results: Sequence[Result]) -> list[int]:
    """The places in a batch whose numbers are bad for good.

    None when a provider calls most of a large batch bad: then something is wrong with the provider, and one such answer
    must not silence a district.
    """
    bad = [place for place, one in enumerate(results) if isinstance(one, Rejected) and one.code in DEAD_NUMBER]
    return [] if len(results) >= SUSPECT_FROM and len(bad) > len(results) * SUSPECT_ABOVE else bad
