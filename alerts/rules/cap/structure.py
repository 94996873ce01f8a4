"""Which elements a message holds, in which order and how often, and what their values look like: what a schema checks.

CAP 1.2 is checked to the letter. The national native dialect has no published schema that we could read: its elements
are asked for by name, order and additions are left free, and its own forms of time, colour and code are expected.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from alerts.enums import CapFault, CapStatus, CapType, Dialect
from alerts.rules.cap.reading import CAP_NAMESPACE, Finding, Node

SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
ONE, MAYBE, ANY, SOME = (1, 1), (0, 1), (0, 0), (1, 0)  # least and most; most 0: without end

ALERT = {
    "identifier": ONE, "sender": ONE, "sent": ONE, "status": ONE, "msgType": ONE, "source": MAYBE, "scope": ONE,
    "restriction": MAYBE, "addresses": MAYBE, "code": ANY, "note": MAYBE, "references": MAYBE, "incidents": MAYBE,
    "info": ANY,
}  # fmt: skip
INFO = {
    "language": MAYBE, "category": SOME, "event": ONE, "responseType": ANY, "urgency": ONE, "severity": ONE,
    "certainty": ONE, "audience": MAYBE, "eventCode": ANY, "effective": MAYBE, "onset": MAYBE, "expires": MAYBE,
    "senderName": MAYBE, "headline": MAYBE, "description": MAYBE, "instruction": MAYBE, "web": MAYBE, "contact": MAYBE,
    "parameter": ANY, "resource": ANY, "area": ANY,
}  # fmt: skip
RESOURCE = {"resourceDesc": ONE, "mimeType": ONE, "size": MAYBE, "uri": MAYBE, "derefUri": MAYBE, "digest": MAYBE}
AREA = {"areaDesc": ONE, "polygon": ANY, "circle": ANY, "geocode": ANY, "altitude": MAYBE, "ceiling": MAYBE}
PAIR = {"valueName": ONE, "value": ONE}
INSIDE = {
    "alert": ALERT, "info": INFO, "resource": RESOURCE, "area": AREA,
    "eventCode": PAIR, "parameter": PAIR, "geocode": PAIR,
}  # fmt: skip

STATUS = frozenset(CapStatus.values)
TYPES = frozenset(CapType.values)
COLOURS = frozenset({"Red", "Orange", "Yellow", "Blue"})
SEVERITY = frozenset({"Extreme", "Severe", "Moderate", "Minor", "Unknown"})
VALUES = {
    "status": STATUS,
    "msgType": TYPES,
    "scope": frozenset({"Public", "Restricted", "Private"}),
    "category": frozenset(
        {"Geo", "Met", "Safety", "Security", "Rescue", "Fire"}
        | {"Health", "Env", "Transport", "Infra", "CBRNE", "Other"}
    ),
    "responseType": frozenset(
        {"Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"}
    ),
    "urgency": frozenset({"Immediate", "Expected", "Future", "Past", "Unknown"}),
    "severity": SEVERITY,
    "certainty": frozenset({"Observed", "Likely", "Possible", "Unlikely", "Unknown"}),
}
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
TIMES = ("sent", "sendTime", "effective", "onset", "expires")
YEARS = range(1990, 2200)
CAP_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
NATIVE_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[-+]\d\d:\d\d")


def dialect_of(root: Node) -> Dialect | Finding:
    """Which dialect a file is written in, or why in none."""
    if root.name != "alert":
        return Finding(CapFault.ROOT)
    if root.namespace == CAP_NAMESPACE:
        return Dialect.CAP
    return Finding(CapFault.NAMESPACE, {"value": root.namespace}) if root.namespace else Dialect.NATIVE


def faults_of_structure(root: Node, dialect: Dialect) -> Iterator[Finding]:
    """Everything that a schema would refuse, in the order of the file."""
    yield from _cap(root) if dialect == Dialect.CAP else _native(root)


def _cap(node: Node) -> Iterator[Finding]:
    spec = INSIDE.get(node.name, {})
    yield from _elements(node, spec)
    for child in node.children:
        if child.namespace == SIGNATURE:
            continue
        yield from _value(child, VALUES, CAP_TIME)
        if child.name in INSIDE:
            yield from _cap(child)


def _elements(node: Node, spec: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
    places = list(spec)
    counted: dict[str, int] = {}
    highest = -1
    for child in node.children:
        if node.name == "alert" and child.namespace == SIGNATURE:
            continue
        where = {"element": child.name, "line": child.line}
        if child.namespace != CAP_NAMESPACE or child.name not in spec:
            yield Finding(CapFault.UNKNOWN, where)
            continue
        counted[child.name] = counted.get(child.name, 0) + 1
        if counted[child.name] == 2 and spec[child.name][1] == 1:
            yield Finding(CapFault.REPEATED, where)
        elif places.index(child.name) < highest:
            yield Finding(CapFault.ORDER, where)
        highest = max(highest, places.index(child.name))
    for name, (least, _most) in spec.items():
        if least and not counted.get(name):
            yield Finding(CapFault.MISSING, {"element": name})


def _value(node: Node, values: Mapping[str, frozenset[str]], form: re.Pattern[str]) -> Iterator[Finding]:
    where = {"element": node.name, "value": node.text[:60], "line": node.line}
    if (node.name in values and node.text not in values[node.name]) or (
        node.name == "language" and not LANGUAGE.fullmatch(node.text)
    ):
        yield Finding(CapFault.VALUE, where)
    elif node.name in TIMES:
        yield from _time(node, where, form)


def _time(node: Node, where: Mapping[str, object], form: re.Pattern[str]) -> Iterator[Finding]:
    if not form.fullmatch(node.text):
        if form is NATIVE_TIME and CAP_TIME.fullmatch(node.text) and moment(node.text):
            yield Finding(CapFault.TIME_FORM, where, is_error=False)
        else:
            yield Finding(CapFault.TIME, where)
    elif moment(node.text) is None:
        yield Finding(CapFault.TIME, where)
    elif node.text.endswith("+00:00"):
        yield Finding(CapFault.TIME_UTC, where)


def moment(text: str) -> datetime | None:
    """A time of either dialect; None for one that no calendar knows, or of no age in which warnings are written."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and found.year in YEARS else None


