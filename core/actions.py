"""Acts with no domain word."""

from datetime import datetime

from core.models import Tick


def tick(name: str, *, now: datetime) -> None:
    """Notes that the worker `name` has come round."""
    Tick.objects.update_or_create(name=name, defaults={"at": now})
