"""Whether a message may go out: its number, words, template, and a free voice line."""

from collections import deque

from .behaviour import Behaviour, compiled
from .contract import KINDS, LANES, MAX_TEXT, Message, is_number

CALLEE_WINDOW_SECONDS = 3_600.0


class Admission:
    """The operator's rules for one message, as an account's contract sets them."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._templates = compiled(behaviour.templates)
        self._templates_only = behaviour.templates_only
        self._variable_limit = behaviour.variable_limit

    def examine(self, message: Message) -> tuple[str, str]:
        """Return (code, text): the permanent refusal's code or "", and the words the phone will show or speak."""
        kind = message.get("kind", "sms")
        if kind not in KINDS:
            return "bad_kind", ""
        if message.get("lane", "bulk") not in LANES:
            return "bad_lane", ""
        if not is_number(message.get("to"), kind):
            return "bad_number", ""
        text = message.get("text")
        if "template" in message:
            code, text = self._filled(message)
            if code:
                return code, ""
        elif self._templates_only:
            return "template_required", ""
        if not isinstance(text, str) or not text:
            return "no_text", ""
        if len(text) > MAX_TEXT:
            return "text_too_long", ""
        return "", text

    def _filled(self, message: Message) -> tuple[str, str]:
        """Fill a template; an account that registered none gets its code and values shown instead."""
        template, params, signed = message["template"], message.get("params", {}), message.get("sign", "")
        if not isinstance(template, str) or not template or not isinstance(signed, str):
            return "bad_template", ""
        if not isinstance(params, dict) or not all(isinstance(value, str) for value in params.values()):
            return "bad_params", ""
        if self._variable_limit and any(len(value) > self._variable_limit for value in params.values()):
            return "variable_too_long", ""
        head = f"【{signed}】" if signed else ""
        if not self._templates:
            return "", head + " ".join((f"[{template}]", *params.values()))
        if template not in self._templates:
            return "unknown_template", ""
        try:
            return "", head + self._templates[template] % params
        except KeyError:
            return "variable_missing", ""


class VoiceLines:
    """The lines a voice account may use at once, and how often one callee may be rung in an hour."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._lines = behaviour.voice_lines
        self._seconds = behaviour.voice_seconds
        self._per_callee = behaviour.voice_per_callee
        self._busy_until: deque[float] = deque()
        self._rung: dict[str, int] = {}
        self._hour_began = 0.0

    def ring(self, number: str, now: float) -> tuple[str, float]:
        """Take a line for `number`; return ("", 0), ("callee_cap", 0), or ("busy", seconds until a line is free)."""
        if now - self._hour_began >= CALLEE_WINDOW_SECONDS:
            self._rung.clear()
            self._hour_began = now
        if self._per_callee and self._rung.get(number, 0) >= self._per_callee:
            return "callee_cap", 0.0
        while self._busy_until and self._busy_until[0] <= now:
            self._busy_until.popleft()
        if self._lines and len(self._busy_until) >= self._lines:
            return "busy", self._busy_until[0] - now
        if self._lines:
            self._busy_until.append(now + self._seconds)
        if self._per_callee:
            self._rung[number] = self._rung.get(number, 0) + 1
        return "", 0.0
