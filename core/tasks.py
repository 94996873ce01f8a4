"""Work with no domain word that is done beside the web."""

from celery import shared_task

from core import actions, clock


@shared_task
def reencode_media() -> None:
    """Re-encodes photographs that wait."""
    actions.reencode_waiting()
    actions.tick("core.media", now=clock.now())
