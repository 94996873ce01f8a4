"""Which account carries a channel, whether it may be switched off, and what a test of it has shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from messaging.enums import FAILING, SelfTestOutcome
from messaging.rules.channel import Accepted, Rejected, Result, RetryAfter

TEST_EVERY = timedelta(minutes=1)  # between two tests of one account: a telephone rings once a minute at most
TEST_OLD = timedelta(hours=36)  # a daily test was missed
TEST_LOST = timedelta(minutes=10)  # whoever began it and has not said its end by then died on the way
MANY, MOST = 0.05, 0.5  # shares of failures


@dataclass(frozen=True, slots=True)
class Standing:
    """One account as it does now. `fault`: why it cannot send at all; `outcome`: of its last finished test."""

    name: str
    is_off: bool = False
    fault: str = ""
    failures: int = 0
    rests: bool = False
    outcome: str = ""
    tested_at: datetime | None = None


def works(one: Standing) -> bool:
    """True when nothing is known against it: on, set up, taking its batches, not failing its test."""
    return not (one.is_off or one.fault or one.failures or one.outcome in FAILING)


def carrier(of_channel: Sequence[Standing]) -> str:
    """Whose turn it is, of accounts by rank; empty when none can send. One that failed a moment ago goes last."""
    able = [one for one in of_channel if not one.is_off and not one.fault]
    return next((one.name for one in sorted(able, key=lambda one: one.rests)), "")


def leaves_nobody(of_channel: Sequence[Standing], name: str) -> bool:
    """True when no other account of the channel works: switching this one off ends the channel."""
    return not any(works(one) for one in of_channel if one.name != name)


def tone_of(one: Standing, *, failed: int, ended: int, now: datetime) -> str:
    """The tone of an account: red first. `failed` of `ended` within the last hour."""
    if one.is_off:
        return "off"
    share = failed / ended if ended else 0.0
    if one.fault or one.failures or one.outcome in FAILING or share > MOST:
        return "danger"
    if share > MANY:
        return "late"
    if one.tested_at is None or one.tested_at < now - TEST_OLD:
        return "unknown"
    return "ok" if one.outcome == SelfTestOutcome.TAKEN else "unknown"


def outcome_of_test(result: Result) -> tuple[SelfTestOutcome, str]:
    """What a provider's answer says about a test, and its code."""
    match result:
        case Accepted():
            return SelfTestOutcome.TAKEN, ""
        case Rejected(code):
            return SelfTestOutcome.REFUSED, code[:40]
        case RetryAfter(code=code):
            return SelfTestOutcome.AWAY, code[:40]
    return SelfTestOutcome.UNANSWERED, "unanswered"
