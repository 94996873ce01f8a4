"""Questions with no domain word."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from core.models import Tick

M = TypeVar("M", bound=Model)


def resolver(name: str) -> Callable[..., Any]:
    """What a low floor asks of a high one: the function that settings name for it."""
    found: Callable[..., Any] = import_string(settings.RESOLVERS[name])
    return found


def sole(rows: QuerySet[M]) -> M | None:
    """The row that something unique names, or None. `first` asks for an order, which costs Django more than the row."""
    return next(iter(rows[:1]), None)


def tick_ages(*, now: datetime) -> dict[str, float]:
    """Seconds since each worker last came round, by name."""
    return {tick.name: (now - tick.at).total_seconds() for tick in Tick.objects.all()}


def late_ticks(*, now: datetime, ages: dict[str, float] | None = None) -> list[str]:
    """The workers that have not come round within their limit, by name; `ages` where they were asked for already."""
    limits = settings.TICK_LATE_BY_NAME
    ages = tick_ages(now=now) if ages is None else ages
    return sorted(name for name, age in ages.items() if age > limits.get(name, settings.TICK_LATE_SECONDS))


def database_answers() -> bool:
    """True when the database answers; raises what the driver raises otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())
