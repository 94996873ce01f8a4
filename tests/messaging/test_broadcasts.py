"""Writing what is to be sent, and taking it back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import CharField, Value
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from core.rules import SYSTEM, Refused
from messaging import actions, queries, rules
from messaging.enums import Channel, Lane, State
from messaging.models import Broadcast, Delivery
from territory.models import ContactPoint
from tests.casts import GRID, NIGHT
from tests.messaging.conftest import Scripted, phones, sent, time_passes

pytestmark = pytest.mark.django_db


def test_an_audience_is_expanded_in_the_database_by_one_statement(
    bells: list[str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    phones(300)
    audience = ContactPoint.objects.annotate(area=Value(GRID, CharField())).values_list("pk", "area")
    with django_assert_max_num_queries(6):
        broadcast = sent([], recipients=audience)
    assert queries.tally(broadcast)[State.QUEUED] == 300
    assert bells == ["messaging.tasks.send_bulk"]


def test_a_telephone_of_two_households_gets_one_message() -> None:
    [point] = phones(1)
    assert sent([point, point]).deliveries.count() == 1


@pytest.mark.parametrize("recipients", [[], ContactPoint.objects.none().values_list("pk", "address")])
def test_nobody_to_tell_is_a_broadcast_without_deliveries(recipients: Sequence[actions.Recipient]) -> None:
    assert sent([], recipients=recipients).deliveries.count() == 0


def test_the_same_key_is_the_same_broadcast() -> None:
    points = phones(2)
    first = sent(points[:1], key="notice:1")
    assert sent(points, key="notice:1") == first
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "text_empty"), (" \n", "text_empty"), ("汛" * 494, "text_too_long")],
)
def test_a_text_that_cannot_go_is_refused_before_anything_is_written(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        sent([], text=text)
    assert (refused.value.code, refused.value.field) == (code, "text")
    assert not Broadcast.objects.exists()


def test_the_longest_text_counts_signature_and_mark() -> None:
    sent([], text="汛" * 493)
    with pytest.raises(Refused):
        sent([], text="汛" * 493, exercise=uuid4())


def test_without_a_gateway_the_sender_is_told_what_to_set(settings: Settings) -> None:
    settings.SMS_GATEWAY_URL = ""
    with pytest.raises(Refused, match="SMS_GATEWAY_URL"):
        sent(phones(1))
    assert queries.channel_health()[0].fault == "gateway_unset"
    sent([], channel=Channel.EMAIL)


def test_withdrawing_stops_what_has_not_left(channel: Scripted) -> None:
    broadcast = sent(phones(3))
    assert actions.cancel(broadcast=broadcast, by=SYSTEM, now=NIGHT) == 3
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.batches == []
    assert queries.tally(broadcast)[State.CANCELLED] == 3


def test_withdrawing_leaves_what_has_left(channel: Scripted) -> None:
    broadcast = sent(phones(1))
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert actions.cancel(broadcast=broadcast, by=SYSTEM, now=NIGHT) == 0
    assert queries.tally(broadcast)[State.ACCEPTED] == 1


def test_a_sign_in_code_takes_the_alarm_lane_and_goes_stale(channel: Scripted) -> None:
    [point] = phones(1)
    broadcast = actions.send_private_text(contact_point=point, text="验证码 123456", by=SYSTEM, now=NIGHT)
    actions.dispatch(Lane.ALARM, now=NIGHT + timedelta(minutes=30))
    assert channel.batches == []
    assert (broadcast.lane, broadcast.deliveries.get().error) == (Lane.ALARM, "expired")


def test_codes_and_links_are_told_once_and_kept_nowhere(channel: Scripted) -> None:
    one, two = phones(2)
    channel.answers = [rules.RetryAfter(None, "unreachable"), rules.Accepted("p")]
    code = actions.send_private_text(contact_point=one, text="验证码 123456", by=SYSTEM, now=NIGHT)
    actions.dispatch(Lane.ALARM, now=NIGHT)
    time_passes()
    actions.dispatch(Lane.ALARM, now=NIGHT)
    assert channel.texts == ["验证码 123456"] * 2, "what has to be tried again is still there"
    links = actions.send_private_texts(text="{link}", filled=[(two, {"link": "/activate/x/"})], by=SYSTEM, now=NIGHT)
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.texts[-1] == "/activate/x/"
    for broadcast in (code, links):
        row = broadcast.deliveries.get()
        assert (row.state, row.params) == (State.ACCEPTED, None)
        assert "123456" not in broadcast.text
    with pytest.raises(Refused):
        actions.send_private_text(contact_point=one, text="长" * 501, by=SYSTEM, now=NIGHT)


def test_a_code_that_was_not_sent_is_not_kept_either(channel: Scripted) -> None:
    broadcast = actions.send_private_text(contact_point=phones(1)[0], text="验证码 123456", by=SYSTEM, now=NIGHT)
    actions.dispatch(Lane.ALARM, now=NIGHT + timedelta(hours=1))
    assert broadcast.deliveries.get().params is None


def test_parts_are_counted_as_the_phone_gets_them() -> None:
    assert queries.parts("汛" * 63) == 1
    assert queries.parts("汛" * 64) == 2
    assert queries.parts("汛" * 60, exercise=True) == 2


def test_only_what_is_open_is_counted_as_waiting() -> None:
    sent(phones(2))
    assert (queries.open_rows(Lane.BULK), queries.open_rows(Lane.ALARM)) == (2, 0)
    assert queries.oldest_open_age(Lane.BULK) >= 0 == queries.oldest_open_age(Lane.ALARM)
