"""The one place that reads the time of day. Doors call it and hand `now` down; rules and actions never ask."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, UTC."""
    return timezone.now()
