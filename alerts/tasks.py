"""The ticks of the notices, and of the feeds of warnings."""

from celery import shared_task

from alerts import actions
from core import clock
from core.actions import tick


@shared_task
def send_waves() -> None:
    """Households not reached are tried at their next telephone."""
    now = clock.now()
    actions.send_waves(now=now)
    tick("alerts.send_waves", now=now)


@shared_task
def close_waiting() -> None:
    """Whoever a notice did not reach in its time is knocked at."""
    now = clock.now()
    actions.close_waiting(now=now)
    tick("alerts.close_waiting", now=now)


@shared_task
def remind_all_clear() -> None:
    """A notice whose time is over asks for its all-clear."""
    now = clock.now()
    actions.remind_all_clear(now=now)
    tick("alerts.remind_all_clear", now=now)


@shared_task
def forget_subscriptions() -> None:
    """Codes and ended subscriptions go, with their numbers."""
    now = clock.now()
    actions.forget_subscriptions(now=now)
    tick("alerts.forget_subscriptions", now=now)


@shared_task
def follow_notices() -> None:
    """What a signed notice sets going besides its messages: its count, its key units, the chains of telephones."""
    now = clock.now()
    actions.mark_apart(now=now)
    actions.call_units(now=now)
    actions.ring_chains(now=now)
    tick("alerts.follow_notices", now=now)


@shared_task
def take_counts() -> None:
    """The coverage of long audiences is counted for everybody who looks."""
    now = clock.now()
    actions.take_counts(now=now)
    tick("alerts.take_counts", now=now)


@shared_task(time_limit=30)
def poll_feeds() -> None:
    """Feeds of official warnings that are due are asked."""
    now = clock.now()
    actions.poll_feeds(now=now)
    tick("alerts.poll_feeds", now=now)
