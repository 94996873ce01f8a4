"""Reading pages the way a person does: which forms are there, what do they hold already."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import urllib3


@dataclass
class Form:
    """A form as it stands on a page: where it goes and what its fields hold."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """True when it has a field or a button of that name."""
        return name in self.fields or any(name == button for button, _ in self.buttons)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""))
            self.forms.append(self._open)
        elif self._open is not None and given.get("name"):
            self._field(tag, given, self._open)
        elif tag == "option" and self._open is not None and self._select and "selected" in given:
            self._open.fields[self._select] = given.get("value", "")

    def _field(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, kind = given["name"], given.get("type", "")
        if tag == "button" or kind == "submit":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
            form.fields.setdefault(name, "")
        elif tag == "textarea":
            self._text = name
            form.fields[name] = ""
        elif tag == "input" and (kind not in {"checkbox", "radio", "file"} or "checked" in given):
            form.fields[name] = given.get("value", "")
        elif tag == "input":
            form.fields.setdefault(name, "")

    def handle_data(self, data: str) -> None:
        if self._text and self._open is not None:
            self._open.fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""


def forms(page: urllib3.BaseHTTPResponse) -> list[Form]:
    """The forms of a page, from top to bottom."""
    reader = _Reader()
    reader.feed(page.data.decode())
    return reader.forms


def form_with(page: urllib3.BaseHTTPResponse, name: str) -> Form:
    """The first form that has a field or button of that name."""
    return next(each for each in forms(page) if each.has(name))
