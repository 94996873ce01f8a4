"""Reminders, woken by the bell every few seconds."""

from celery import shared_task

from assignments import actions
from core import clock
from core.actions import tick


@shared_task
def remind() -> int:
    """Reminds whoever is due and marks the tick; how many were reminded."""
    now = clock.now()
    reminded = actions.remind_due(now=now)
    tick("assignments.remind", now=now)
    return reminded
