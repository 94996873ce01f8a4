"""How the gateway behaves: pace, faults, receipts, answers. Set at start, changed at run time by `POST /control`."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from .contract import Refusal
from .templates import check_templates

PACES = ("block", "retry", "refuse")

_SHARES = (
    "fail_rate",
    "throttle_rate",
    "timeout_rate",
    "reject_rate",
    "undelivered_rate",
    "read_rate",
    "receipt_loss",
    "receipt_duplicate",
    "receipt_late",
    "auto_reply_safe",
    "auto_reply_help",
    "voice_answered",
    "voice_busy",
    "voice_hung_up",
)
_SECONDS = (
    "timeout_seconds",
    "latency",
    "dead_seconds",
    "receipt_delay",
    "receipt_late_seconds",
    "auto_reply_delay",
    "same_text_seconds",
    "voice_seconds",
    "voice_ring_seconds",
    "voice_pickup_seconds",
)
_RATES = ("rate", "voice_speed")
_WHOLE = (
    "seed",
    "variable_limit",
    "template_per_day",
    "voice_lines",
    "voice_queue",
    "voice_per_minute",
    "voice_per_hour",
    "voice_per_day",
)
_SWITCHES = ("dedupe", "receipt_shuffle", "templates_only", "voice_brackets")
_EXCLUSIVE = (
    ("fail_rate", "throttle_rate", "timeout_rate"),
    ("auto_reply_safe", "auto_reply_help"),
    ("voice_answered", "voice_busy", "voice_hung_up"),
)

_ODD, _ALL = 0x9E3779B97F4A7C15, (1 << 64) - 1
LONGEST_SECONDS = 3_600.0
HIGHEST_RATE = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything adjustable. Shares are 0–1, times are seconds, 0 switches a limit off.

    Faults of a call (`fail_rate` 503, `throttle_rate` 429, `timeout_rate`) are drawn call by call from `seed`. A call
    that times out HAS taken its messages; its answer never comes and the connection breaks after `timeout_seconds`.
    What befalls a phone (`reject_rate`, `undelivered_rate`, `read_rate`, `auto_reply_*`, `voice_answered` …) follows
    from its number and `seed` alone, so a storm played twice gives the same counts.

    `rate` counts parts of short messages a second. A call takes a line for as long as it rings and talks; `voice_queue`
    calls a line may wait, more are told to come again. `voice_speed` makes telephones live that many times faster. Who
    neither answers by itself (`voice_answered`, `voice_busy`, `voice_hung_up`) nor by hand is `no_answer`.
    """

    rate: float = 0.0
    pace: str = "block"
    dedupe: bool = True
    seed: int = 1
    fail_rate: float = 0.0
    throttle_rate: float = 0.0
    timeout_rate: float = 0.0
    timeout_seconds: float = 60.0
    latency: float = 0.0
    dead_seconds: float = 0.0
    reject_rate: float = 0.0
    undelivered_rate: float = 0.06
    read_rate: float = 0.0
    receipt_delay: float = 1.0
    receipt_loss: float = 0.0
    receipt_duplicate: float = 0.0
    receipt_shuffle: bool = False
    receipt_late: float = 0.0
    receipt_late_seconds: float = 60.0
    auto_reply_safe: float = 0.0
    auto_reply_help: float = 0.0
    auto_reply_delay: float = 2.0
    templates_only: bool = False
    variable_limit: int = 35
    template_per_day: int = 50
    same_text_seconds: float = 0.0
    voice_lines: int = 10
    voice_queue: int = 100
    voice_seconds: float = 30.0
    voice_ring_seconds: float = 25.0
    voice_pickup_seconds: float = 4.0
    voice_speed: float = 1.0
    voice_answered: float = 0.0
    voice_busy: float = 0.0
    voice_hung_up: float = 0.0
    voice_per_minute: int = 1
    voice_per_hour: int = 5
    voice_per_day: int = 20
    voice_brackets: bool = False
    signatures: Sequence[str] = ()
    templates: Mapping[str, Any] = field(default_factory=dict)

    def changed(self, values: Mapping[str, Any]) -> "Behaviour":
        """Return a copy with `values` applied; raise `Refusal` 400 naming the first value that cannot be."""
        known = {each.name for each in dataclasses.fields(self)}
        for name, value in values.items():
            if name not in known:
                raise Refusal(400, "unknown_option", f"{name} is no option; known are: {', '.join(sorted(known))}.")
            _check(name, value)
        changed = dataclasses.replace(self, **values)
        for names in _EXCLUSIVE:
            if sum(getattr(changed, name) for name in names) > 1:
                raise Refusal(400, "bad_option", f"{' + '.join(names)} must not be more than 1.")
        if not changed.voice_speed:
            raise Refusal(400, "bad_option", "voice_speed must be more than 0.")
        return changed


