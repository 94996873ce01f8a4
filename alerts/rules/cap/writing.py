"""Writes our own signed notices as CAP 1.2."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from alerts.rules.cap.levels import severity_of
from alerts.rules.cap.message import Reference
from alerts.rules.cap.reading import CAP_NAMESPACE

CODES = "CPEAS Geographic Code"  # the name under which Chinese senders give official area codes
PADDED = 12
_UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")  # what XML cannot hold


@dataclass(frozen=True)
class OutgoingInfo:
    """What is said in one language."""

    language: str
    event: str
    headline: str
    sender_name: str
    description: str = ""
    instruction: str = ""
    areas: tuple[tuple[str, str], ...] = ()  # name, official code


@dataclass(frozen=True)
class Outgoing:
    """One message of ours: always actual and public. Times are aware; `references` are those before it."""

    identifier: str
    sender: str
    sent: datetime
    msg_type: str
    level: int
    onset: datetime
    expires: datetime
    infos: tuple[OutgoingInfo, ...]
    references: tuple[Reference, ...] = ()
    is_all_clear: bool = False
    web: str = ""
    contact: str = ""
    note: str = ""


def message_xml(message: Outgoing) -> bytes:
    """The whole file, UTF-8."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<alert xmlns={quoteattr(CAP_NAMESPACE)}>"]
    lines += _head(message)
    for info in message.infos:
        lines += ["  <info>", *_info(message, info), "  </info>"]
    return "\n".join([*lines, "</alert>", ""]).encode()


def printable(text: str) -> str:
    """The text without the characters that no XML can hold."""
    return _UNPRINTABLE.sub("", text)


def cap_time(at: datetime) -> str:
    """A time as CAP writes it: whole seconds, UTC as -00:00."""
    text = at.replace(microsecond=0).isoformat()
    return text[:-6] + "-00:00" if text.endswith("+00:00") else text


def reference_text(reference: Reference) -> str:
    """sender,identifier,sent."""
    sent = cap_time(reference.sent) if reference.sent else ""
    return f"{reference.sender},{reference.identifier},{sent}"


def padded(code: str) -> str:
    """An area code as Chinese messages carry it: twelve digits, longer ones as they are."""
    return code.ljust(PADDED, "0")


def _head(message: Outgoing) -> Iterator[str]:
    yield _line("identifier", message.identifier)
    yield _line("sender", message.sender)
    yield _line("sent", cap_time(message.sent))
    yield _line("status", "Actual")
    yield _line("msgType", message.msg_type)
    yield _line("scope", "Public")
    if message.note:
        yield _line("note", message.note)
    if message.references:
        yield _line("references", " ".join(reference_text(each) for each in message.references))


def _info(message: Outgoing, info: OutgoingInfo) -> Iterator[str]:
    over = message.is_all_clear
    yield _line("language", info.language, 4)
    yield _line("category", "Met", 4)
    yield _line("event", info.event, 4)
    yield _line("responseType", "AllClear" if over else "Prepare", 4)
    yield _line("urgency", "Past" if over else "Immediate" if message.level == 1 else "Expected", 4)
    yield _line("severity", severity_of(message.level), 4)
    yield _line("certainty", "Observed" if over else "Likely", 4)
    yield _line("effective", cap_time(message.sent), 4)
    yield _line("onset", cap_time(max(message.onset, message.sent)), 4)
    yield _line("expires", cap_time(message.expires), 4)
    yield _line("senderName", info.sender_name, 4)
    yield _line("headline", info.headline, 4)
    for name, text in (("description", info.description), ("instruction", info.instruction), ("web", message.web)):
        if text:
            yield _line(name, text, 4)
    if message.contact:
        yield _line("contact", message.contact, 4)
    for name, code in info.areas:
        yield "    <area>"
        yield _line("areaDesc", name, 6)
        yield f"      <geocode><valueName>{CODES}</valueName><value>{escape(padded(code))}</value></geocode>"
        yield "    </area>"


def _line(name: str, text: str, indent: int = 2) -> str:
    return f"{' ' * indent}<{name}>{escape(printable(text))}</{name}>"
