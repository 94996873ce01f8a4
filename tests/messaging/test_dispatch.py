"""Handing over: what goes, what does not, who records, what happens when somebody dies in between."""

import importlib
import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from core.rules import SYSTEM
from messaging import actions, channels, queries, rules
from messaging.enums import Channel, Lane, State
from messaging.models import Delivery, Enlisted
from territory.models import ContactPoint
from tests.casts import GRID, NIGHT
from tests.messaging.conftest import TEXT, Gateway, Scripted, phones, sent, time_passes

pytestmark = pytest.mark.django_db
handing_over = importlib.import_module("messaging.actions.dispatch")


def dispatch(lane: Lane = Lane.BULK, **options: Any) -> actions.Tally:
    return actions.dispatch(lane, now=options.pop("now", NIGHT), **options)


# -- what goes ---------------------------------------------------------------------------------------------------------


def test_a_message_goes_out_once_and_keeps_its_proof(gateway: Gateway) -> None:
    [point] = phones(1)
    broadcast = sent([point])
    assert dispatch().accepted == 1
    assert dispatch().claimed == 0
    row = broadcast.deliveries.get()
    [shown] = gateway.messages()
    assert (shown["id"], shown["to"]) == (f"wd-{row.pk}", point.address)
    assert (row.state, row.address, row.provider_id) == (State.ACCEPTED, point.address, shown["provider_id"])
    assert row.accepted_at is not None
    assert row.lease_until is None


def test_everybody_gets_his_own_link(channel: Scripted) -> None:
    one, two = phones(2)
    people = [actions.Recipient(one.pk, GRID, {"link": "/t/1/"}), actions.Recipient(two.pk, GRID, {"link": "/t/2/"})]
    sent([], text="请签收 {link}", recipients=people)
    dispatch()
    assert sorted(channel.texts) == ["请签收 /t/1/", "请签收 /t/2/"]


def test_the_alarm_lane_does_not_touch_the_bulk(channel: Scripted) -> None:
    bulk, alarm = phones(2)
    sent([bulk])
    sent([alarm], lane=Lane.ALARM, text="请立即到岗")
    dispatch(Lane.ALARM)
    assert channel.texts == ["请立即到岗"]


def test_batches_are_large_for_the_many_and_small_for_the_urgent(channel: Scripted) -> None:
    points = phones(501)
    sent(points)
    sent(points[:21], lane=Lane.ALARM)
    dispatch()
    dispatch(Lane.ALARM)
    assert [len(batch) for batch in channel.batches] == [500, 1, 20, 1]


