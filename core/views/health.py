"""For whoever watches the platform from outside."""

from django.core.cache import cache
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

from core import clock, queries
from core.views.permission import public


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process lives. Public: says nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database and broker answer; ages of the last ticks in seconds. Public: names no person and no place."""
    ages: dict[str, float] = {}
    late: list[str] = []
    database, broker = "ok", "ok"
    try:
        ages = {name: round(age, 1) for name, age in queries.tick_ages(now=clock.now()).items()}
        late = queries.late_ticks(now=clock.now())
    except DatabaseError:
        database = "away"
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        broker = "away"
    state = {"database": database, "broker": broker, "ticks": ages, "late": late}
    return JsonResponse(state, status=200 if database == broker == "ok" else 503)
