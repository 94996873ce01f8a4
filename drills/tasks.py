"""Work that nobody waits for."""

from celery import shared_task

from core import clock
from drills import actions


@shared_task
def fire_due() -> None:
    """Lets out the injects of running drills that have fallen due."""
    actions.fire_due(now=clock.now())
