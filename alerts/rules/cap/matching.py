"""Which warning is which, and whom it concerns."""

import hashlib
import re
from datetime import timedelta

from alerts.rules.cap.message import Message
from territory.rules import trimmed

NATIONAL = re.compile(r"\d{14}_\d{14}(_\d)?")
REISSUED_WITHIN = timedelta(minutes=60)


def base_of(identifier: str) -> str:
    """A national identifier without its serial number, which senders add and drop; others as they stand."""
    found = NATIONAL.fullmatch(identifier)
    return identifier.removesuffix(found[1]) if found and found[1] else identifier


def is_code(text: str) -> bool:
    """True for what can be an official area code, padded or not."""
    return text.isascii() and text.isdigit() and 6 <= len(text) <= 15


def is_ours(code: str, district: str) -> bool:
    """Whether an area, by its unpadded code, holds the district, is it, or lies in it: a city's warning is ours too."""
    return bool(code) and (district.startswith(code) or code.startswith(district))


def concerned_code(code: str, district: str) -> str:
    """What of the district a code means: the district itself for whatever holds it; empty for areas elsewhere."""
    own = trimmed(code)
    if not is_code(code) or not is_ours(own, district):
        return ""
    return own if len(own) > len(district) else district


def sender_place(text: str) -> str:
    """The unpadded area code of whoever sent a message, read from a national identifier in the text; empty without."""
    found = re.search(r"(?<!\d)(\d{6})\d{8}_\d{14}", text)
    return trimmed(found[1]) if found else ""


def fingerprint(message: Message, level: int | None) -> str:
    """The same for two messages that say the same thing to the same areas, whenever they were sent. Hexadecimal."""
    info = message.told
    codes = sorted({code for area in info.areas for code in area.codes}) if info else []
    shapes = sorted({shape for area in info.areas for shape in (*area.polygons, *area.circles)}) if info else []
    words = [info.event_code or info.event, info.headline, info.description] if info else []
    parts = [message.sender, message.status, message.msg_type, str(level), *codes, *shapes, *map(_plain, words)]
    if message.is_all_clear or not info:  # what lifts one warning is not what lifts another
        parts += [reference.identifier for reference in message.references]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _plain(text: str) -> str:
    return "".join(text.split())
