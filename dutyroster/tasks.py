"""Work that nobody waits for."""

from celery import shared_task

from core import clock
from core.actions import tick
from dutyroster import actions


@shared_task
def open_shifts() -> None:
    """Gives the duties of the shifts that are about to begin."""
    now = clock.now()
    actions.open_shifts(now=now)
    tick("dutyroster.open_shifts", now=now)


@shared_task
def watch_shifts() -> None:
    """Calls deputies for whoever has not come."""
    now = clock.now()
    actions.watch_shifts(now=now)
    tick("dutyroster.watch_shifts", now=now)


@shared_task
def call_roll() -> None:
    """Starts roll calls and carries on with those under way."""
    now = clock.now()
    actions.call_roll(now=now)
    tick("dutyroster.call_roll", now=now)
