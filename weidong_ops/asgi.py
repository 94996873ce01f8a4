"""The web's door: Django behind a semaphore.

Without the bound every request of a burst opens its own database connection: 300 at once exhaust PostgreSQL's 100.
Twelve at a time keep two cores busy and leave the workers their share; the rest wait their turn for milliseconds.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weidong_ops.settings")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
AT_ONCE = 12

django_application = get_asgi_application()
turns = asyncio.Semaphore(AT_ONCE)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers lifespan itself and lets at most `AT_ONCE` requests into Django."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    async with turns:
        await django_application(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
