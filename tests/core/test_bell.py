"""The bell: heard after commit, never before, and never a reason to fail."""

from unittest import mock

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from core import bell
from core.audit import act
from core.rules import SYSTEM, Refused

publish = bell._publish  # the real one: tests see a recorder in its place


@pytest.mark.django_db
def test_the_bell_rings_after_the_transaction_and_not_inside(bells: list[str]) -> None:
    with act("core.test.ring", by=SYSTEM), transaction.atomic():
        bell.ring("messaging.tasks.send_alarm")
        assert bells == []
    assert bells == ["messaging.tasks.send_alarm"]


@pytest.mark.django_db
def test_nobody_is_woken_for_an_act_that_was_refused(bells: list[str]) -> None:
    def refused() -> None:
        with act("core.test.ring", by=SYSTEM):
            bell.ring("messaging.tasks.send_alarm")
            raise Refused("no", "No.")

    with pytest.raises(Refused):
        refused()
    with act("core.test.ring", by=SYSTEM):
        bell.ring("messaging.tasks.send_bulk")
    assert bells == ["messaging.tasks.send_bulk"]


@pytest.mark.django_db(transaction=True)
def test_a_real_commit_rings_the_same(bells: list[str]) -> None:
    with act("core.test.ring", by=SYSTEM):
        bell.ring("messaging.tasks.send_alarm")
        assert bells == []
    assert bells == ["messaging.tasks.send_alarm"]


@pytest.mark.parametrize("trouble", [OperationalError("away"), ConnectionRefusedError("away")])
def test_a_broker_that_is_away_stops_nobody(trouble: Exception) -> None:
    with mock.patch("core.bell.current_app.send_task", side_effect=trouble) as send:
        publish("messaging.tasks.send_alarm")
    assert send.call_count == 1, "tried once, and nobody waits for a second try"


def test_a_ring_is_not_kept_for_a_worker_that_comes_back_much_later() -> None:
    with mock.patch("core.bell.current_app.send_task") as send:
        publish("messaging.tasks.send_alarm")
    assert send.call_args == mock.call("messaging.tasks.send_alarm", retry=False, expires=60)
