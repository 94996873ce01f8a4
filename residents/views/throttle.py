"""How often one address may press a public button."""

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError


def too_many(request: HttpRequest, what: str, most: int, seconds: int) -> bool:
    """Whether this address has pressed more often than people do. A cache that is away lets everybody through."""
    key = f"resident-{what}:{request.META.get('REMOTE_ADDR', '')}"
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key) > most
    except (RedisError, OSError, ValueError):
        return False
