"""Subscribing by telephone: how often a code is sent, how long it is good, and which reply ends it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 3
CODE_WAIT = timedelta(seconds=60)  # between two codes to one telephone
CODES_A_DAY = 5  # or a stranger could have somebody's telephone ring all night
# Codes to everybody together: one machine asking for one code each at many numbers is stopped here at the latest.
CODES_AN_HOUR = 2_000
CODES_KEPT = timedelta(days=2)  # longer than the day they are counted over

_STOPS = frozenset({"td", "t", "r", "n", "退订", "取消订阅", "取消", "不再接收", "stop", "unsubscribe"})


def may_send_code(sent: Sequence[datetime], *, now: datetime) -> bool:
    """True when no code went to this telephone in the last minute and not too many in the last day."""
    recent = [at for at in sent if now - at < timedelta(days=1)]
    return len(recent) < CODES_A_DAY and all(now - at >= CODE_WAIT for at in recent)


def parsed_stop(text: str) -> bool:
    """True for a reply that wants no more messages: TD, 退订 and what people write for it, in any width and case."""
    wide = {code: code - 0xFEE0 for code in range(ord("！"), ord("～") + 1)}
    bare = text.translate(wide).strip(" \t\r\n　。.，,、!").casefold()
    return bare in _STOPS
