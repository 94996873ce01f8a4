"""Who speaks for a household, how it shows that it is itself, and which visits nobody could have made that fast."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.enums import UNIT_LABEL, Answerer, Choice, Goal, NoticeLevel
from assignments.rules import GOT_IT, SUPPORT, Kind, reminding

# Whoever receives for a key unit answers for everybody in it; he is reminded, and then the duty room telephones.
UNIT_CALL = Kind(
    name="unit_call",
    label=UNIT_LABEL,
    acknowledge_minutes=10,
    due_minutes=10,
    policy=reminding(10, 2),
    needs_verification=False,
    options=(replace(GOT_IT), replace(SUPPORT)),
)


@dataclass(frozen=True)
class Following:
    """How a notice of a level is followed up: minutes until its doors are knocked at, seconds until the next telephone
    of a chain is rung, and what it is to reach.
    """

    wait_minutes: int
    ring_seconds: int
    goal: str


# A first guess that a district changes in its rules of reaching.
USUAL = {
    NoticeLevel.RED: Following(10, 90, Goal.MUST_REACH),
    NoticeLevel.ORANGE: Following(30, 120, Goal.MUST_REACH),
    NoticeLevel.YELLOW: Following(60, 180, Goal.ORDINARY),
    NoticeLevel.BLUE: Following(120, 300, Goal.ORDINARY),
}


def stands_beside(known: str, known_as: str, new: str, new_as: str) -> bool:
    """Whether an answer is only kept beside the one that stands: a proxy never takes the household's own word back.

    A cry for help always counts, whoever utters it.
    """
    return bool(known) and known_as == Answerer.OWN and new_as != Answerer.OWN and new != Choice.NEED_HELP


_SIGNS = " \t\r\n\u3000-－—_·."
PIN_DIGITS = 4


def card_pin(code: str, *, secret: str) -> str:
    """The four digits behind a household code (in capitals) on its card: codes can be counted up, these cannot."""
    mac = hmac.new(f"alerts.card:{secret}".encode(), code.upper().encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(mac[:8]) % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def card_parts(typed: str) -> tuple[str, str] | None:
    """Household code and pin out of what somebody typed off his card; None when it is too short to hold both."""
    bare = unicodedata.normalize("NFKC", typed).strip(_SIGNS).upper()
    code, pin = bare[:-PIN_DIGITS].rstrip(_SIGNS), bare[-PIN_DIGITS:]
    return (code, pin) if code and len(pin) == PIN_DIGITS and pin.isascii() and pin.isdigit() else None


def is_card(code: str, pin: str, *, secret: str) -> bool:
    """Whether these four digits stand on this household's card."""
    return hmac.compare_digest(card_pin(code, secret=secret), pin)


@dataclass(frozen=True)
class Tick:
    """A door that somebody says he was at."""

    number: int
    by: int
    at: datetime


def doubted(ticks: Iterable[Tick], *, most: int, within: timedelta) -> frozenset[int]:
    """The numbers of those that stand among `most` or more of one person within a span shorter than `within`."""
    found: set[int] = set()
    by_person: dict[int, list[Tick]] = {}
    for tick in ticks:
        by_person.setdefault(tick.by, []).append(tick)
    for own in by_person.values():
        own.sort(key=lambda tick: tick.at)
        found |= _crowded(own, most, within)
    return frozenset(found)


def _crowded(own: Sequence[Tick], most: int, within: timedelta) -> set[int]:
    found: set[int] = set()
    first = 0
    marked = 0  # everything before this place was looked at for the windows so far
    for last, tick in enumerate(own):
        while tick.at - own[first].at >= within:
            first += 1
        if last - first + 1 >= most:
            found |= {one.number for one in own[max(first, marked) : last + 1]}
            marked = last + 1
    return found


@dataclass(frozen=True)
class Point:
    """How many households by then."""

    minutes: int
    delivered: int
    answered: int
    visited: int
    unreached: int


# Minutes a step of the curve takes, so that it has at most sixty of them.
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440)
MOST_POINTS = 60


def step_minutes(span: timedelta) -> int:
    """How far the points of a curve over this span lie apart, in minutes."""
    minutes = span.total_seconds() / 60
    return next((step for step in _STEPS if minutes <= step * MOST_POINTS), max(1440, round(minutes / MOST_POINTS)))
