"""One Chromium and one night for all of them, and a page that fails with whatever its console complains of.

The night is written once and looked at by every test: emptying the tables after each page would take longer than the
pages. A test that changes something makes it for itself.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from core import bell
from tests import casts
from tests.browser.night import Night, make_night
from tests.journeys.processes import session_of

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SCREENS = {"desk": (1920, 1080), "phone": (390, 844)}
PATIENCE = 10_000  # milliseconds


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser. Only while these tests run: Playwright's event loop would bar others from theirs."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # that same loop; the tests themselves are plain
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
        connections.close_all()  # Django keeps those of a running loop apart; they would be dead the next time


@pytest.fixture(scope="package")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tables for all of these tests at once, in place of each test's own transaction: the server sees commits only.

    The name matters: pytest-django makes the test database for tests that ask for `db`.
    """
    with django_db_blocker.unblock():
        assert "test" in connection.settings_dict["NAME"]
        yield
        call_command("flush", verbosity=0, interactive=False)
        with connection.cursor() as cursor:  # a request under way when its page was left would hold the database
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="package")
def night(db: None) -> Iterator[Night]:
    """Areas, people, and a night on which something of everything is there, and something is late."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bell, "_publish", lambda task: None)
        casts.make_areas()
        yield make_night(casts.make_cast())


@pytest.fixture(scope="package")
def server(night: Night) -> Iterator[str]:
    """The platform's address, served from a thread of these tests."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@dataclass
class Looker:
    """Somebody before a screen: his page, and everything that went wrong on it."""

    url: str
    page: Page
    faults: list[str] = field(default_factory=list)

    def opens(self, path: str) -> Page:
        """Goes to an address of the platform and waits until it has loaded."""
        answer = self.page.goto(self.url + path, wait_until="load", timeout=PATIENCE)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}\n{self.page.content()[:3000]}"
        return self.page

    def watch(self) -> None:
        """Notes errors of the console, of scripts and of everything that is loaded."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page itself was left
            self.faults.append(f"not loaded: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")
        elif not response.url.startswith((self.url, "data:", "blob:")):
            self.faults.append(f"from elsewhere: {response.url}")


def _context(chromium: Browser, url: str, person: User | None, screen: str) -> BrowserContext:
    width, height = SCREENS[screen]
    phone = screen == "phone"
    context = chromium.new_context(
        viewport={"width": width, "height": height}, has_touch=phone, is_mobile=phone, locale="zh-CN"
    )
    context.set_default_timeout(PATIENCE)
    if person:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": url}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a typed dictionary of Playwright's
    return context


@pytest.fixture
def look(chromium: Browser, server: str) -> Iterator[Callable[..., Looker]]:
    """`look(person, screen)`: somebody who has signed in (or nobody) before the desk's screen or a phone."""
    opened: list[tuple[BrowserContext, Looker]] = []

    def look(person: User | None = None, screen: str = "desk") -> Looker:
        context = _context(chromium, server, person, screen)
        looker = Looker(server, context.new_page())
        looker.watch()
        opened.append((context, looker))
        return looker

    yield look
    faults = [fault for _, looker in opened for fault in looker.faults]
    for context, _ in opened:
        context.close()
    assert faults == []


@pytest.fixture(scope="package")
def screens(chromium: Browser, server: str) -> Iterator[Callable[..., BrowserContext]]:
    """The screens that `glance` looks at: each person's own, with the scripts and styles that it already has."""
    kept: dict[tuple[int | None, str], BrowserContext] = {}

    def screen_of(person: User | None, screen: str) -> BrowserContext:
        key = (person.pk if person else None, screen)
        if key not in kept:
            kept[key] = _context(chromium, server, person, screen)
        return kept[key]

    yield screen_of
    for context in kept.values():
        context.close()


@pytest.fixture
def glance(screens: Callable[..., BrowserContext], server: str) -> Iterator[Callable[..., Looker]]:
    """As `look`, for a test that only reads: a new page on a screen that was used before loads in half the time."""
    opened: list[Looker] = []

    def glance(person: User | None = None, screen: str = "desk") -> Looker:
        looker = Looker(server, screens(person, screen).new_page())
        looker.watch()
        opened.append(looker)
        return looker

    yield glance
    for looker in opened:
        looker.page.close()
    assert [fault for looker in opened for fault in looker.faults] == []
