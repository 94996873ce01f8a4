"""The web's door: Django in a fixed set of threads, which keep their database connections.

Django's own asynchronous door runs every request in a thread of its own, which opens a connection and closes it again:
costlier than many a page, and 300 at once exhaust PostgreSQL's 100. A fixed set of threads bounds the connections
without a second bound; the rest wait their turn for milliseconds. What a client sends is read to its end before it
takes a thread, because a telephone in the rain may need a minute for a photograph.
"""

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from a2wsgi.wsgi import build_environ
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weidong_ops.settings")
os.environ.setdefault("DATABASE_KEPT_SECONDS", "600")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
THREADS = 8
IN_MEMORY = 1024 * 1024  # bytes of one request; what is longer waits on the disk
LONGEST = 64 * 1024 * 1024  # bytes: more than any sheet or photograph, too little to fill a disk
COLLECTED_AFTER = (20_000, 20, 20)  # new objects, rounds, rounds; Python's own 700 looks round many times a request

django_application: Callable[[dict[str, Any], Any], Any] = get_wsgi_application()
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")


@dataclass(frozen=True)
class Answer:
    """What Django says to a request: whole, so that a slow reader holds no thread."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers lifespan itself, reads a request to its end and hands it to the next free thread."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    with SpooledTemporaryFile(IN_MEMORY) as body:
        length = await _read(receive, body)
        if length is None:  # the client has gone: half a request is none
            return
        if length > LONGEST:
            await _refuse(send)
            return
        body.seek(0)
        # a2wsgi describes what is read by a type of its own; a file does.
        environ = cast("dict[str, Any]", build_environ(cast("Any", scope), cast("Any", body)))
        # In the thread's own context: what Django keeps in it, like a connection to Redis, serves the next request too.
        answer = await asyncio.get_running_loop().run_in_executor(_threads, _answered, environ)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _read(receive: Receive, body: IO[bytes]) -> int | None:
    """Bytes read into `body`, at most a piece more than `LONGEST`; None when the client went away in between."""
    length, more = 0, True
    while more and length <= LONGEST:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        length, more = length + len(piece), message.get("more_body", False)
        body.write(piece)
    return length


def _answered(environ: dict[str, Any]) -> Answer:
    said: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        said[:] = [status, headers]

    pieces = django_application(environ, start_response)
    try:
        body = b"".join(pieces)
    finally:
        pieces.close()
    status, headers = said
    named = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return Answer(int(status.split(" ", 1)[0]), named, body)


async def _refuse(send: Send) -> None:
    said = "内容超过 64 MB，没有收下。 More than 64 MB: not taken in.".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": said})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _spare_what_stays()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _spare_what_stays() -> None:
    """Everything that is loaded now stays: the collector, which went through all of it every few requests (a sixth of
    the web's time under load), leaves it alone from here on.
    """
    _loaded = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)
