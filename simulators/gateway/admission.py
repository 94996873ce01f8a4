"""Whether a message may go out: its number, words, template and signature, and how often its phone got it before."""

from collections.abc import Mapping

from .behaviour import Behaviour
from .contract import KINDS, LANES, MAX_TEXT, Message, is_number
from .templates import VOICE_VARIABLES, compiled, variable_fault

DAY_SECONDS = 86_400.0
MOST_REMEMBERED = 2_000_000


class Admission:
    """The operator's rules for one message, as an account's contract sets them."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._templates = compiled(behaviour.templates)
        self._templates_only = behaviour.templates_only
        self._variable_limit = behaviour.variable_limit
        self._signatures = frozenset(behaviour.signatures)
        self._brackets = behaviour.voice_brackets

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
            code, text = self._filled(message, kind)
            if code:
                return code, ""
        elif self._templates_only:
            return "free_text_refused", ""
        if not isinstance(text, str) or not text:
            return "no_text", ""
        if len(text) > MAX_TEXT:
            return "text_too_long", ""
        if kind == "voice":
            if not self._brackets and ("【" in text or "】" in text):
                return "voice_text_refused", ""
        elif self._signatures and text[1:].partition("】")[0] not in self._signatures:
            return "signature_unknown", ""
        return "", text

    def _filled(self, message: Message, kind: object) -> tuple[str, str]:
        """Fill a template; an account that registered none gets its code and values shown instead."""
        code, params, signed = message["template"], message.get("params", {}), message.get("sign", "")
        if not isinstance(code, str) or not code or not isinstance(signed, str):
            return "bad_template", ""
        if not isinstance(params, dict) or not all(isinstance(value, str) for value in params.values()):
            return "bad_params", ""
        if fault := variable_fault(params, self._variable_limit):
            return fault, ""
        if kind == "voice" and len(params) > VOICE_VARIABLES:
            return "too_many_variables", ""
        # A call speaks no signature: the number it comes from is the sender.
        head = f"【{signed}】" if signed and kind == "sms" else ""
        if not self._templates:
            return "", head + " ".join((f"[{code}]", *params.values()))
        return self._registered(code, str(kind), params, head)

    def _registered(self, code: str, kind: str, params: Mapping[str, str], head: str) -> tuple[str, str]:
        template = self._templates.get(code)
        if template is None or template.kind != kind:
            return "unknown_template", ""
        if template.status != "approved":
            return "template_not_approved", ""
        try:
            return "", head + template.format % params
        except KeyError:
            return "variable_missing", ""


class Repetition:
    """How often one number may get the same template in a day, and how soon the same text again."""

    def __init__(self) -> None:
        self._sent: dict[int, int] = {}
        self._day_began = 0.0
        self._last: dict[int, float] = {}

    def refuse(self, behaviour: Behaviour, message: Message, text: str, now: float) -> str:
        """Count a short message; return "" or the code of the cap it would break."""
        to = message.get("to")
        if behaviour.same_text_seconds:
            same = hash((to, text))
            if now - self._last.get(same, -DAY_SECONDS) < behaviour.same_text_seconds:
                return "same_text_too_soon"
            if len(self._last) >= MOST_REMEMBERED:
                self._last.clear()
            self._last[same] = now
        if behaviour.template_per_day and "template" in message:
            if now - self._day_began >= DAY_SECONDS or len(self._sent) >= MOST_REMEMBERED:
                self._sent.clear()
                self._day_began = now
            key = hash((to, message["template"]))
            sent = self._sent.get(key, 0)
            if sent >= behaviour.template_per_day:
                return "template_cap_day"
            self._sent[key] = sent + 1
        return ""
