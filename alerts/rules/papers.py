"""What is said of a notice where it is not sent: read over a loudspeaker, pasted into a chat group."""

import re

GROUP_MOST = 180  # characters that a chat group shows without unfolding
SPOKEN_A_SECOND = 4  # characters; an announcer for old people in the rain
_SENTENCE = re.compile(r"[^。！？；!?;]+[。！？；!?;]?")


def whole_sentence(text: str) -> str:
    """The text with a full stop behind it, unless it has one."""
    bare = text.strip()
    return bare if not bare or bare[-1] in "。！？!?." else f"{bare}。"


def shortened(text: str, most: int) -> str:
    """As many whole sentences of a text as fit; of a first one that is too long its beginning and an ellipsis."""
    kept = ""
    for part in _SENTENCE.findall(text.strip()):
        if len(kept) + len(part) > most:
            break
        kept += part
    if kept or not text.strip():
        return kept.strip()
    return text.strip()[: max(most - 1, 0)] + "…" if most > 0 else ""


def group_words(*, measures: str, rest: str) -> str:
    """What to do first, then what it is, who says so and until when; at most 180 characters in all.

    What to do gives way: the rest says whose word this is, and without that nobody should pass it on.
    """
    room = GROUP_MOST - len(rest) - 1
    first = shortened(measures, room)
    return f"{first}\n{rest}"[:GROUP_MOST] if first else rest[:GROUP_MOST]


def spoken_seconds(text: str) -> int:
    """How long reading aloud takes, signs not counted."""
    return max(1, round(sum(character.isalnum() for character in text) / SPOKEN_A_SECOND))
