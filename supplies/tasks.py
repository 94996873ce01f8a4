"""Work that nobody waits for."""

from celery import shared_task

from core import clock
from supplies import actions


@shared_task
def check_ledger() -> None:
    """Every balance is the sum of its movements, once a night."""
    actions.check_ledger(now=clock.now())


@shared_task
def tell_keepers() -> None:
    """Each keeper hears once in the morning what is short and what expires."""
    actions.tell_keepers(now=clock.now())