def _check(name: str, value: object) -> None:
    """Raise `Refusal` 400 unless `value` suits the option `name`."""
    if name in _SHARES:
        _number(name, value, 1.0)
    elif name in _SECONDS:
        _number(name, value, LONGEST_SECONDS)
    elif name in _RATES:
        _number(name, value, HIGHEST_RATE)
    elif name in _WHOLE:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
            raise Refusal(400, "bad_option", f"{name} must be a whole number, 0 or more.")
    elif name in _SWITCHES:
        if not isinstance(value, bool):
            raise Refusal(400, "bad_option", f"{name} must be true or false.")
    elif name == "pace":
        if value not in PACES:
            raise Refusal(400, "bad_option", f"pace must be one of: {', '.join(PACES)}.")
    elif name == "signatures":
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise Refusal(400, "bad_option", "signatures must be a list of texts, without 【】.")
    else:
        check_templates(value)


def _number(name: str, value: object, highest: float) -> None:
    """Raise `Refusal` 400 unless `value` is a number from 0 to `highest` (NaN is not)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
        raise Refusal(400, "bad_option", f"{name} must be a number from 0 to {highest:g}.")


class Fates:
    """What befalls each phone, drawn from its number and the seed: four 16-bit numbers of one hash."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._salt = behaviour.seed << 32
        self._reject = round(behaviour.reject_rate * 65_536)
        self._undelivered = round(behaviour.undelivered_rate * 65_536)
        self._read = round(behaviour.read_rate * 65_536)
        self._safe = round(behaviour.auto_reply_safe * 65_536)
        self._answers = self._safe + round(behaviour.auto_reply_help * 65_536)
        self._rang = [
            (round(behaviour.voice_answered * 65_536), "answered"),
            (round(behaviour.voice_busy * 65_536), "busy"),
            (round(behaviour.voice_hung_up * 65_536), "hung_up"),
        ]
        self.idle = not (
            self._reject or self._undelivered or self._read or self._answers or any(share for share, _ in self._rang)
        )
        """True when nothing can befall any phone, so that drawing can be left out."""
        self.rejects = bool(self._reject)

    def draw(self, number: str) -> int:
        """Return the 64 bits that the questions below are answered from."""
        mixed = (crc32(number.encode()) ^ self._salt) * _ODD & _ALL
        mixed = (mixed ^ mixed >> 32) * _ODD & _ALL
        return mixed ^ mixed >> 32

    def is_rejected(self, drawn: int) -> bool:
        """The number is on the operator's black list."""
        return drawn & 0xFFFF < self._reject

    def is_undelivered(self, drawn: int) -> bool:
        """The phone is off or nobody picks up."""
        return drawn >> 16 & 0xFFFF < self._undelivered

    def answer(self, drawn: int) -> str:
        """The key this phone presses by itself: 1 (safe), 3 (needs help) or nothing."""
        place = drawn >> 32 & 0xFFFF
        if place >= self._answers:
            return ""
        return "1" if place < self._safe else "3"

    def is_read(self, drawn: int) -> bool:
        """A read receipt follows the delivered one."""
        return drawn >> 48 < self._read

    def call(self, drawn: int) -> str:
        """What a phone does when it rings: "answered", "busy", "hung_up", or "" when it waits for a hand."""
        place = drawn >> 48
        for share, plan in self._rang:
            if place < share:
                return plan
            place -= share
        return ""
