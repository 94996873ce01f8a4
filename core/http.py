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
