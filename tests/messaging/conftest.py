"""A gateway in a thread, telephones, and a channel that answers what a test tells it to."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web
from pytest_django.fixtures import Settings

from core.rules import SYSTEM
from messaging import actions, channels, rules
from messaging.enums import Channel, Lane
from messaging.models import Broadcast, Delivery
from simulators.gateway.behaviour import Behaviour
from simulators.gateway.service import Identity
from simulators.gateway.web import application
from territory.enums import ContactKind
from territory.models import ContactPoint
from tests.casts import DISTRICT, GRID, NIGHT

QUICK = Behaviour(receipt_delay=3_600, undelivered_rate=0)
TEXT = "今夜有大到暴雨，请勿前往低洼处。"


@dataclass
class Gateway:
    """The stand-in over real HTTP."""

    url: str

    def control(self, **values: object) -> None:
        self._ask("/control", json.dumps(values).encode())

    def reset(self) -> None:
        self._ask("/control", json.dumps({**DEFAULTS}).encode())
        self._ask("/reset", b"{}")

    def stats(self) -> dict[str, Any]:
        return self._ask("/stats")

    def messages(self) -> list[dict[str, Any]]:
        return list(self._ask("/messages?limit=500")["messages"])

    def _ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, data=body)  # noqa: S310  # our own loopback address
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return dict(json.load(answer))


DEFAULTS = {
    "rate": 0.0,
    "pace": "block",
    "dedupe": True,
    "fail_rate": 0.0,
    "throttle_rate": 0.0,
    "timeout_rate": 0.0,
    "timeout_seconds": 0.0,
    "dead_seconds": 0.0,
    "reject_rate": 0.0,
}


@pytest.fixture(scope="session")
def gateway_thread() -> Iterator[Gateway]:
    """One gateway for the whole run, on a port of the system's choice."""
    loop = asyncio.new_event_loop()
    identity = Identity("sms", "http://127.0.0.1:9/hooks", b"test-gateway", b"test-webhook")
    runner = web.AppRunner(application(identity, QUICK), access_log=None)

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port: int = runner.addresses[0][1]
        return port

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield Gateway(f"http://127.0.0.1:{port}")
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def gateway(gateway_thread: Gateway, settings: Settings) -> Gateway:
    """The gateway, empty and well, and the platform pointed at it."""
    gateway_thread.reset()
    settings.SMS_GATEWAY_URL = gateway_thread.url
    return gateway_thread


@dataclass
class Scripted:
    """A channel that answers each batch with the next of `answers`, the last one for ever, and keeps the batches."""

    answers: list[rules.Result] = field(default_factory=lambda: [rules.Accepted("p")])
    name: str = "sms"
    provider: str = "contract"
    batch_size: int = 500
    batches: list[list[rules.Message]] = field(default_factory=list)
    during: Callable[[], None] | None = None

    accounts: list[str] = field(default_factory=list)

    def fault(self, account: rules.Account) -> str:
        return ""

    def send(self, account: rules.Account, messages: Sequence[rules.Message]) -> list[rules.Result]:
        self.batches.append(list(messages))
        self.accounts.append(account.name)
        if self.during:
            self.during()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [answer] * len(messages)

    @property
    def texts(self) -> list[str]:
        return [message.text for batch in self.batches for message in batch]


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """SMS goes to a script instead of a wire."""
    scripted = Scripted()
    monkeypatch.setitem(channels.CHANNELS, ("sms", "contract"), scripted)
    return scripted


def phones(number: int, *, start: int = 0) -> list[ContactPoint]:
    """So many telephones."""
    return ContactPoint.objects.bulk_create(
        ContactPoint(kind=ContactKind.MOBILE, address=f"+86152{start + n:08d}") for n in range(number)
    )


def sent(points: Sequence[ContactPoint], *, now: datetime = NIGHT, **changes: Any) -> Broadcast:
    """A broadcast to these telephones."""
    given: dict[str, Any] = {
        "lane": Lane.BULK,
        "channel": Channel.SMS,
        "text": TEXT,
        "recipients": [actions.Recipient(point.pk, GRID) for point in points],
        "area_code": DISTRICT,
        "by": SYSTEM,
        "now": now,
    }
    return actions.send(**{**given, **changes})


def time_passes() -> None:
    """Whatever waits falls due: leases run out, retries come round. Rows are moved, not clocks."""
    past = NIGHT.replace(year=2000)
    Delivery.objects.filter(lease_until__isnull=False).update(lease_until=past)
    Delivery.objects.update(due_at=past)
