"""The gateway as a process of its own."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from tests.simulators.gateway_world import (
    PATIENCE,
    ROOT,
    SMS_SECRET,
    WEBHOOK_SECRET,
    Json,
    signed,
    sms,
)

# -- the process -------------------------------------------------------------------------------------------------------


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "simulators.gateway", *options]


def surroundings(**secrets: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("SMS_GATEWAY_SECRET", "WEBHOOK_SECRET")}
    return kept | secrets


@pytest.mark.parametrize(
    ("secrets", "options", "sentence"),
    [
        ({}, [], "SMS_GATEWAY_SECRET is not set"),
        ({"SMS_GATEWAY_SECRET": "a"}, [], "WEBHOOK_SECRET is not set"),
        (
            {"SMS_GATEWAY_SECRET": "a", "WEBHOOK_SECRET": "b"},
            ["--fail-rate", "2"],
            "fail_rate must be a number from 0 to 1",
        ),
        ({"SMS_GATEWAY_SECRET": "a", "WEBHOOK_SECRET": "b"}, ["--name", "a/b"], "--name must be"),
    ],
)
def test_a_start_that_cannot_work_says_what_to_set(secrets: dict[str, str], options: list[str], sentence: str) -> None:
    ended = subprocess.run(  # noqa: S603  # our own module
        command("--webhook-url", "http://127.0.0.1:9/hooks", *options),
        cwd=ROOT,
        env=surroundings(**secrets),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert sentence in ended.stderr


def test_the_process_serves_and_ends_at_sigterm_though_a_call_is_held() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603  # our own module
        command("--port", str(port), "--webhook-url", "http://127.0.0.1:9/hooks", "--rate", "0.01"),
        cwd=ROOT,
        env=surroundings(SMS_GATEWAY_SECRET=SMS_SECRET.decode(), WEBHOOK_SECRET=WEBHOOK_SECRET.decode()),
    )

    async def reach(session: aiohttp.ClientSession, accepted: Callable[[Json], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    async with session.get("/stats") as answer:
                        if accepted(await answer.json()):
                            return
                except aiohttp.ClientError:
                    assert process.poll() is None

    async def scene() -> None:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            await reach(session, lambda stats: True)
            body = json.dumps({"messages": [sms(1)]}).encode()
            held: Awaitable[aiohttp.ClientResponse] = asyncio.ensure_future(
                session.post("/v1/messages", data=body, headers=signed(SMS_SECRET, body))
            )
            await reach(session, lambda stats: stats["calls"] == 1)
            process.send_signal(signal.SIGTERM)
            assert (await held).status == 200

    try:
        asyncio.run(scene())
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
