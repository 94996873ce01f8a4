"""`docs/requirements.md` read aloud: every screen that it names is opened on the running platform by whom it names."""

from html.parser import HTMLParser

import pytest

from tests.browser.night import make_night
from tests.casts import Cast
from tests.journeys.processes import Stack, Visitor
from tests.requirements import MEMBERS, demands

pytestmark = pytest.mark.journey
QUESTION = {"desk-question", "phone-question", "question"}  # where each shell has its first sentence
FAULT = "did not open"


class _FirstSentence(HTMLParser):
    """The text inside the box of the first sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "div":
            inside = self._depth or QUESTION & set((dict(attrs).get("class") or "").split())
            self._depth += bool(inside)

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.words += data


def first_sentence(page: str) -> str:
    """What stands on top of a page in words, blanks joined; empty where nothing does."""
    reader = _FirstSentence()
    reader.feed(page)
    return " ".join(reader.words.split())


def test_every_screen_that_the_page_names_opens_with_a_sentence(
    processes: Stack, transactional_db: None, cast: Cast
) -> None:
    """`pytest -s` shows what was read."""
    night = make_night(cast)
    visitors = {member: processes.visitor(getattr(cast, member) if member else None) for member in MEMBERS.values()}
    opened: dict[tuple[str, str], str] = {}
    for demand in demands():
        for screen in demand.screens:
            address = screen.on(night)
            key = (screen.member, address)
            if key not in opened:
                opened[key] = said_on(visitors[screen.member], address)
            print(f"{demand.number} {demand.state} {screen.member or 'resident'} {address}: {opened[key]}")  # noqa: T201
    assert {key: said for key, said in opened.items() if not said or said.startswith(FAULT)} == {}


def said_on(visitor: Visitor, address: str) -> str:
    """The first sentence of a page; every page that does not open is told, not the first alone."""
    if not address:
        return f"{FAULT}: the night has no such row"
    try:
        page = visitor.get(address).data.decode()
    except AssertionError as refused:
        return f"{FAULT}: {str(refused).splitlines()[0]}"
    return first_sentence(page) if visitor.at == address else f"{FAULT}: led to {visitor.at}"
