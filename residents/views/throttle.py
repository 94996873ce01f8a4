"""How often one address, or one code, may press a public button."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError


def too_many(request: HttpRequest, what: str, most: int, seconds: int) -> bool:
    """Counts this press; whether this address has pressed more often than people do."""
    return pressed(what, address_of(request), seconds) > most


def address_of(request: HttpRequest) -> str:
    """Where the press came from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def pressed(what: str, whose: str, seconds: int) -> int:
    """Counts one more and says how many it makes in the `seconds` since the first; 0 while the cache is away."""
    key = _key(what, whose)
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key))
    except (RedisError, OSError, ValueError):
        return 0


def counted(what: str, whose: str) -> int:
    """How many were counted so far; 0 while the cache is away."""
    try:
        return int(cache.get(_key(what, whose), 0))
    except (RedisError, OSError, ValueError):
        return 0


def _key(what: str, whose: str) -> str:
    return f"resident-{what}:{hashlib.sha256(whose.encode()).hexdigest()[:32]}"
