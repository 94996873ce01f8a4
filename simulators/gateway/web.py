"""The doors: the contract's URL, control, counts, and the page with the phones."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import aiohttp
from aiohttp import web

from .behaviour import Behaviour
from .contract import MAX_BODY, Refusal, full_number, read_object
from .exchange import Exchange
from .phones import phones
from .service import Identity, Unanswered

PAGE = Path(__file__).parent / "page"
MOST_LISTED = 500
EXCHANGE: web.AppKey[Exchange] = web.AppKey("exchange", Exchange)
ACCOUNT_HEADER = "X-Gateway-Account"
REPORTING: web.AppKey[asyncio.Task[None]] = web.AppKey("reporting", asyncio.Task)

_POLICY = "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(identity: Identity, behaviour: Behaviour, accounts: tuple[str, ...] = ()) -> web.Application:
    """Return the gateway as an aiohttp application; `accounts` are open besides the default one.

    An account's own address begins with `/a/<account>`; the header X-Gateway-Account names one as well.
    """
    app = web.Application(client_max_size=MAX_BODY, middlewares=[refusals])
    app.cleanup_ctx.append(_working(identity, behaviour, accounts))
    app.on_shutdown.append(_let_go)
    app.add_routes(
        [
            web.post("/v1/messages", take_messages),
            web.post("/control", change_control),
            web.get("/control", show_control),
            web.post("/a/{account}/v1/messages", take_messages),
            web.post("/a/{account}/control", change_control),
            web.get("/a/{account}/control", show_control),
            web.get("/a/{account}/stats", stats),
            web.post("/reset", reset),
            web.get("/stats", stats),
            web.get("/messages", list_messages),
            web.get("/messages/{id}", show_message),
            web.get("/phones", list_phones),
            web.post("/phones/{number}/reply", reply),
            web.post("/phones/{number}/call", hand),
            web.get("/healthz", health),
            web.get("/", page),
            web.static("/page/", PAGE),
        ]
    )
    return app


def _working(
    identity: Identity, behaviour: Behaviour, accounts: tuple[str, ...]
) -> Callable[[web.Application], AsyncIterator[None]]:
    async def working(app: web.Application) -> AsyncIterator[None]:
        exchange = app[EXCHANGE] = Exchange(identity, behaviour, accounts)
        async with aiohttp.ClientSession() as session:
            reporting = app[REPORTING] = asyncio.create_task(exchange.run(session))
            yield
            reporting.cancel()
            with suppress(asyncio.CancelledError):
                await reporting

    return working


async def _let_go(app: web.Application) -> None:
    app[EXCHANGE].stop()


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into JSON; keep other sites' pages from pressing buttons here."""
    try:
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin and origin.partition("://")[2] != request.host:
            raise Refusal(403, "foreign_page", "A page of another site may not do this.")
        return await handler(request)
    except Refusal as refusal:
        headers = {"Retry-After": str(max(1, math.ceil(refusal.after)))} if refusal.status in (429, 503) else None
        return _json({"code": refusal.code, "error": refusal.sentence}, status=refusal.status, headers=headers)
    except web.HTTPRequestEntityTooLarge:
        sentence = f"The body is larger than {MAX_BODY} bytes; send fewer messages a call."
        return _json({"code": "too_large", "error": sentence}, status=413)


def _json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json", charset="utf-8")


def _account(request: web.Request) -> str:
    return request.match_info.get("account") or request.headers.get(ACCOUNT_HEADER) or request.query.get("account", "")


async def take_messages(request: web.Request) -> web.StreamResponse:
    """The contract: up to 500 messages in, an answer for each out."""
    try:
        answers = await request.app[EXCHANGE].account(_account(request)).call(request.headers, await request.read())
    except Unanswered:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    body = f'{{"results":[{",".join(answers)}]}}'.encode()
    return web.Response(body=body, content_type="application/json", charset="utf-8")


async def change_control(request: web.Request) -> web.Response:
    """Change options, open an account, set a mark; answers with all options of that account."""
    values = read_object(await request.read())
    return _json(asdict(request.app[EXCHANGE].control(_account(request), values)))


async def show_control(request: web.Request) -> web.Response:
    """All options of an account as they are."""
    return _json(asdict(request.app[EXCHANGE].account(_account(request)).behaviour))


async def reset(request: web.Request) -> web.Response:
    """Forget all messages and counts."""
    request.app[EXCHANGE].reset()
    return _json({"reset": True})


async def stats(request: web.Request) -> web.Response:
    """All counts, or one account's."""
    name, exchange = _account(request), request.app[EXCHANGE]
    return _json(exchange.account(name).stats() if name else exchange.stats())


def _whole(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Refusal(400, "bad_query", f"{name} must be a whole number, 0 or more.")
    return int(text)


async def list_messages(request: web.Request) -> web.Response:
    """The kept messages, newest first: of one phone (`to`), at most `limit`, newer than `after`."""
    exchange = request.app[EXCHANGE]
    exchange.advance()
    to = request.query.get("to", "")
    most, after = min(_whole(request, "limit", 100), MOST_LISTED), _whole(request, "after", -1)
    found: list[dict[str, object]] = []
    for ledger, message in exchange.newest(full_number(to) if to else ""):
        if message.place <= after or len(found) >= most:
            break
        found.append(ledger.shown(message))
    newest = next((message.place for _, message in exchange.newest()), after)
    return _json({"messages": found, "after": newest})


async def show_message(request: web.Request) -> web.Response:
    """One message by its id; 404 means it was never accepted."""
    message = request.app[EXCHANGE].find(request.match_info["id"])
    if message is None:
        raise Refusal(404, "unknown_message", "No message with this id was accepted.")
    return _json(message)


async def list_phones(request: web.Request) -> web.Response:
    """What the page shows; 204 while nothing changed since `version`."""
    exchange = request.app[EXCHANGE]
    exchange.advance()
    wanted = request.query.get("q", "").strip()[:100]
    if _whole(request, "version", -1) == exchange.version:
        return web.Response(status=204)
    return _json(phones(exchange, wanted))


async def reply(request: web.Request) -> web.Response:
    """Let a phone answer."""
    words = read_object(await request.read()).get("text")
    answer = request.app[EXCHANGE].answer(request.match_info["number"], words)
    return _json({"from": answer.number, "text": answer.text, "reply_to": answer.reply_to}, status=202)


async def hand(request: web.Request) -> web.Response:
    """A hand at a ringing phone: {"do": "answer" | "press" | "hang_up" | "busy", "key": "2"}."""
    call = request.app[EXCHANGE].act(request.match_info["number"], read_object(await request.read()))
    return _json({"id": call.id, "state": call.state, "outcome": call.outcome, "key": call.key})


async def health(request: web.Request) -> web.Response:
    """The process answers, and the task that hands over receipts lives."""
    if request.app[REPORTING].done():
        raise Refusal(500, "not_reporting", "Receipts are no longer handed over: restart the gateway.")
    return _json({"status": "ok"})


async def page(request: web.Request) -> web.FileResponse:
    """The page with the phones."""
    return web.FileResponse(PAGE / "phones.html", headers={"Content-Security-Policy": _POLICY})
