"""Wakes a worker after commit. Rows in PostgreSQL are the queue: a bell not heard costs one tick, nothing else."""

import logging
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import KombuError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)
_broker = Redis.from_url(
    settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0)
)


def ring(task: str) -> None:
    """Wakes `task` (its dotted name) once the present transaction has committed. Never raises."""
    transaction.on_commit(partial(_publish, task), robust=True)


def _publish(task: str) -> None:
    # Asked first whether it listens: Celery's own connection waits long for work and tries again and again, and
    # whoever pressed the button would wait with it for a Redis that is frozen (30 s seen).
    try:
        _broker.ping()
        current_app.send_task(task, retry=False, expires=60)
    except (KombuError, RedisError, OSError) as error:
        logger.warning("bell %s not heard (%s): the next tick does the work", task, error)
