"""The engine of the ladders, woken by the bell every few seconds; and the daily look at telephone numbers."""

from celery import shared_task

from assignments import actions
from core import clock
from core.actions import tick


@shared_task
def escalate() -> int:
    """Takes every ladder that is due one step and marks the tick; how many there were."""
    now = clock.now()
    taken = actions.escalate_due(now=now)
    tick("assignments.escalate", now=now)
    return taken


@shared_task
def report_unreachable() -> int:
    """Tells the duty room once a day who could not be reached; how many these are."""
    return actions.report_unreachable(now=clock.now())


@shared_task
def forget_links() -> None:
    """Task links of duties that ended long ago go."""
    actions.forget_links(now=clock.now())
    tick("assignments.forget_links", now=clock.now())
