"""Reads an XML file that a stranger wrote: no DOCTYPE, no entities, no network, bounded in size and depth."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from alerts.enums import CapFault

CAP_NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MOST_BYTES = 1_000_000
DEEPEST = 12
MOST_ELEMENTS = 20_000
# Chinese files come in these too, and the parser below knows neither.
_CHINESE = re.compile(rb"""^[^>]{0,80}encoding=["'](gb2312|gbk|gb18030)["']""", re.I)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a message (`is_error`: it is refused) or odd about it (it is shown)."""

    fault: CapFault
    params: Mapping[str, object] = field(default_factory=dict)
    is_error: bool = True

    def __str__(self) -> str:
        return str(self.fault.label) % dict(self.params)


class Unreadable(Exception):
    """The bytes are no XML that we read; `finding` says why."""

    def __init__(self, fault: CapFault, **params: object) -> None:
        super().__init__(fault.value)
        self.finding = Finding(fault, params)


@dataclass
class Node:
    """One element: its local name, its namespace (empty without), its line, its own text, what stands inside."""

    name: str
    namespace: str = ""
    line: int = 0
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def all(self, name: str) -> list["Node"]:
        """The elements of this name, in their order."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Node | None":
        """The first element of this name."""
        return next((child for child in self.children if child.name == name), None)

    def value(self, *names: str) -> str:
        """The text of the first element of one of these names that says anything; empty without."""
        found = (child.text for name in names for child in self.all(name))
        return next((text for text in found if text), "")


def read(data: bytes) -> Node:
    """The root of the file. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(CapFault.TOO_LARGE)
    builder = _Builder()
    try:
        builder.parse(_utf8(data))
    except (expat.ExpatError, LookupError, ValueError) as error:  # an encoding that nobody knows is a LookupError
        raise Unreadable(CapFault.NOT_XML, line=getattr(error, "lineno", 1)) from error
    if builder.root is None:
        raise Unreadable(CapFault.NOT_XML, line=1)
    return builder.root


def _utf8(data: bytes) -> tuple[bytes, str | None]:
    """The bytes and the encoding to force on the parser; None lets the file's own declaration stand."""
    if _CHINESE.match(data[:200]):
        return data.decode("gb18030").encode(), "utf-8"
    return data, None


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self.open: list[Node] = []
        self.count = 0

    def parse(self, given: tuple[bytes, str | None]) -> None:
        data, encoding = given
        parser = expat.ParserCreate(encoding, " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser = parser
        parser.Parse(data, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) >= DEEPEST:
            raise Unreadable(CapFault.TOO_DEEP)
        namespace, _, local = name.rpartition(" ")
        node = Node(local, namespace, self.parser.CurrentLineNumber, attributes=attributes)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def _end(self, name: str) -> None:
        node = self.open.pop()
        node.text = node.text.strip()

    def _said(self, text: str) -> None:
        self.open[-1].text += text

    def _doctype(self, *told: object) -> None:
        raise Unreadable(CapFault.DOCTYPE)
