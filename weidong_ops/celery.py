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

# Whose lanes leave the processors to whoever looks at a page and to alarms; of 19, as nice(1) counts.
GIVES_WAY = {"bulk": 5, "receipts": 5, "slow": 10}


@celeryd_after_setup.connect
def give_way(instance: Any, **_: Any) -> None:
    """A worker whose lanes all give way gives way as little as any of them does; its pool inherits that."""
    niceness = min(GIVES_WAY.get(lane, 0) for lane in instance.app.amqp.queues.consume_from)
    if niceness:
        os.nice(niceness)
        with suppress(OSError):  # Linux weighs sessions against each other first, where it does that at all
            Path("/proc/self/autogroup").write_text(str(niceness))
