"""The web's door: what a client sends is whole before it takes a thread."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from uvicorn import Config

from weidong_ops import asgi, web

POST = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": [], "http_version": "1.1"}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The requests that reached Django, in order."""
    bodies: list[bytes] = []

    def django(environ: dict[str, Any], start_response: Callable[..., None]) -> HttpResponse:
        bodies.append(environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return HttpResponse(["whole", "ness"])

    monkeypatch.setattr(asgi, "django_application", django)
    return bodies


def sent(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    """What the client is answered when it sends this and then waits."""
    coming: Iterator[dict[str, Any]] = iter(messages)
    answered: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(coming)

    async def send(message: Any) -> None:
        answered.append(dict(message))

    asyncio.run(asgi.application(POST, receive, send))
    return answered


def piece(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_photograph_that_comes_in_pieces_arrives_whole(taken: list[bytes]) -> None:
    half = bytes(range(256)) * (asgi.IN_MEMORY // 200)
    sent(piece(half, more=True), piece(b"", more=True), piece(half[::-1], more=False))
    assert taken == [half + half[::-1]]


def test_a_request_without_a_body_arrives(taken: list[bytes]) -> None:
    sent(piece(b"", more=False))
    assert taken == [b""]


def test_of_a_client_that_goes_away_halfway_nothing_arrives(taken: list[bytes]) -> None:
    assert sent(piece(b'{"half": ', more=True), {"type": "http.disconnect"}) == []
    assert taken == []


def test_what_would_fill_the_disk_is_refused_with_a_sentence(
    taken: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "LONGEST", 10)
    start, body = sent(piece(b"x" * 10, more=True), piece(b"x", more=True))
    assert (start["status"], taken) == (413, [])
    assert "没有收下" in body["body"].decode()


def test_what_is_just_short_enough_arrives(taken: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "LONGEST", 10)
    sent(piece(b"x" * 10, more=False))
    assert taken == [b"x" * 10]


def test_an_answer_goes_out_whole_with_every_header(taken: list[bytes]) -> None:
    start, body = sent(piece(b"", more=False))
    assert (start["status"], body["body"]) == (200, b"wholeness")
    assert start["headers"] == [(b"content-type", b"text/plain"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]


def test_the_next_request_of_a_thread_finds_its_connection_to_the_cache(
    taken: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []

    def django(environ: dict[str, Any], start_response: Callable[..., None]) -> HttpResponse:
        found.append(caches["default"])
        start_response("204 No Content", [])
        return HttpResponse()

    monkeypatch.setattr(asgi, "django_application", django)
    with ThreadPoolExecutor(1) as threads:
        monkeypatch.setattr(asgi, "_threads", threads)
        sent(piece(b"", more=False))
        sent(piece(b"", more=False))
    assert found[0] is found[1]


def test_the_second_half_of_an_answer_is_not_held_back() -> None:
    with web.bound(Config(web.APPLICATION, port=0)) as door:
        door.listen()
        with socket.create_connection(door.getsockname()), door.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
