"""How fast an account may be used, and how long one that failed rests."""

from collections.abc import Sequence

from messaging.rules.channel import Account, Message
from messaging.rules.text import signed, sms_parts

BURST_SECONDS = 1.0  # what an idle account may use at once: providers count by the second
BATCH_SECONDS = 0.25  # a worker waits for a quarter of a second's worth, or every part would be a call of its own
FIRST_REST, LONGEST_REST = 15.0, 300.0  # seconds


def rate_of(account: Account, lane: str) -> float:
    """Parts a second that an account takes in a lane ("alarm" or "bulk"); 0 without a limit."""
    return account.alarm_rate if lane == "alarm" else account.bulk_rate


def bucket_name(account: Account, lane: str) -> str:
    """The name of an account's bucket in a lane."""
    return f"{account.name}:{lane}"


def burst_of(rate: float) -> float:
    """What a full bucket holds: a second's worth, and at least one part."""
    return max(1.0, rate * BURST_SECONDS)


def least_take(rate: float) -> int:
    """What is worth a call: a worker waits until the bucket holds so many parts."""
    return max(1, int(rate * BATCH_SECONDS))


def rest_after(failures: int) -> float:
    """Seconds that an account goes behind the others after so many failed batches in a row: 15, 30, … 300."""
    return float(min(FIRST_REST * 2 ** min(max(failures - 1, 0), 10), LONGEST_REST))


def parts_of(messages: Sequence[Message], account: Account) -> int:
    """What messages cost an account: SMS by their parts, everything else one each."""
    if account.channel != "sms":
        return len(messages)
    return sum(sms_parts(signed(message.text, account.signature)) for message in messages)
