"""A message as facts, whichever dialect it was written in."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from alerts.enums import Dialect
from alerts.rules.cap.reading import Node
from alerts.rules.cap.structure import moment

CHINESE = "zh-CN"
_LIST = re.compile(r"[,，;；\s]+")
# Names under which Chinese senders give official area codes; a national file gives the code bare.
_OURS = re.compile(r"geographic code|行政区划|CPEAS|GB/?T ?2260|adcode", re.I)


@dataclass(frozen=True)
class Reference:
    """One earlier message that this one speaks of. The national dialect knows its identifier only."""

    identifier: str
    sender: str = ""
    sent: datetime | None = None
    text: str = ""


@dataclass(frozen=True)
class Area:
    """A part of the area: polygons and circles as they were written, codes without their padding."""

    name: str
    codes: tuple[str, ...] = ()
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    altitude: str = ""
    ceiling: str = ""


@dataclass(frozen=True)
class Info:
    """What a message says in one language."""

    event: str
    severity: str
    language: str = CHINESE
    event_code: str = ""
    response_types: tuple[str, ...] = ()
    urgency: str = "Unknown"
    certainty: str = "Unknown"
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Message:
    """A whole message. Times are aware; `reference_faults` are references that could not be read."""

    dialect: Dialect
    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    scope: str = "Public"
    restriction: str = ""
    addresses: str = ""
    note: str = ""
    references: tuple[Reference, ...] = ()
    reference_faults: tuple[str, ...] = ()
    infos: tuple[Info, ...] = field(default=())

    @property
    def told(self) -> Info | None:
        """The part in Chinese, else the first."""
        chinese = (info for info in self.infos if info.language.lower().startswith("zh"))
        return next(chinese, self.infos[0] if self.infos else None)

    @property
    def issuer(self) -> str:
        """Who says so, as people read it."""
        return (self.told.sender_name if self.told else "") or self.sender

    @property
    def is_all_clear(self) -> bool:
        """True for a message that says that it is over."""
        types = self.told.response_types if self.told else ()
        return self.msg_type == "Cancel" or "AllClear" in types


def message_of(root: Node, dialect: Dialect) -> Message:
    """The facts of a file whose structure is whole."""
    native = dialect == Dialect.NATIVE
    sent = moment(root.value("sent", "sendTime"))
    assert sent is not None  # noqa: S101  (the structure was checked)
    references, faults = _references(root.value("references"), native=native)
    return Message(
        dialect=dialect,
        identifier=root.value("identifier"),
        sender=root.value("sender"),
        sent=sent,
        status=root.value("status"),
        msg_type=root.value("msgType"),
        scope=root.value("scope") or "Public",
        restriction=root.value("restriction"),
        addresses=root.value("addresses"),
        note=root.value("note"),
        references=references,
        reference_faults=faults,
        infos=tuple(_info(node) for node in root.all("info")),
    )


def _references(text: str, *, native: bool) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
    good, bad = [], []
    if native and "," not in text:
        return tuple(Reference(part, text=part) for part in _LIST.split(text) if part), ()
    for part in text.split():
        pieces = part.split(",")
        sent = moment(pieces[2]) if len(pieces) == 3 else None
        if len(pieces) == 3 and pieces[0] and pieces[1] and sent:
            good.append(Reference(pieces[1], pieces[0], sent, part))
        else:
            bad.append(part)
    return tuple(good), tuple(bad)


def _info(node: Node) -> Info:
    code = node.first("eventCode")
    bare = node.value("eventType") or (code.text if code else "")
    return Info(
        event=node.value("event", "eventType") or bare,
        severity=node.value("severity") or "Unknown",
        language=node.value("language") or CHINESE,
        event_code=(code.value("value") if code else "") or bare,
        response_types=tuple(each.text for each in node.all("responseType") if each.text),
        urgency=node.value("urgency") or "Unknown",
        certainty=node.value("certainty") or "Unknown",
        effective=_time(node, "effective"),
        onset=_time(node, "onset"),
        expires=_time(node, "expires"),
        sender_name=node.value("senderName"),
        headline=node.value("headline"),
        description=node.value("description"),
        instruction=node.value("instruction"),
        areas=tuple(_area(each) for each in node.all("area")),
    )


def _time(node: Node, name: str) -> datetime | None:
    text = node.value(name)
    return moment(text) if text else None


def _area(node: Node) -> Area:
    codes: list[str] = []
    for each in node.all("geocode"):
        name, given = each.value("valueName"), each.value("value") or each.text
        listed = [part for part in _LIST.split(given) if part]
        # Codes of other systems (FIPS, EMMA_ID) stand beside ours and are no fault.
        codes += [part for part in listed if not name or _OURS.search(name) or part.isdigit()]
    return Area(
        name=node.value("areaDesc"),
        codes=tuple(codes),
        polygons=tuple(each.text for each in node.all("polygon") if each.text),
        circles=tuple(each.text for each in node.all("circle") if each.text),
        altitude=node.value("altitude"),
        ceiling=node.value("ceiling"),
    )
