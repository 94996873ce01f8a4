"""The Celery app: workers that are woken, never a store of what must happen."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import celeryd_after_setup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weidong_ops.settings")
app = Celery("weidong_ops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

LEAST_URGENT = 10  # of 19, as nice(1) counts


@celeryd_after_setup.connect
def give_way(instance: Any, **_: Any) -> None:
    """A worker of the `slow` lane alone leaves the processors to everybody else; its pool inherits that."""
    if set(instance.app.amqp.queues.consume_from) == {"slow"}:
        os.nice(LEAST_URGENT)
        with suppress(OSError):  # Linux weighs sessions against each other first, where it does that at all
            Path("/proc/self/autogroup").write_text(str(LEAST_URGENT))
