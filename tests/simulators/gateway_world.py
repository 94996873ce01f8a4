"""The gateway stand-in with a platform beside it, for its tests."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from simulators.gateway.behaviour import Behaviour
from simulators.gateway.service import Identity
from simulators.gateway.web import application

ROOT = Path(__file__).parents[2]
SMS_SECRET = b"what the platform signs its calls with"
WEBHOOK_SECRET = b"what the gateway signs its reports with"
PATIENCE = 10
QUICK = Behaviour(receipt_delay=0, auto_reply_delay=0, undelivered_rate=0)

Json = dict[str, Any]


def signed(secret: bytes, body: bytes, at: float | None = None) -> dict[str, str]:
    """The contract's headers, written out once more so that a mistake in the gateway cannot hide."""
    timestamp = str(int(time.time() if at is None else at))
    mac = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Timestamp": timestamp, "X-Signature": f"sha256={mac}"}


def sms(number: int, **changes: Any) -> Json:
    message = {"id": f"d-{number}", "to": f"+86138{number:08d}", "text": "请立即转移", "lane": "bulk", "kind": "sms"}
    return message | changes


@dataclass
class Platform:
    """The other side: stores what is posted, or answers as it is told to first."""

    receipts: list[Json] = field(default_factory=list)
    replies: list[Json] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    stumbles: list[web.Response] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def hook(self, request: web.Request) -> web.Response:
        body = await request.read()
        timestamp = request.headers["X-Timestamp"]
        assert request.headers["X-Signature"] == signed(WEBHOOK_SECRET, body, float(timestamp))["X-Signature"]
        self.paths.append(request.path)
        if self.stumbles:
            return self.stumbles.pop(0)
        content = json.loads(body)
        async with self.changed:
            self.receipts += content.get("receipts", [])
            self.replies += content.get("replies", [])
            self.changed.notify_all()
        return web.json_response({"stored": len(next(iter(content.values())))})

    async def until(self, receipts: int = 0, replies: int = 0) -> None:
        async with self.changed:
            await asyncio.wait_for(
                self.changed.wait_for(lambda: len(self.receipts) >= receipts and len(self.replies) >= replies), PATIENCE
            )


@dataclass
class World:
    """A gateway and its platform."""

    client: "TestClient[web.Request, web.Application]"
    platform: Platform

    async def post(self, *messages: Json, status: int = 200, **headers: str) -> Json:
        body = json.dumps({"messages": messages}).encode()
        answer = await self.client.post("/v1/messages", data=body, headers=signed(SMS_SECRET, body) | headers)
        assert answer.status == status, await answer.text()
        return dict(await answer.json())

    async def send(self, *messages: Json) -> list[Json]:
        return list((await self.post(*messages))["results"])

    async def get(self, path: str) -> Json:
        answer = await self.client.get(path)
        assert answer.status == 200, await answer.text()
        return dict(await answer.json())

    async def press(self, path: str, status: int, **content: Any) -> Json:
        answer = await self.client.post(path, json=content)
        assert answer.status == status, await answer.text()
        return dict(await answer.json())

    async def reported(self, receipts: int) -> Json:
        """The counts once the gateway knows that so many receipts are stored."""
        await self.platform.until(receipts=receipts)
        async with asyncio.timeout(PATIENCE):
            while (stats := await self.get("/stats"))["receipts"]["sent"] < receipts:
                pass
        return stats


@asynccontextmanager
async def world(behaviour: Behaviour = QUICK) -> AsyncIterator[World]:
    platform = Platform()
    hooks = web.Application(client_max_size=2**24)
    hooks.router.add_post("/hooks/{what}/{gateway}/", platform.hook)
    async with TestServer(hooks) as server:
        identity = Identity("sms", str(server.make_url("/hooks")), SMS_SECRET, WEBHOOK_SECRET, first_wait=0.001)
        async with TestClient(TestServer(application(identity, behaviour))) as client:
            yield World(client, platform)


def play(scene: Callable[[World], Coroutine[Any, Any, None]], behaviour: Behaviour = QUICK) -> None:
    async def run() -> None:
        async with world(behaviour) as there:
            await scene(there)

    asyncio.run(run())
