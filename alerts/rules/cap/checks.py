"""What a message must hold besides its structure, and what is odd about it. One function a rule; all are asked.

A rule says nothing of what another one covers, so that each mistake is told once.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from alerts.enums import CapFault
from alerts.rules.cap.geometry import circle_of, faults_of_polygon
from alerts.rules.cap.levels import level_of, named_colour
from alerts.rules.cap.matching import NATIONAL, base_of, is_code
from alerts.rules.cap.message import Area, Message
from alerts.rules.cap.reading import Finding

Rule = Callable[[Message, datetime], Iterator[Finding]]
HEADLINE, AREA_NAME = 160, 50  # characters that displays take
MOST_POINTS = 2000  # of all polygons: their sides are compared in pairs
LONGEST_NAME = 200
LONGEST = timedelta(hours=24)
CLOCKS_APART = timedelta(minutes=5)
_UNFIT = re.compile(r"[\s,<&]")
_MARKUP = re.compile(r"</?[a-zA-Z][^>]{0,60}>|&(?:[a-zA-Z]{2,8}|#\d{1,5});")


def _odd(fault: CapFault, **params: object) -> Finding:
    return Finding(fault, params, is_error=False)


def identity(message: Message, now: datetime) -> Iterator[Finding]:
    """identifier and sender: something, and without what separates them in references."""
    if not 0 < len(message.identifier) <= LONGEST_NAME or _UNFIT.search(message.identifier):
        yield Finding(CapFault.IDENTIFIER)
    if not 0 < len(message.sender) <= LONGEST_NAME or _UNFIT.search(message.sender):
        yield Finding(CapFault.SENDER)


def national_identifier(message: Message, now: datetime) -> Iterator[Finding]:
    """ZZZZZZDDDUUUXX_YYYYMMDDhhmmss(_N) in the national dialect; what is other is taken all the same."""
    if message.dialect == "native" and message.identifier and not NATIONAL.fullmatch(message.identifier):
        yield _odd(CapFault.IDENTIFIER_SHAPE, value=message.identifier[:60])


def scope(message: Message, now: datetime) -> Iterator[Finding]:
    """Restricted ⇔ restriction; Private ⇒ addresses, their quotation marks closed."""
    if (message.scope == "Restricted") != bool(message.restriction):
        yield Finding(CapFault.RESTRICTION)
    if message.scope == "Private" and not message.addresses:
        yield Finding(CapFault.ADDRESSES)
    if message.addresses.count('"') % 2:
        yield Finding(CapFault.ADDRESSES_QUOTE)


def references(message: Message, now: datetime) -> Iterator[Finding]:
    """Triples, wanted where a message is about another one; never itself, never a later one."""
    if message.msg_type != "Alert" and not message.references and not message.reference_faults:
        yield Finding(CapFault.REFERENCES_MISSING, {"value": message.msg_type})
    for text in message.reference_faults:
        yield Finding(CapFault.REFERENCES_FORM, {"value": text[:80]})
    for each in message.references:
        same_sender = each.sender in ("", message.sender)
        if same_sender and base_of(each.identifier) == base_of(message.identifier):
            if each.sent in (None, message.sent) and each.identifier == message.identifier:
                yield Finding(CapFault.REFERENCES_SELF)
        elif each.sent and each.sent > message.sent:
            yield Finding(CapFault.REFERENCES_LATER, {"value": each.text[:80]})


def content(message: Message, now: datetime) -> Iterator[Finding]:
    """A public, actual warning says what is expected, where: one of code, polygon, circle for each area."""
    if message.msg_type not in ("Alert", "Update"):
        return
    if not message.infos:
        yield Finding(CapFault.INFO_MISSING)
    for info in message.infos:
        if not info.event:
            yield Finding(CapFault.EVENT_EMPTY)
        if message.status == "Actual" and message.scope == "Public" and not info.areas:
            yield Finding(CapFault.AREA_MISSING)
    for area in _areas(message):
        if not (area.codes or area.polygons or area.circles):
            yield Finding(CapFault.AREA_EMPTY, {"value": area.name[:40]})


def shapes(message: Message, now: datetime) -> Iterator[Finding]:
    """Polygons closed, plain and on earth; circles with a radius; a ceiling above an altitude."""
    points = sum(len(polygon.split()) for area in _areas(message) for polygon in area.polygons)
    if points > MOST_POINTS:
        yield Finding(CapFault.POLYGON_MANY, {"value": points})
        return
    for area in _areas(message):
        for polygon in area.polygons:
            yield from faults_of_polygon(polygon)
        for circle in area.circles:
            if circle_of(circle) is None:
                yield Finding(CapFault.CIRCLE, {"value": circle[:40]})
        if area.ceiling and not area.altitude:
            yield Finding(CapFault.CEILING)


def times(message: Message, now: datetime) -> Iterator[Finding]:
    """An end, and none before the sending; a beginning before it, or more than a day, is odd.

    Rain may have begun before anybody wrote of it: a grave warning is not refused for that.
    """
    for info in message.infos:
        for name, at in (("effective", info.effective), ("onset", info.onset)):
            if at and at < message.sent:
                yield _odd(CapFault.BEFORE_SENT, element=name)
        if info.expires and info.expires < message.sent:
            yield Finding(CapFault.BEFORE_SENT, {"element": "expires"})
        if info.expires is None and message.msg_type in ("Alert", "Update"):
            yield Finding(CapFault.EXPIRES_MISSING)
        elif info.expires and info.expires - message.sent > LONGEST:
            yield _odd(CapFault.SPAN)


def clocks(message: Message, now: datetime) -> Iterator[Finding]:
    """Sent in the future: a clock is wrong."""
    if message.sent > now + CLOCKS_APART:
        yield _odd(CapFault.SENT_AHEAD)


def exercise(message: Message, now: datetime) -> Iterator[Finding]:
    """An exercise names itself, in the note and before the headline; a test before the headline."""
    if message.status == "Exercise" and not message.note:
        yield Finding(CapFault.EXERCISE_NOTE)
    if message.status in ("Exercise", "Test"):
        heads = [info.headline for info in message.infos if info.headline]
        if any(not head.startswith(("【演练】", "【测试】")) for head in heads):
            yield Finding(CapFault.EXERCISE_HEADLINE)


def lengths(message: Message, now: datetime) -> Iterator[Finding]:
    """What displays cut."""
    for info in message.infos:
        if len(info.headline) > HEADLINE:
            yield _odd(CapFault.HEADLINE_LONG, value=len(info.headline))
    for area in _areas(message):
        if len(area.name) > AREA_NAME:
            yield _odd(CapFault.AREA_LONG, value=len(area.name))


def languages(message: Message, now: datetime) -> Iterator[Finding]:
    """All parts speak of one event; translated parts say something else than the part they translate."""
    events = sorted(
        {info.event_code or info.event for info in message.infos if _in_one_language(message, info.language)}
    )
    if len(events) > 1:
        yield _odd(CapFault.EVENTS_DIFFER, value="、".join(events))
    texts: dict[str, str] = {}
    for info in message.infos:
        if info.description and texts.setdefault(info.description, info.language) != info.language:
            yield _odd(CapFault.SAME_TEXT)
            return


def markup(message: Message, now: datetime) -> Iterator[Finding]:
    """HTML in the text: it is shown as it stands, never run."""
    for info in message.infos:
        for text in (info.headline, info.description, info.instruction):
            if found := _MARKUP.search(text):
                yield _odd(CapFault.MARKUP, value=found[0][:40])


def codes(message: Message, now: datetime) -> Iterator[Finding]:
    """Area codes that are none."""
    for area in _areas(message):
        for code in area.codes:
            if not is_code(code):
                yield _odd(CapFault.CODE_SHAPE, value=code[:40])


def level(message: Message, now: datetime) -> Iterator[Finding]:
    """The colour can be read, and once only."""
    info = message.told
    if info is None or message.msg_type not in ("Alert", "Update"):
        return
    found, named = level_of(info.severity, info.headline), named_colour(info.headline)
    if found is None:
        yield _odd(CapFault.LEVEL_UNKNOWN)
    elif named and level_of(info.severity, "") not in (None, named):
        yield _odd(CapFault.LEVEL_DIFFERS)


RULES: tuple[Rule, ...] = (
    identity, national_identifier, scope, references, content, shapes, times, clocks, exercise, lengths, languages,
    markup, codes, level,
)  # fmt: skip


def checked(message: Message, *, now: datetime) -> list[Finding]:
    """What every rule says of a message, errors first."""
    found = [finding for rule in RULES for finding in rule(message, now)]
    return sorted(found, key=lambda finding: not finding.is_error)


def _areas(message: Message) -> Iterator[Area]:
    for info in message.infos:
        yield from info.areas


def _in_one_language(message: Message, language: str) -> bool:
    # An event's name is translated too; its code is not.
    first = message.infos[0].language
    return language == first or all(info.event_code for info in message.infos)
