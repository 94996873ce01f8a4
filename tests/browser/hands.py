"""Somebody who works with the platform: presses what he reads, holds what wants to be held, and is counted."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE, Looker

TAP, KEY, THOUGHT = 1.2, 0.4, 1.35  # seconds each, the keystroke-level model of the design
# Two English words in a row: what somebody who reads Chinese only would stumble over.
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}[^\n]*")


def strokes(words: str) -> int:
    """Keys for these words: one a character, three a Chinese one, whose sound is spelt and then chosen."""
    return sum(3 if each > "\u2e7f" else 1 for each in words)


@dataclass
class Hands:
    """One person before one screen. Taps and keys count from `counts_anew` on."""

    looker: Looker
    taps: int = 0
    keys: int = 0
    thoughts: int = 0
    english: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """The page before him."""
        return self.looker.page

    @property
    def seconds(self) -> float:
        """What a practised person needs for what was counted, the machine's own time left out."""
        return self.taps * TAP + self.keys * KEY + self.thoughts * THOUGHT

    def counts_anew(self) -> None:
        """From here on."""
        self.taps = self.keys = self.thoughts = 0

    def opens(self, path: str) -> None:
        """Goes to an address: out of an SMS, or where the shift begins."""
        self.looker.opens(path)
        assert "/sign-in/" not in self.page.url, f"{path} asks to sign in"
        self._reads()

    def taps_on(self, words: str, *, within: Locator | None = None, stays: bool = False) -> None:
        """Presses the one button or link that says so. `stays`: the page remains, a part of it changes."""
        target = self._named(words, within)
        self.taps += 1
        if stays:
            target.click()
        else:
            with self.page.expect_navigation(timeout=PATIENCE):
                target.click()
            self._reads()

    def holds(self, words: str) -> None:
        """Keeps the button pressed until the page goes on; a tap alone does nothing."""
        target = self._named(words)
        target.scroll_into_view_if_needed()
        there = target.bounding_box()
        assert there is not None
        self.taps += 1
        before = self.page.url
        target.click()
        assert self.page.url == before, f"“{words}” acts on a mere tap"
        self.page.mouse.move(there["x"] + there["width"] / 2, there["y"] + there["height"] / 2)
        with self.page.expect_navigation(timeout=PATIENCE):
            self.page.mouse.down()
        self.page.mouse.up()
        self._reads()

    def types(self, label: str, words: str, *, within: Locator | None = None) -> None:
        """Taps into a field and types; what stood in it is replaced."""
        target = self._labelled(label, within)
        self.taps += 1
        self.keys += strokes(words)
        target.fill(words)

    def goes_on_typing(self, words: str) -> None:
        """Types where the cursor stands."""
        self.keys += strokes(words)
        self.page.keyboard.type(words)

    def strikes(self, keys: str) -> None:
        """One key, or several at once."""
        self.keys += keys.count("+") + 1
        self.page.keyboard.press(keys)

    def chooses(self, label: str, option: str) -> None:
        """Opens a list and takes one of it."""
        target = self._labelled(label, None)
        self.taps += 2
        wanted = target.locator("option").filter(has_text=option).first.get_attribute("value")
        target.select_option(value=wanted)

    def ticks(self, label: str) -> None:
        """Ticks a box."""
        self.taps += 1
        self._labelled(label, None).check()

    def reads(self, *words: str) -> None:
        """These words stand before his eyes."""
        for each in words:
            expect(self.page.get_by_text(each).locator("visible=true").first).to_be_visible(timeout=PATIENCE)

    def reads_nowhere(self, words: str) -> None:
        """These words do not."""
        expect(self.page.get_by_text(words).locator("visible=true")).to_have_count(0, timeout=PATIENCE)

    def row(self, words: str, of: str = "li, tr, section, article") -> Locator:
        """The smallest row or panel that says this."""
        return self.page.locator(of).filter(has_text=words).last

    def _named(self, words: str, within: Locator | None = None) -> Locator:
        root = within if within is not None else self.page
        found = root.get_by_role("button", name=words).or_(root.get_by_role("link", name=words)).locator("visible=true")
        exact = root.get_by_role("button", name=words, exact=True).or_(root.get_by_role("link", name=words, exact=True))
        expect(found.first).to_be_visible(timeout=PATIENCE)
        seen = exact.locator("visible=true")
        target = seen if seen.count() else found
        assert target.count() == 1, f"“{words}” stands on {target.count()} buttons: {target.all_inner_texts()}"
        return target

    def _labelled(self, label: str, within: Locator | None) -> Locator:
        whole = re.compile(rf"^\s*{re.escape(label)}\s*(（选填）)?\s*$")
        found = (within if within is not None else self.page).get_by_label(whole).locator("visible=true")
        expect(found.first).to_be_visible(timeout=PATIENCE)
        assert found.count() == 1, f"“{label}” stands at {found.count()} fields"
        return found

    def _reads(self) -> None:
        self.page.wait_for_load_state("load")
        found = ENGLISH.findall(self.page.inner_text("body"))
        self.english += [f"{self.page.url}: {words}" for words in found]
