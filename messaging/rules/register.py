"""What providers take: reviewed texts with blanks, how long a value may be, and which text carries which message.

A template's text is without the signature; its `{name}` blanks stand for the provider's variables.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from messaging.rules.text import EXERCISE_MARK, SMS_MOST, SMS_ONE_PART, SMS_PART, Template, signed, sms_parts, sms_units

LONGEST_VALUE = 35  # characters a variable may hold where the provider says nothing else
VOICE_BLANKS = 2  # variables of a spoken text on a shared pool of numbers
_BLANK = re.compile(r"\{(\w+)\}")
_LINK = re.compile(
    r"https?:|www\.|[a-z0-9-]+\.(?:com|cn|net|org|gov|edu|top|info|xyz|cc|vip|me|io|link|site)(?![a-z0-9])"
    r"|\d{1,3}(?:\.\d{1,3}){3}",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Purpose:
    """Something that the platform says: `texts` by language, without a link of one person, as filed with providers.

    `spoken` is what a call says; empty where nobody is called for it. The storm set must be approved before the season.
    `is_exercise`: what is said in exercises only, in place of the real thing.
    """

    key: str
    label: object  # lazily translated
    texts: Mapping[str, str]
    in_storm_set: bool = False
    spoken: Mapping[str, str] = field(default_factory=dict)
    is_exercise: bool = False

    def texts_of(self, kind: str) -> Mapping[str, str]:
        """The texts of a kind of channel ("sms" or "voice")."""
        return self.spoken if kind == "voice" else self.texts


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An approved template of an account. `limits` by blank, `names` what the provider calls a blank."""

    account: str
    kind: str  # "sms" or "voice"
    code: str
    purpose: str
    language: str
    text: str
    limits: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def limit(self, blank: str) -> int:
        """How many characters a blank may hold."""
        return self.limits.get(blank, LONGEST_VALUE)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a template carries a message: the values under the provider's names, and the text as it arrives."""

    template: Reviewed
    params: Mapping[str, str]
    text: str


def blanks(text: str) -> list[str]:
    """The names of a text's blanks, in order."""
    return _BLANK.findall(text)


def fault_of_text(text: str, kind: str) -> str:
    """Why no provider would review this text, as a code; empty when it may be filed."""
    named, words = blanks(text), _SAYS_NOTHING.sub("", _BLANK.sub("", text))
    if not text.strip():
        return "template_empty"
    if not words:
        return "template_all_variable"
    if len(set(named)) < len(named):
        return "template_blank_twice"
    if re.search(r"\}\{", text):
        return "template_blanks_touch"
    if kind == "voice" and len(named) > VOICE_BLANKS:
        return "template_voice_blanks"
    if kind == "voice" and ("【" in text or "】" in text):
        return "template_voice_brackets"
    if len(text) > SMS_MOST:
        return "template_too_long"
    return ""


def fault_of_value(value: str, most: int = LONGEST_VALUE) -> str:
    """Why a provider would refuse a variable's value; empty when it takes it."""
    if not value.strip():
        return "value_empty"
    if len(value) > most:
        return "value_too_long"
    return "value_link" if _LINK.search(value) else ""


def shortened(value: str, most: int) -> str:
    """The value, cut to what a variable may hold; an ellipsis says so."""
    return value if len(value) <= most else value[: most - 1] + "…"


def values_in(template: Reviewed, text: str) -> dict[str, str] | None:
    """The values with which a template says exactly this text; None when there are none.

    Walks the text once a blank and keeps each place once, so that no text makes it slow.
    """
    pieces = _BLANK.split(template.text)
    if not text.startswith(pieces[0]):
        return None
    places: dict[int, tuple[str, ...]] = {len(pieces[0]): ()}
    for number in range(1, len(pieces), 2):
        name, after = pieces[number], pieces[number + 1]
        is_last = number + 2 == len(pieces)
        reached: dict[int, tuple[str, ...]] = {}
        for start, found in places.items():
            for end in range(start + 1, min(start + template.limit(name), len(text)) + 1):
                fits = text[end:] == after if is_last else text.startswith(after, end)
                if fits and end + len(after) not in reached:
                    reached[end + len(after)] = (*found, text[start:end])
        places = reached
    whole = places.get(len(text))
    if whole is None:
        return None
    values = dict(zip(pieces[1::2], whole, strict=True))
    return None if any(fault_of_value(value, template.limit(name)) for name, value in values.items()) else values


def fitted(template: Reviewed, text: str, params: Mapping[str, object] | None) -> Fit | None:
    """The template with a message in it: by its very words, else by the names of its blanks.

    By name only where the platform itself wrote the words (`params` given): there the reviewed wording takes the place
    of ours, values too long for it are cut, and a link of one person is left out. Words of a person are never replaced.
    """
    values = values_in(template, text)
    if values is None and params is not None:
        named = blanks(template.text)
        if not all(name in params for name in named):
            return None
        values = {name: shortened(str(params[name]), template.limit(name)) for name in named}
        if any(fault_of_value(value, template.limit(name)) for name, value in values.items()):
            return None
    if values is None:
        return None
    params_sent = {template.names.get(name) or name: value for name, value in values.items()}
    return Fit(template, params_sent, Template(template.text).filled(values))


def carried(
    templates: Iterable[Reviewed],
    *,
    text: str,
    params: Mapping[str, object] | None,
    purpose: str | None,
    exercises: frozenset[str] | None,
) -> Fit | None:
    """The first of an account's templates that carries a message; None when none does.

    `text` is filled and marked as it would go out. `exercises`: the purposes that only an exercise has, None outside
    one: nothing real goes out as an exercise, and no exercise as something real. A template of any purpose may carry a
    text that is the same to the letter; by names only one of the same purpose (in an exercise: of any of its own).
    """
    for template in templates:
        if exercises is not None and template.purpose not in exercises:
            continue
        is_same = template.purpose == purpose if exercises is None else purpose is not None
        if found := fitted(template, text, params if is_same else None):
            return found
    return None


def longest_text(template: Reviewed) -> str:
    """The text with every blank as long as it may be."""
    return Template(template.text).filled({name: "字" * template.limit(name) for name in blanks(template.text)})


def parts_at_most(template: Reviewed, signature: str) -> int:
    """How many SMS a template costs at most, its signature included."""
    return sms_parts(signed(longest_text(template), signature))


def cut_for_one_less(text: str) -> int:
    """How many characters less make it one SMS less; 0 for a text of one part."""
    units, parts = sms_units(text), sms_parts(text)
    if parts < 2:
        return 0
    return units - (SMS_ONE_PART if parts == 2 else SMS_PART * (parts - 1))


def minutes_for(messages: int, parts: int, per_second: float) -> int:
    """Minutes to hand over so many messages of so many parts each, rounded up."""
    return -int(-messages * parts // (per_second * 60)) if per_second else 0


def is_marked(text: str, kind: str) -> bool:
    """True when a text says that it is an exercise, as its channel can: a call reads no 【】."""
    return EXERCISE_MARK in text if kind == "sms" else text.casefold().startswith(("演练", "exercise"))
