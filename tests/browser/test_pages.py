"""Every page that people use, by whom and where: loads, complains of nothing, and everybody can use it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Looker
from tests.browser.night import PAGES, Night

pytestmark = pytest.mark.browser

BOTH = ("desk", "phone")


def unusable(page: Page) -> list[str]:
    """What axe finds that keeps somebody from using the page (WCAG 2 A and AA)."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{each['id']}: {node['target']} {node['html'][:160]}" for each in found for node in each["nodes"]]


def sticking_out(page: Page) -> list[str]:
    """What makes the page wider than the screen; empty when nothing does."""
    found: list[str] = page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return [];
            const out = [...document.querySelectorAll("body *")].filter(
                (e) => e.getBoundingClientRect().right > wide + 1 && !e.closest(".leaflet-container"));
            return ["page", ...out.filter((e) => !out.some((o) => o !== e && e.contains(o)))
                .map((e) => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right - wide)
                    + " px: " + e.textContent.trim().slice(0, 60))];
        }"""
    )
    return found


@pytest.mark.parametrize("screen", BOTH)
@pytest.mark.parametrize(("member", "address"), PAGES)
def test_a_page_is_whole_and_usable(
    member: str, address: str, screen: str, night: Night, glance: Callable[..., Looker]
) -> None:
    looker = glance(getattr(night.cast, member) if member else None, screen)
    page = looker.opens(address.format(**night.addresses))
    assert page.locator("main").count() == 1
    faults = sticking_out(page)
    if screen == "desk":  # the phone has the same elements, and asking takes longer than all the rest
        faults += unusable(page)
    assert not faults, "\n".join(faults)