def test_a_batch_costs_three_statements(channel: Scripted, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    sent(phones(500))
    dispatch(Lane.ALARM)  # says that the account is well, which is said every five seconds only
    # Accounts and robots, what is due, the batch, an empty claim, another from the beginning.
    with django_assert_num_queries(3 + 1 + 3 + 1 + 1):
        dispatch()


def test_a_spent_budget_rings_again(channel: Scripted, bells: list[str]) -> None:
    sent(phones(501))
    bells.clear()
    assert dispatch(budget_seconds=0).accepted == 500
    assert bells == ["messaging.tasks.send_bulk"]


# -- what does not -----------------------------------------------------------------------------------------------------


def test_an_expired_text_is_not_sent(channel: Scripted) -> None:
    broadcast = sent(phones(1), expires_at=NIGHT + timedelta(minutes=5))
    dispatch(now=NIGHT + timedelta(minutes=5))
    row = broadcast.deliveries.get()
    assert (row.state, row.error, row.address, channel.batches) == (State.CANCELLED, "expired", "", [])


def test_a_dead_number_is_skipped_and_said(channel: Scripted) -> None:
    dead, alive = phones(2)
    dead.dead_since = NIGHT
    dead.save()
    broadcast = sent([dead, alive])
    tally = dispatch()
    assert (tally.settled, tally.accepted) == (1, 1)
    assert broadcast.deliveries.get(contact_point=dead).error == "dead_address"


def test_an_exercise_reaches_only_those_who_agreed_and_says_that_it_is_one(channel: Scripted) -> None:
    exercise = uuid4()
    agreed, other_exercise, resident = phones(3)
    Enlisted.objects.create(exercise=exercise, contact_point=agreed)
    Enlisted.objects.create(exercise=uuid4(), contact_point=other_exercise)
    broadcast = sent([agreed, other_exercise, resident], exercise=exercise)
    dispatch()
    assert channel.texts == ["【演练】" + TEXT]
    assert [message.address for message in channel.batches[0]] == [agreed.address]
    barred = broadcast.deliveries.exclude(contact_point=agreed)
    assert set(barred.values_list("state", "error")) == {(State.CANCELLED, "not_enlisted")}


# -- what comes of it --------------------------------------------------------------------------------------------------


def test_a_gateway_that_is_away_is_tried_four_times_in_all(channel: Scripted) -> None:
    channel.answers = [rules.RetryAfter(None, "unreachable")]
    broadcast = sent(phones(1))
    waits = []
    for _ in range(6):
        dispatch()
        row = broadcast.deliveries.get()
        with connection.cursor() as cursor:
            cursor.execute("SELECT round(extract(epoch FROM due_at - clock_timestamp())) FROM messaging_delivery")
            waits.append(int(cursor.fetchone()[0]) if row.state == State.QUEUED else row.get_state_display())
        time_passes()
    assert waits[:3] == [30, 120, 300]
    assert (row.state, row.error, row.attempts, len(channel.batches)) == (State.FAILED, "unreachable", 4, 4)


def test_a_dead_gateway_holds_up_neither_the_rest_nor_its_own_tries(
    channel: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.answers = [rules.RetryAfter(None, "unreachable")]
    email = Scripted(name="email", provider="smtp")
    monkeypatch.setitem(channels.CHANNELS, ("email", "smtp"), email)
    points = phones(600)
    sent(points)
    sent(points, channel=Channel.EMAIL)
    tally = dispatch()
    assert (tally.accepted, tally.retried) == (600, 500), "one try a pass for what is away"


def test_a_gateway_that_hangs_holds_up_no_other_channel(channel: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, hung = threading.Event(), []
    channel.during = lambda: hung.append(not heard.wait(20))
    email = Scripted(name="email", provider="smtp")
    email.during = lambda: heard.set() if len(email.batches) == 3 else None
    monkeypatch.setitem(channels.CHANNELS, ("email", "smtp"), email)
    points = phones(1100)
    sent(points)
    sent(points, channel=Channel.EMAIL)
    assert dispatch(calls=2).accepted == 2200
    assert hung == [False] * 3, "the third batch of mail went out while two calls of the other gateway hung"


def test_at_the_end_of_a_pass_the_others_go_on_while_the_last_call_hangs(
    channel: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, hung = threading.Event(), []
    channel.during = lambda: hung.append(not heard.wait(20))
    email = Scripted(name="email", provider="smtp")
    email.during = lambda: heard.set() if len(email.batches) == 3 else None
    monkeypatch.setitem(channels.CHANNELS, ("email", "smtp"), email)
    points = phones(1600)
    sent(points)
    sent(points, channel=Channel.EMAIL)
    tally = dispatch(calls=2, budget_seconds=0)
    assert hung == [False]
    assert len(channel.batches) == 1, "nothing more is given to the one that hangs"
    assert tally.accepted == 500 + sum(len(batch) for batch in email.batches)


def test_a_throttled_channel_rests_as_long_as_it_was_told(channel: Scripted) -> None:
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        time_passes()

    channel.answers = [rules.RetryAfter(0.5, "throttled"), rules.Accepted("p")]
    broadcast = sent(phones(1))
    dispatch(sleep=rest, budget_seconds=5)
    assert rests
    assert max(rests) <= 0.5
    assert (broadcast.deliveries.get().state, broadcast.deliveries.get().attempts) == (State.ACCEPTED, 1)


def test_a_refused_number_is_not_tried_again(channel: Scripted) -> None:
    channel.answers = [rules.Rejected("number_barred")]
    broadcast = sent(phones(1))
    dispatch()
    time_passes()
    assert dispatch().claimed == 0
    row = broadcast.deliveries.get()
    assert (row.state, row.error) == (State.FAILED, "number_barred")


def test_a_number_that_is_bad_for_good_is_skipped_from_then_on(channel: Scripted) -> None:
    [point] = phones(1)
    channel.answers = [rules.Rejected("text_too_long"), rules.Rejected("bad_number"), rules.Accepted("p")]
    sent([point])
    dispatch()
    assert ContactPoint.objects.get().dead_since is None, "the text was bad, not the number"
    sent([point])
    dispatch()
    assert ContactPoint.objects.get().dead_since == NIGHT
    after = sent([point])
    dispatch(now=NIGHT + timedelta(hours=1))
    assert after.deliveries.get().error == "dead_address"
    assert len(channel.batches) == 2


def test_a_gateway_that_calls_everybody_bad_is_not_believed(channel: Scripted) -> None:
    channel.answers = [rules.Rejected("bad_number")]
    sent(phones(20))
    assert dispatch().rejected == 20
    assert not ContactPoint.objects.filter(dead_since__isnull=False).exists()


def test_no_answer_is_asked_again_under_the_same_id(gateway: Gateway) -> None:
    gateway.control(timeout_rate=1.0)
    broadcast = sent(phones(3))
    assert dispatch().unknown == 3
    assert queries.tally(broadcast)[State.UNKNOWN] == 3
    gateway.control(timeout_rate=0.0)
    time_passes()
    assert dispatch().accepted == 3
    stats = gateway.stats()
    assert (stats["accepted"], stats["repeats"], stats["duplicates"]) == (3, 3, 0)


def test_a_plain_gateway_is_not_asked_twice_in_the_bulk_lane(gateway: Gateway, settings: Settings) -> None:
    settings.SMS_GATEWAY_IDEMPOTENT = False
    gateway.control(timeout_rate=1.0, dedupe=False)
    points = phones(2)
    bulk, alarm = sent(points), sent(points, lane=Lane.ALARM)
    dispatch()
    dispatch(Lane.ALARM)
    gateway.control(timeout_rate=0.0)
    time_passes()
    dispatch()
    dispatch(Lane.ALARM)
    assert set(bulk.deliveries.values_list("state", "error")) == {(State.FAILED, "unanswered")}
    assert queries.tally(alarm)[State.ACCEPTED] == 2
    assert gateway.stats()["duplicates"] == 2, "a second call beats none"


# -- leases and fences -------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """What `kill -9` looks like from inside: nothing after it is done."""


def die(*args: object) -> int:
    raise Killed


def test_killed_between_handing_over_and_recording_it_goes_again_under_the_same_id(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    broadcast = sent(phones(20))
    with monkeypatch.context() as patch:
        patch.setattr(handing_over, "record", die)
        with pytest.raises(Killed):
            dispatch()
    assert queries.tally(broadcast)[State.SENDING] == 20
    assert dispatch().claimed == 0, "the lease is not over yet"
    time_passes()
    assert dispatch().accepted == 20
    stats = gateway.stats()
    assert (stats["accepted"], stats["repeats"], stats["duplicates"]) == (20, 20, 0)
    assert queries.tally(broadcast)[State.ACCEPTED] == 20


def test_killed_at_a_plain_gateway_nothing_rings_twice_and_every_row_is_accounted_for(
    gateway: Gateway, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMS_GATEWAY_IDEMPOTENT = False
    gateway.control(dedupe=False)
    broadcast = sent(phones(5))
    with monkeypatch.context() as patch:
        patch.setattr(handing_over, "record", die)
        with pytest.raises(Killed):
            dispatch()
    time_passes()
    dispatch()
    assert queries.tally(broadcast)[State.UNKNOWN] == 5
    time_passes()
    dispatch()
    assert queries.tally(broadcast)[State.FAILED] == 5
    assert gateway.stats()["duplicates"] == 0


def test_a_worker_that_lost_its_lease_records_nothing(channel: Scripted) -> None:
    broadcast = sent(phones(2))
    second = Scripted([rules.Accepted("second")])

    def lose_the_lease() -> None:
        channel.during = None
        channels.CHANNELS["sms", "contract"] = second
        time_passes()
        assert dispatch().accepted == 2

    channel.answers = [rules.Rejected("late")]
    channel.during = lose_the_lease
    assert dispatch().lost == 2
    assert set(broadcast.deliveries.values_list("state", "provider_id")) == {(State.ACCEPTED, "second")}


def test_a_withdrawal_while_a_batch_is_out_stops_the_next_try(channel: Scripted) -> None:
    broadcast = sent(phones(1))
    channel.answers = [rules.RetryAfter(None, "unreachable")]
    channel.during = lambda: void(actions.cancel(broadcast=broadcast, by=SYSTEM, now=NIGHT))
    dispatch()
    time_passes()
    dispatch()
    assert len(channel.batches) == 1
    assert broadcast.deliveries.get().error == "withdrawn"


def void(_: object) -> None:
    """Drops a value."""


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_send_everything_once(gateway: Gateway) -> None:
    broadcast = sent(phones(3_000))
    tallies: list[actions.Tally] = []

    def work() -> None:
        try:
            tallies.append(dispatch())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sum(tally.accepted for tally in tallies) == 3_000
    stats = gateway.stats()
    assert (stats["accepted"], stats["repeats"], stats["received"]) == (3_000, 0, 3_000)
    assert queries.tally(broadcast)[State.ACCEPTED] == 3_000
    assert not Delivery.objects.filter(fence__gt=1).exists()
