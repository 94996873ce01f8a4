"""The lanes' workers. Woken by the bell and by beat; each ends by itself and rings again when rows remain.

Ten seconds a pass, so that with a slow last call the tick still comes round within its limit of thirty.
"""

from celery import shared_task

from core import clock
from core.actions import tick
from messaging import actions
from messaging.enums import Lane

PASS_SECONDS = 10.0
CALLS = 2  # one call is with the gateway while the next batch is claimed and the one before is recorded


@shared_task(acks_late=True, time_limit=60)
def send_alarm() -> None:
    """Sends what is due in the alarm lane."""
    actions.dispatch(Lane.ALARM, now=clock.now(), budget_seconds=PASS_SECONDS, calls=CALLS)
    tick("messaging.alarm", now=clock.now())


@shared_task(acks_late=True, time_limit=60)
def send_bulk() -> None:
    """Sends what is due in the bulk lane."""
    actions.dispatch(Lane.BULK, now=clock.now(), budget_seconds=PASS_SECONDS, calls=CALLS)
    tick("messaging.bulk", now=clock.now())


@shared_task(acks_late=True, time_limit=60)
def take_in_receipts() -> None:
    """Takes in what gateways have posted."""
    actions.take_in_receipts(now=clock.now(), budget_seconds=PASS_SECONDS)
    tick("messaging.receipts", now=clock.now())


@shared_task(acks_late=True, time_limit=60)
def fall_back() -> None:
    """Tries the next address of whoever has not heard."""
    actions.fall_back(now=clock.now())
    tick("messaging.fall_back", now=clock.now())


@shared_task(acks_late=True, time_limit=60)
def purge_old() -> None:
    """Destroys what is older than it is kept."""
    actions.purge_old(now=clock.now())
    tick("messaging.purge", now=clock.now())


@shared_task(acks_late=True, time_limit=60)
def self_test_daily() -> None:
    """Tests every account once a day."""
    actions.self_test_daily(now=clock.now())
