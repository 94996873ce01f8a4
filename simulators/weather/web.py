"""The service over HTTP: its page with the buttons, its feed, its messages."""

import hashlib
from datetime import UTC, datetime

from aiohttp import web

from .service import COLOURS, Service

SERVICE = web.AppKey("service", Service)


def application(service: Service) -> web.Application:
    """The routes of one service."""
    made = web.Application()
    made[SERVICE] = service
    made.add_routes(
        [
            web.get("/", page),
            web.post("/issue/{colour}", issue),
            web.post("/lift", lift),
            web.get("/feed.atom", feed),
            web.get("/cap/{identifier}.xml", message),
        ]
    )
    return made


async def page(request: web.Request) -> web.Response:
    """What was issued, and a button for each colour."""
    service = request.app[SERVICE]
    buttons = "".join(
        f'<form method="post" action="/issue/{colour}"><button>暴雨{word}色预警</button></form>'
        for colour, (word, _severity) in COLOURS.items()
    )
    rows = "".join(f"<li>{each.sent:%H:%M:%S} {each.title}</li>" for each in reversed(service.messages))
    body = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>示例气象台</title>'
        '<meta name="viewport" content="width=device-width"><h1>示例气象台（模拟，非真实预警）</h1>'
        f'{buttons}<form method="post" action="/lift"><button>解除</button></form><ol>{rows}</ol>'
        '<p><a href="/feed.atom">feed.atom</a></p></html>'
    )
    return web.Response(text=body, content_type="text/html")


async def issue(request: web.Request) -> web.Response:
    """Issues a warning of a colour."""
    colour = request.match_info["colour"]
    if colour not in COLOURS:
        raise web.HTTPNotFound
    request.app[SERVICE].issue(colour, now=datetime.now(UTC))
    raise web.HTTPSeeOther("/")


async def lift(request: web.Request) -> web.Response:
    """Lifts what holds."""
    request.app[SERVICE].lift(now=datetime.now(UTC))
    raise web.HTTPSeeOther("/")


async def feed(request: web.Request) -> web.Response:
    """The Atom feed; unchanged, 304."""
    body = request.app[SERVICE].feed(str(request.url.origin()))
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    return web.Response(body=body, content_type="application/atom+xml", headers={"ETag": etag})


async def message(request: web.Request) -> web.Response:
    """One message."""
    found = request.app[SERVICE].message(request.match_info["identifier"])
    if found is None:
        raise web.HTTPNotFound
    return web.Response(body=found.body, content_type="application/cap+xml")
