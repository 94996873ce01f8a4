"""Wakes a worker after commit. Rows in PostgreSQL are the queue: a bell not heard costs one tick, nothing else."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def ring(task: str) -> None:
    """Wakes `task` (its dotted name) once the present transaction has committed. Never raises."""
    transaction.on_commit(partial(_publish, task), robust=True)


def _publish(task: str) -> None:
    # retry=False: with Redis down publishing fails in half a second instead of holding whoever pressed the button.
    try:
        current_app.send_task(task, retry=False, expires=60)
    except (KombuError, RedisError, OSError) as error:
        logger.warning("bell %s not heard (%s): the next tick does the work", task, error)
