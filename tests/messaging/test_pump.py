"""The workers' doors, and the watchdog beside them."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from core.actions import tick
from core.models import Tick
from messaging import queries, tasks
from messaging.enums import Lane, State
from messaging.management.commands import pump
from tests.casts import NIGHT, Cast
from tests.messaging.conftest import Scripted, phones, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
pumped: list[datetime] = []


def note(*, now: datetime) -> None:
    """An action of an app above."""
    pumped.append(now)


def fail(*, now: datetime) -> None:
    """An action of an app above, with a mistake in it."""
    raise ValueError(now)


@pytest.fixture(autouse=True)
def above(settings: Settings) -> None:
    """Apps above have something to pump too."""
    pumped.clear()
    settings.PUMPED = ["tests.messaging.test_pump.note"]


def test_each_lane_works_and_leaves_a_sign_of_life(channel: Scripted, now: datetime) -> None:
    bulk, alarm = phones(2)
    sent([bulk])
    sent([alarm], lane=Lane.ALARM)
    for work in (tasks.send_alarm, tasks.send_bulk, tasks.take_in_receipts):
        work()
    assert len(channel.texts) == 2
    assert set(Tick.objects.values_list("name", flat=True)) == set(pump.OWN)


def test_one_pass_works_everything_off_without_a_broker(channel: Scripted) -> None:
    broadcast = sent(phones(3))
    call_command("pump", stdout=StringIO())
    assert queries.tally(broadcast)[State.ACCEPTED] == 3
    assert len(pumped) == 1


def test_an_app_that_fails_holds_up_nobody_and_is_named(
    channel: Scripted, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PUMPED = ["tests.messaging.test_pump.fail", "tests.messaging.test_pump.note"]
    broadcast = sent(phones(1))
    with pytest.raises(CommandError, match=r"test_pump\.fail"):
        call_command("pump")
    assert len(pumped) == 1
    assert queries.tally(broadcast)[State.ACCEPTED] == 1


def test_the_watchdog_sleeps_while_the_workers_tick(channel: Scripted, now: datetime) -> None:
    for name in pump.OWN:
        tick(name, now=now)
    sent(phones(1), now=now)
    pump.watch(sleep=no_rest, rounds=2)
    assert channel.batches == []


@pytest.mark.parametrize("silent", [*pump.OWN, "assignments.escalate"])
def test_the_watchdog_works_when_one_worker_is_silent(channel: Scripted, now: datetime, silent: str) -> None:
    for name in pump.OWN:
        tick(name, now=now)
    tick(silent, now=now - timedelta(seconds=31))
    sent(phones(1), now=now)
    pump.watch(sleep=no_rest, rounds=1)
    assert len(channel.texts) == 1


def test_the_watchdog_outlives_the_database(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    rests: list[float] = []

    def away(**_: Any) -> None:
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr(pump, "tick_ages", away)
    monkeypatch.setattr(pump, "close_old_connections", lambda: None)
    pump.watch(sleep=rests.append, rounds=5)
    assert rests == [5.0, 10.0, 20.0, 30.0, 30.0]


def no_rest(seconds: float) -> None:
    """Nobody waits in a test."""


def test_a_channel_tells_how_it_does(channel: Scripted) -> None:
    sent(phones(4))
    call_command("pump")
    sms, email = queries.channel_health()
    assert (sms.channel, sms.accepted, sms.failed, sms.waiting, sms.error_rate) == ("sms", 4, 0, 0, 0.0)
    assert sms.last_success is not None
    assert (email.channel, email.last_success, email.error_rate) == ("email", None, 0.0)


def test_the_record_can_be_read_but_not_changed(channel: Scripted, cast: Cast) -> None:
    keeper = cast.administrator
    keeper.is_staff = keeper.is_superuser = True
    keeper.save()
    client = Client()
    client.force_login(keeper, backend="accounts.backends.NameOrPhoneBackend")
    row = sent(phones(1), now=NIGHT).deliveries.get()
    call_command("pump")
    for page in ("broadcast", "delivery", "reply", "webhookbatch", f"delivery/{row.pk}/change"):
        answer = client.get(f"/admin/messaging/{page}/")
        assert answer.status_code == 200
        assert "+8615200000000" not in answer.content.decode()
    assert client.post(f"/admin/messaging/delivery/{row.pk}/delete/").status_code == 403
