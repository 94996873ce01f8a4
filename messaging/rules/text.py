"""What a text looks like on a phone, and what it costs."""

import re
from collections.abc import Mapping
from math import ceil

EXERCISE_MARK = "【演练】"
SMS_ONE_PART = 70  # characters of UCS-2 in a single SMS
SMS_PART = 67  # and in each part of a longer one: three go to the joining header
SMS_MOST = 500  # what the operators take at most
_BLANK = re.compile(r"\{(\w+)\}")


def sms_units(text: str) -> int:
    """How many characters a text is counted as: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def sms_parts(text: str) -> int:
    """How many SMS a text is charged as, its 【signature】 included; 0 for an empty one.

    Counted in UTF-16 units: a character outside the basic plane (some rare surnames, emoji) takes two.
    """
    units = sms_units(text)
    if units <= SMS_ONE_PART:
        return min(units, 1)
    return ceil(units / SMS_PART)


def signed(text: str, signature: str) -> str:
    """The text behind its sender's 【signature】; unchanged without one."""
    return f"【{signature}】{text}" if signature else text


def marked(text: str) -> str:
    """The text marked as an exercise, once."""
    return text if text.startswith(EXERCISE_MARK) else EXERCISE_MARK + text


class Template:
    """A text with `{name}` blanks, taken apart once for a whole broadcast.

    A blank that a delivery has no value for stays as it stands: a text may contain braces of its own.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces = _BLANK.split(text)

    def filled(self, params: Mapping[str, object] | None) -> str:
        """The text for one recipient."""
        if not params or len(self._pieces) == 1:
            return self._text
        words = list(self._pieces)
        for place in range(1, len(words), 2):
            name = words[place]
            words[place] = str(params[name]) if name in params else "{" + name + "}"
        return "".join(words)
