"""HTTP to gateways: pooled, bounded in time, signed; and the check of what they post back.

Signature: `X-Signature: sha256=hex(HMAC-SHA256(secret, timestamp + "." + body))` beside `X-Timestamp` (Unix seconds).
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

WINDOW = 300  # seconds a signature stays good

_pool = urllib3.PoolManager(num_pools=8, maxsize=4, retries=False)


class Unreachable(Exception):
    """The request did not leave: nothing was sent, sending again is safe."""


class Unanswered(Exception):
    """The request left and no whole answer came back: it may or may not have been carried out."""


class TooLarge(Exception):
    """The answer is larger than we are willing to read."""


@dataclass(frozen=True)
class Page:
    """What was fetched: status, the body as it came, and what the next request may ask with."""

    status: int
    body: bytes
    etag: str = ""
    last_modified: str = ""
    retry_after: float | None = None


@dataclass(frozen=True)
class Answer:
    """Status code, decoded JSON body (None when it was not JSON) and the seconds of a Retry-After (None without)."""

    status: int
    body: Any
    retry_after: float | None = None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The `X-Signature` header for a body."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, timestamp: str, given: str, body: bytes, *, now: float) -> bool:
    """True when `given` signs this body under `secret` within the window around `now` (Unix seconds)."""
    if not secret or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(now - int(timestamp)) > WINDOW:
        return False
    return hmac.compare_digest(signature(secret, timestamp, body).encode(), given.encode())


def post_signed(
    url: str, payload: object, *, secret: str, timeout: float, headers: Mapping[str, str] | None = None
) -> Answer:
    """Posts JSON, signed; `headers` come on top. Raises Unreachable or Unanswered; any HTTP status is an Answer."""
    body = _json(payload)
    stamp = str(int(time.time()))
    own = {"X-Timestamp": stamp, "X-Signature": signature(secret, stamp, body)}
    return _post(url, body, {**(headers or {}), **own}, timeout)


def post_json(url: str, payload: object, *, timeout: float) -> Answer:
    """Posts JSON without a signature; follows no redirect. Raises Unreachable or Unanswered."""
    return _post(url, _json(payload), {}, timeout)


def get(url: str, *, headers: Mapping[str, str] | None = None, seconds: float, most_bytes: int) -> Page:
    """Fetches a page in at most `seconds` altogether, however slowly it trickles; follows no redirect.

    Raises Unreachable, Unanswered (cut short, or too slow), TooLarge. Any HTTP status is a Page; bodies are read as
    they are sent, so that nothing small unpacks into something large.
    """
    ends = time.monotonic() + seconds
    asked = {**(headers or {}), "Accept-Encoding": "identity"}
    try:
        response = _pool.request(
            "GET",
            url,
            headers=asked,
            timeout=urllib3.Timeout(connect=min(3.0, seconds), read=min(5.0, seconds)),
            redirect=False,
            preload_content=False,
        )
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
        raise Unreachable(str(error)) from error
    except urllib3.exceptions.HTTPError as error:
        raise Unanswered(str(error)) from error
    try:
        body = _body(response, ends, most_bytes)
    except urllib3.exceptions.HTTPError as error:
        raise Unanswered(str(error)) from error
    finally:
        response.close()  # a half-read connection is not used again
    told = response.headers
    after = _seconds(told.get("Retry-After", ""))
    return Page(response.status, body, told.get("ETag", ""), told.get("Last-Modified", ""), after)


def _body(response: urllib3.BaseHTTPResponse, ends: float, most_bytes: int) -> bytes:
    body = bytearray()
    while chunk := response.read1(16384, decode_content=False):
        body += chunk
        if len(body) > most_bytes:
            raise TooLarge(f"more than {most_bytes} bytes")
        if time.monotonic() > ends:
            raise Unanswered("too slow")
    return bytes(body)


def _json(payload: object) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    try:
        response = _pool.request(
            "POST",
            url,
            body=body,
            headers={**headers, "Content-Type": "application/json"},
            timeout=urllib3.Timeout(connect=3, read=timeout),
            redirect=False,
        )
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
        raise Unreachable(str(error)) from error
    except urllib3.exceptions.HTTPError as error:
        raise Unanswered(str(error)) from error
    after = _seconds(response.headers.get("Retry-After", ""))
    try:
        return Answer(response.status, response.json(), after)
    except ValueError:
        return Answer(response.status, None, after)


def _seconds(text: str) -> float | None:
    """A Retry-After in seconds; a date is taken as none."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
