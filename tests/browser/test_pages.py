"""Every page that people use, by whom and where: loads, complains of nothing, and everybody can use it."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from assignments.queries import link_path
from core import clock
from tests import factories
from tests.browser.conftest import Looker
from tests.casts import Cast

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Member of the cast (empty: nobody has signed in), address; `{site}`, `{round}`, `{notice}` … are those of the world.
PAGES = [
    ("", "/sign-in/"),
    ("", "/sign-in/code/"),
    ("", "{task_link}"),
    ("grid_worker", "/me/"),
    ("grid_worker", "/assignments/"),
    ("grid_worker", "{duty}"),
    ("commander", "/assignments/"),
    ("duty_officer", "{duty}"),
    ("administrator", "/people/"),
    ("administrator", "/people/new/"),
    ("administrator", "/people/import/"),
]
BOTH = ("desk", "phone")


@pytest.fixture
def world(cast: Cast) -> dict[str, Any]:
    """What the addresses of PAGES name: a night on which something of everything is there, and something is late."""
    now = clock.now()
    duty = factories.duty(of=cast.grid_worker, issued_by=cast.duty_officer, now=now)
    factories.late_duty(of=cast.grid_worker, now=now)
    return {
        "duty": f"/assignments/{duty.uuid}/",
        "task_link": link_path(duty),
    }


def unusable(page: Page) -> list[str]:
    """What axe finds that keeps somebody from using the page (WCAG 2 A and AA)."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{each['id']}: {node['target']} {node['html'][:160]}" for each in found for node in each["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


@pytest.mark.parametrize("screen", BOTH)
@pytest.mark.parametrize(("member", "address"), PAGES)
def test_a_page_is_whole_and_usable(
    member: str, address: str, screen: str, cast: Cast, world: dict[str, Any], look: Callable[..., Looker]
) -> None:
    looker = look(getattr(cast, member) if member else None, screen)
    page = looker.opens(address.format(**world))
    assert page.locator("main").count() == 1
    assert overflow(page) <= 0
    assert unusable(page) == []