# The national dialect: (names of which one must say something) for the message and for each <info>.
NATIVE_ALERT = (("identifier",), ("sender",), ("sent", "sendTime"), ("status",), ("msgType",))
NATIVE_INFO = (("event", "eventType", "eventCode"), ("severity",))
NATIVE_VALUES = {**VALUES, "severity": COLOURS | SEVERITY}
# Left empty by senders who have nothing to say: an empty element counts as none.
_MAY_BE_EMPTY = frozenset({"scope", "category", "responseType", "urgency", "certainty", "language", *TIMES})
_ONCE = ("identifier", "sender", "sent", "sendTime", "status", "msgType", "scope", "references", "note")


def _native(root: Node) -> Iterator[Finding]:
    yield from _asked(root, NATIVE_ALERT)
    for name in _ONCE:
        for twice in root.all(name)[1:2]:
            yield Finding(CapFault.REPEATED, {"element": name, "line": twice.line})
    for info in root.all("info"):
        yield from _asked(info, NATIVE_INFO)
    for node in (root, *root.all("info")):
        for child in node.children:
            if child.text or child.name not in _MAY_BE_EMPTY:
                yield from _value(child, NATIVE_VALUES, NATIVE_TIME)


def _asked(node: Node, asked: tuple[tuple[str, ...], ...]) -> Iterator[Finding]:
    for names in asked:
        if not any(child.text or child.children for name in names for child in node.all(name)):
            yield Finding(CapFault.MISSING, {"element": names[0]})
