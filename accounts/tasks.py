"""The night's work on accounts."""

from celery import shared_task

from accounts import actions
from core import clock
from core.actions import tick


@shared_task
def forget_codes() -> None:
    """Codes and links that ended long ago go."""
    actions.forget_codes(now=clock.now())
    tick("accounts.forget_codes", now=clock.now())
