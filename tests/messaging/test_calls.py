"""Telephone calls and group robots: what is said, how often one person is rung, how often a group is told."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection

from messaging import actions, channels, queries, rules
from messaging.enums import Channel, Lane, State
from messaging.models import Broadcast, GatewayAccount, GroupRobot
from territory.enums import ContactKind
from territory.models import ContactPoint
from tests.casts import GRID, NIGHT
from tests.messaging.conftest import Scripted, phones, sent, time_passes


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("【演练】请到岗", "演练，请到岗"),
        ("详情 https://fx.example.cn/t/abc 。", "详情 请看短信 。"),
        ("23:05 有雨，06:00 结束", "23点05分 有雨，6点整 结束"),
        ("请拨 0375123 或 110", "请拨 0 3 7 5 1 2 3 或 110"),
        ("积水 27.5 厘米", "积水 27.5 厘米"),
    ],
)
def test_a_text_is_made_for_the_ear(text: str, heard: str) -> None:
    assert rules.spoken(text) == heard


def test_833_people_take_56_minutes() -> None:
    assert rules.voice_estimate(833, 40, 10) == 56
    assert rules.voice_estimate(1, 40, 0) == 1


def test_the_hour_and_the_day_hand_over_to_a_human_and_the_minute_waits() -> None:
    caps = rules.callee_caps({"per_hour": 3, "per_day": True})
    assert caps == rules.CalleeCaps(1, 3, 20)
    assert rules.may_ring(rules.Rung(), caps) == 0.0
    assert rules.may_ring(rules.Rung(1, 2, 2, 12.5), caps) == 12.5
    assert rules.may_ring(rules.Rung(0, 3, 3), caps) is None
    assert rules.may_ring(rules.Rung(0, 0, 20), caps) is None


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted(name="voice", batch_size=20)
    monkeypatch.setitem(channels.CHANNELS, ("voice", "contract"), scripted)
    return scripted


@pytest.fixture
def calls(db: None) -> GatewayAccount:
    return GatewayAccount.objects.create(name="calls", channel=Channel.VOICE, url="http://127.0.0.1:9", lines=2)


def ring(points: list[ContactPoint]) -> Broadcast:
    return sent(points, channel=Channel.VOICE, lane=Lane.ALARM)


def ago(broadcast: Broadcast, seconds: int) -> None:
    """The calls of a broadcast were made so long ago and have ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_delivery SET state = 60, accepted_at = clock_timestamp() - make_interval(secs => %s)"
            " WHERE broadcast_id = %s",
            [seconds, broadcast.pk],
        )


def test_a_second_call_waits_for_the_minute(voice: Scripted, calls: GatewayAccount) -> None:
    points = phones(1)
    ago(ring(points), 20)
    second = ring(points)
    actions.dispatch(Lane.ALARM, now=NIGHT)
    row = second.deliveries.get()
    assert (voice.batches, row.state, row.error, row.attempts) == ([], State.QUEUED, "callee_cap", 0)
    ago(Broadcast.objects.exclude(pk=second.pk).get(), 61)
    time_passes()
    actions.dispatch(Lane.ALARM, now=NIGHT)
    assert second.deliveries.get().state == State.ACCEPTED


def test_of_two_calls_in_one_batch_one_goes(voice: Scripted, calls: GatewayAccount) -> None:
    points = phones(1)
    first, second = ring(points), ring(points)
    actions.dispatch(Lane.ALARM, now=NIGHT)
    assert (first.deliveries.get().state, second.deliveries.get().state) == (State.ACCEPTED, State.QUEUED)


def test_the_sixth_call_of_an_hour_is_left_to_a_human(voice: Scripted, calls: GatewayAccount) -> None:
    points = phones(1)
    for _ in range(5):
        ago(ring(points), 600)
    sixth = ring(points)
    actions.dispatch(Lane.ALARM, now=NIGHT)
    row = sixth.deliveries.get()
    assert (voice.batches, row.state, row.error) == ([], State.FAILED, "callee_cap")


def test_only_as_many_calls_are_out_as_there_are_lines(voice: Scripted, calls: GatewayAccount) -> None:
    ring(phones(5))
    actions.dispatch(Lane.ALARM, now=NIGHT, budget_seconds=0.0)
    actions.dispatch(Lane.ALARM, now=NIGHT, budget_seconds=0.0)
    assert [len(batch) for batch in voice.batches] == [2]


def test_a_group_is_told_a_few_times_a_minute_and_the_rest_waits(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Scripted(name="wecom", provider="robot", batch_size=20)
    script.paced_by_address = True  # type: ignore[attr-defined]
    monkeypatch.setitem(channels.CHANNELS, ("wecom", "robot"), script)
    points = [ContactPoint.objects.create(kind=ContactKind.ROBOT, address=f"robot:{n}") for n in range(2)]
    sealed = rules.seal("https://qyapi.weixin.qq.com/s?key=k", queries.sealing_secrets())
    for point in points:
        GroupRobot.objects.create(
            name="防汛群", channel=Channel.WECOM, contact_point=point, area_code=GRID, sealed_url=sealed
        )
    for _ in range(7):
        sent(points[:1], channel=Channel.WECOM)
    other = sent(points[1:], channel=Channel.WECOM)
    actions.dispatch(Lane.BULK, now=NIGHT)
    told = [message.address[-1] for batch in script.batches for message in batch]
    assert (told.count("0"), told.count("1")) == (5, 1)
    assert other.deliveries.get().state == State.ACCEPTED
    waiting = Broadcast.objects.filter(deliveries__error="paced", deliveries__attempts=0)
    assert waiting.count() == 2


# -- before the button is pressed --------------------------------------------------------------------------------------


def test_the_sum_of_a_call_out_counts_lines_and_who_may_not_be_rung_again(
    voice: Scripted, calls: GatewayAccount, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    points = phones(12)
    for _hour in range(5):
        ring(points[:1])
        actions.dispatch(Lane.ALARM, now=NIGHT)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE messaging_delivery SET accepted_at = accepted_at - interval '10 minutes'")
    with django_assert_num_queries(3):
        found = queries.voice_sum([point.pk for point in points])
    assert (found.people, found.seconds, found.lines, found.minutes) == (12, 40, 2, 4)
    assert (found.can_call, found.is_long, found.capped) == (True, False, frozenset({points[0].pk}))
    assert queries.voice_sum([point.pk for point in points] * 2).minutes == 8
    assert queries.voice_sum([point.pk for point in points] * 2).is_long


def test_two_who_share_a_number_are_rung_a_minute_apart_and_counted(voice: Scripted, calls: GatewayAccount) -> None:
    [one, other] = phones(2)
    assert queries.voice_sum([one.pk, other.pk, other.pk]).shared == 1


def test_without_an_account_for_calls_there_is_no_sum(db: None) -> None:
    assert queries.voice_sum([1, 2]).can_call is False
