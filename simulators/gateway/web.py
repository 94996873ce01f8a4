"""The doors: the contract's URL, control, counts, and the page with the phones."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import aiohttp
from aiohttp import web

from .behaviour import Behaviour
from .contract import MAX_BODY, Refusal, full_number, read_object
from .phones import phones
from .service import Gateway, Identity, Unanswered

PAGE = Path(__file__).parent / "page"
MOST_LISTED = 500
GATEWAY: web.AppKey[Gateway] = web.AppKey("gateway", Gateway)
REPORTING: web.AppKey[asyncio.Task[None]] = web.AppKey("reporting", asyncio.Task)

_POLICY = "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(identity: Identity, behaviour: Behaviour) -> web.Application:
    """Return the gateway as an aiohttp application."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[refusals])
    app.cleanup_ctx.append(_working(identity, behaviour))
    app.on_shutdown.append(_let_go)
    app.add_routes(
        [
            web.post("/v1/messages", take_messages),
            web.post("/control", change_control),
            web.get("/control", show_control),
            web.post("/reset", reset),
            web.get("/stats", stats),
            web.get("/messages", list_messages),
            web.get("/messages/{id}", show_message),
            web.get("/phones", list_phones),
            web.post("/phones/{number}/reply", reply),
            web.get("/healthz", health),
            web.get("/", page),
            web.static("/page/", PAGE),
        ]
    )
    return app


def _working(identity: Identity, behaviour: Behaviour) -> Callable[[web.Application], AsyncIterator[None]]:
    async def working(app: web.Application) -> AsyncIterator[None]:
        gateway = app[GATEWAY] = Gateway(identity, behaviour)
        async with aiohttp.ClientSession() as session:
            reporting = app[REPORTING] = asyncio.create_task(gateway.run(session))
            yield
            reporting.cancel()
            with suppress(asyncio.CancelledError):
                await reporting

    return working


async def _let_go(app: web.Application) -> None:
    app[GATEWAY].stop()


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into JSON; keep other sites' pages from pressing buttons here."""
    try:
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin and origin.partition("://")[2] != request.host:
            raise Refusal(403, "foreign_page", "A page of another site may not do this.")
        return await handler(request)
    except Refusal as refusal:
        headers = {"Retry-After": "1"} if refusal.status in (429, 503) else None
        return _json({"code": refusal.code, "error": refusal.sentence}, status=refusal.status, headers=headers)
    except web.HTTPRequestEntityTooLarge:
        sentence = f"The body is larger than {MAX_BODY} bytes; send fewer messages a call."
        return _json({"code": "too_large", "error": sentence}, status=413)


def _json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json", charset="utf-8")


async def take_messages(request: web.Request) -> web.StreamResponse:
    """The contract: up to 500 messages in, an answer for each out."""
    try:
        answers = await request.app[GATEWAY].call(request.headers, await request.read())
    except Unanswered:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    return _json({"results": answers})


async def change_control(request: web.Request) -> web.Response:
    """Change options; answers with all of them."""
    return _json(asdict(request.app[GATEWAY].control(read_object(await request.read()))))


async def show_control(request: web.Request) -> web.Response:
    """All options as they are."""
    return _json(asdict(request.app[GATEWAY].behaviour))


async def reset(request: web.Request) -> web.Response:
    """Forget all messages and counts."""
    request.app[GATEWAY].reset()
    return _json({"reset": True})


async def stats(request: web.Request) -> web.Response:
    """All counts."""
    return _json(request.app[GATEWAY].stats())


def _whole(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Refusal(400, "bad_query", f"{name} must be a whole number, 0 or more.")
    return int(text)


async def list_messages(request: web.Request) -> web.Response:
    """The kept messages, newest first: of one phone (`to`), at most `limit`, newer than `after`."""
    ledger = request.app[GATEWAY].ledger
    to = request.query.get("to", "")
    most, after = min(_whole(request, "limit", 100), MOST_LISTED), _whole(request, "after", -1)
    found: list[dict[str, object]] = []
    for message in ledger.newest(full_number(to) if to else ""):
        if message.seq <= after or len(found) >= most:
            break
        found.append(ledger.shown(message))
    newest = ledger.kept[-1].seq if ledger.kept else after
    return _json({"messages": found, "after": newest})


async def show_message(request: web.Request) -> web.Response:
    """One message by its id; 404 means it was never accepted."""
    message = request.app[GATEWAY].ledger.find(request.match_info["id"])
    if message is None:
        raise Refusal(404, "unknown_message", "No message with this id was accepted.")
    return _json(message)


async def list_phones(request: web.Request) -> web.Response:
    """What the page shows; 204 while nothing changed since `version`."""
    gateway = request.app[GATEWAY]
    wanted = request.query.get("q", "").strip()[:100]
    if _whole(request, "version", -1) == gateway.ledger.version:
        return web.Response(status=204)
    return _json(phones(gateway.ledger, wanted))


async def reply(request: web.Request) -> web.Response:
    """Let a phone answer."""
    words = read_object(await request.read()).get("text")
    answer = request.app[GATEWAY].answer(request.match_info["number"], words)
    return _json({"from": answer.number, "text": answer.text, "reply_to": answer.reply_to}, status=202)


async def health(request: web.Request) -> web.Response:
    """The process answers, and the task that hands over receipts lives."""
    if request.app[REPORTING].done():
        raise Refusal(500, "not_reporting", "Receipts are no longer handed over: restart the gateway.")
    return _json({"status": "ok"})


async def page(request: web.Request) -> web.FileResponse:
    """The page with the phones."""
    return web.FileResponse(PAGE / "phones.html", headers={"Content-Security-Policy": _POLICY})
