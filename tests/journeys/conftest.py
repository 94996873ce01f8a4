"""The processes that journeys run against."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from tests.journeys.processes import Stack, broker_url


@pytest.fixture(scope="session")
def processes(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Web and gateway, started once."""
    broker = redis.Redis.from_url(broker_url())
    broker.flushdb()
    broker.close()
    with django_db_blocker.unblock():
        stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        stack.wait()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def stack(transactional_db: None, processes: Stack) -> Iterator[Stack]:
    """Web, gateway and a fresh worker. The worker ends before the tables are emptied: both at once would deadlock."""
    processes.reset()
    processes.start_worker()
    try:
        yield processes
    finally:
        processes.stop_worker()
        processes.reset()
        print(processes.complaints())  # noqa: T201  (pytest shows it beside a failure)
