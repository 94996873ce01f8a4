"""The world that tests run in: real database and Redis, nothing else, and no mistake passes quietly."""

import socket
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.transaction import Atomic
from django.template import engines
from django.template.base import Node
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import User
from core import bell
from territory.models import Area
from tests import casts, emptying

# A busy machine is no fault of what is tested: no test is timed, and examples may take long to be drawn.
hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("unhurried")

OUR_TEMPLATES = str(Path(django_settings.BASE_DIR) / "templates")


class UndefinedVariable(Exception):
    """A template named something that its view does not give."""


class NoInvalid(str):
    """What stands for an undefined variable: our own templates fail, those of Django and others stay empty."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, name: object) -> str:
        frame = sys._getframe(1)
        while frame:
            node = frame.f_locals.get("self")
            if isinstance(node, Node) and getattr(node, "origin", None):
                origin = str(node.origin.name)
                if origin.startswith(OUR_TEMPLATES):
                    line = node.token.lineno if node.token else "?"
                    raise UndefinedVariable(f"{origin}:{line}: {name} is undefined")
                return ""
            if frame.f_back is None:
                break
            frame = frame.f_back
        return ""


@pytest.fixture(autouse=True, scope="session")
def templates_name_what_they_are_given() -> None:
    """Undefined variables in our own templates fail."""
    engines["django"].engine.string_if_invalid = NoInvalid("undefined")  # type: ignore[attr-defined]  # Django's backend


@pytest.fixture(autouse=True, scope="session")
def lists_without_an_order_come_reversed() -> Iterator[None]:
    """PostgreSQL promises no order where none was asked for: what relies on one fails here and not in the flood."""
    fetch_all = QuerySet._fetch_all

    def fetched(self: "QuerySet[Any]") -> None:
        fresh = self._result_cache is None
        fetch_all(self)
        if fresh and not self.ordered and isinstance(self._result_cache, list):
            self._result_cache.reverse()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "_fetch_all", fetched)
        yield


@pytest.fixture(autouse=True, scope="session")
def only_what_was_filled_is_emptied() -> Iterator[None]:
    """A test that commits costs what it stored, not the size of the schema."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying.teardown)
        yield


class StraySocket(Exception):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True, scope="session")
def no_stray_sockets() -> Iterator[None]:
    """Only this machine's own services are reached: unix sockets and the loopback."""

    def guarded(name: str) -> Callable[..., Any]:
        real = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and str(address[0]) not in {"127.0.0.1", "::1", "localhost"}:
                raise StraySocket(f"a test connects to {address}")
            return real(self, address)

        return connect

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(name))
        yield


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that were woken after commit, in order; nobody hears them."""
    rung: list[str] = []
    monkeypatch.setattr(bell, "_publish", rung.append)
    return rung


@pytest.fixture(autouse=True)
def commit_hooks_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for a commit runs when the outermost transaction inside the test ends, as it would in life."""
    leave, on_commit = Atomic.__exit__, BaseDatabaseWrapper.on_commit

    def at_the_tests_own_level(connection: BaseDatabaseWrapper) -> bool:
        blocks: list[Any] = connection.atomic_blocks
        return bool(blocks) and all(block._from_testcase for block in blocks)

    def run_hooks(connection: BaseDatabaseWrapper) -> None:
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for entry in waiting:
            entry[1]()

    def leaving(self: Atomic, *error: Any) -> None:
        leave(self, *error)
        connection = connections[self.using or DEFAULT_DB_ALIAS]
        if error == (None, None, None) and at_the_tests_own_level(connection) and not connection.needs_rollback:
            run_hooks(connection)

    def waiting_for_commit(self: BaseDatabaseWrapper, func: Callable[[], object], robust: bool = False) -> None:
        on_commit(self, func, robust)
        if at_the_tests_own_level(self):
            run_hooks(self)

    monkeypatch.setattr(Atomic, "__exit__", leaving)
    monkeypatch.setattr(BaseDatabaseWrapper, "on_commit", waiting_for_commit)


@pytest.fixture(autouse=True)
def own_files_and_empty_cache(settings: Settings, tmp_path: Path) -> None:
    """Photographs go into a folder of the test; nobody remembers the test before."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()


@pytest.fixture
def now() -> Iterator[datetime]:
    """23:00 on the night of 19 July 2026, and the clock stands there while the test runs."""
    with time_machine.travel(casts.NIGHT, tick=False):
        yield casts.NIGHT


@pytest.fixture
def areas(db: None) -> dict[str, Area]:
    """District, two sub-districts, their communities and grids, by code."""
    return casts.make_areas()


@pytest.fixture
def cast(areas: dict[str, Area]) -> casts.Cast:
    """Everybody."""
    return casts.make_cast()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which this person has signed in."""

    def client_of(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="accounts.backends.NameOrPhoneBackend")
        return client

    return client_of


@pytest.fixture
def api() -> Callable[[User], APIClient]:
    """A client of the API that has signed in as this person."""

    def client_of(person: User) -> APIClient:
        client = APIClient()
        client.force_login(person, backend="accounts.backends.NameOrPhoneBackend")
        return client

    return client_of
