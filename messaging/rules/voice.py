"""Telephone calls: what is read aloud, how often one person may be rung, how long a call-out takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

SEE_SMS = "请看短信"
_BRACKETS = re.compile(r"【([^】]*)】")
_LINK = re.compile(r"(?:https?://|www\.)[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%\[\]]+", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\d:：])([01]?\d|2[0-3])[:：]([0-5]\d)(?![\d:：])")
_LONG_NUMBER = re.compile(r"(?<![\d.])\d{5,}(?![\d.])")

MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds
CALL_SECONDS = 40  # a call with its ringing
LONG_MINUTES = 5  # what takes longer is better called level by level


def spoken(text: str) -> str:
    """A text for the ear: no brackets, no links, times in words, long numbers digit by digit.

    What stood in brackets is still said: an exercise must be heard as one.
    """
    heard = _BRACKETS.sub(lambda found: f"{found[1]}，" if found[1] else "", text)
    heard = _LINK.sub(SEE_SMS, heard)
    heard = _CLOCK.sub(lambda found: f"{int(found[1])}点{found[2] + '分' if found[2] != '00' else '整'}", heard)
    return _LONG_NUMBER.sub(lambda found: " ".join(found[0]), heard)


@dataclass(frozen=True, slots=True)
class CalleeCaps:
    """How often one person may be rung; what providers allow on a shared number pool."""

    minute: int = 1
    hour: int = 5
    day: int = 20


def callee_caps(options: Mapping[str, object]) -> CalleeCaps:
    """An account's caps from its options `per_minute`, `per_hour`, `per_day`; the usual ones where it names none."""

    def cap(name: str, usual: int) -> int:
        given = options.get(name)
        return given if isinstance(given, int) and not isinstance(given, bool) and given > 0 else usual

    usual = CalleeCaps()
    return CalleeCaps(cap("per_minute", usual.minute), cap("per_hour", usual.hour), cap("per_day", usual.day))


@dataclass(frozen=True, slots=True)
class Rung:
    """How often a person was rung of late, and in how many seconds the minute is over for the oldest such call."""

    minute: int = 0
    hour: int = 0
    day: int = 0
    wait: float = float(MINUTE)


def may_ring(rung: Rung, caps: CalleeCaps) -> float | None:
    """0 when another call may go out, seconds to wait for the minute, None when a human must call instead."""
    if rung.hour >= caps.hour or rung.day >= caps.day:
        return None
    return max(1.0, rung.wait) if rung.minute >= caps.minute else 0.0


def free_lines(lines: int, busy: int) -> int:
    """How many calls may begin now."""
    return max(0, lines - busy)


def voice_estimate(people: int, seconds: int, lines: int) -> int:
    """Minutes until everybody was rung once, rounded up."""
    return ceil(people * seconds / max(1, lines) / 60)
