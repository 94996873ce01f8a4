"""One address a recipient first, the next one when it fails or keeps silent in its time; and what outlives old rows."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.db.models import CharField, F, IntegerField, Value

from core.models import Destruction
from core.rules import SYSTEM
from messaging import actions, queries, rules
from messaging.enums import Channel, Lane, State
from messaging.models import Broadcast, Delivery, Fallback, PurgedCount, Receipt
from territory.models import ContactPoint
from tests.casts import GRID, NIGHT
from tests.messaging.conftest import Scripted, phones, sent

pytestmark = pytest.mark.django_db
AFTER = timedelta(minutes=5)
LATER = NIGHT + timedelta(minutes=6)


def with_second_phone(firsts: list[ContactPoint], seconds: list[ContactPoint]) -> Broadcast:
    """A broadcast to the first telephones of households that have a second one each."""
    apart = seconds[0].pk - firsts[0].pk
    addresses = ContactPoint.objects.filter(pk__in=[point.pk for point in firsts]).annotate(
        rank=Value(1, IntegerField()), then=F("pk") + apart, area=Value(GRID, CharField())
    )
    ladder = actions.Ladder(addresses.values_list("pk", "rank", "then", "area"), AFTER)
    return sent(firsts, ladder=ladder)


def handed_over(now: datetime = NIGHT) -> None:
    """Everything due goes out, and the gateway takes it at `now`."""
    actions.dispatch(Lane.BULK, now=now)
    Delivery.objects.filter(state=State.ACCEPTED).update(accepted_at=now)


def test_one_telephone_of_each_household_goes_first(channel: Scripted) -> None:
    points = phones(6)
    with_second_phone(points[:3], points[3:])
    handed_over()
    assert {message.address for message in channel.batches[0]} == {point.address for point in points[:3]}
    assert actions.fall_back(now=NIGHT + timedelta(minutes=4)) == 0, "their time is not over"


def test_whoever_keeps_silent_for_his_time_is_tried_at_the_next_number_once(channel: Scripted) -> None:
    points = phones(6)
    root = with_second_phone(points[:3], points[3:])
    handed_over()
    Delivery.objects.filter(contact_point=points[0]).update(state=State.DELIVERED)
    assert [actions.fall_back(now=LATER), actions.fall_back(now=LATER)] == [2, 0]
    handed_over(LATER)
    assert {message.address for message in channel.batches[1]} == {point.address for point in points[4:]}
    [wave] = root.waves.all()
    assert (wave.text, wave.origin, wave.expires_at) == (root.text, root.origin, root.expires_at)


def test_a_number_that_fails_gives_way_at_once(channel: Scripted) -> None:
    points = phones(2)
    channel.answers = [rules.Rejected("number_barred"), rules.Accepted("p")]
    with_second_phone(points[:1], points[1:])
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert actions.fall_back(now=NIGHT + timedelta(seconds=10)) == 1
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.batches[1][0].address == points[1].address


def test_what_waits_for_its_turn_has_not_failed(channel: Scripted) -> None:
    points = phones(2)
    with_second_phone(points[:1], points[1:])
    assert actions.fall_back(now=LATER) == 0


def test_a_gateway_that_stays_away_is_a_failure_after_the_time(channel: Scripted) -> None:
    points = phones(2)
    channel.answers = [rules.RetryAfter(None, "unreachable")]
    with_second_phone(points[:1], points[1:])
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert [actions.fall_back(now=NIGHT), actions.fall_back(now=LATER)] == [0, 1]


def test_the_third_number_waits_for_the_second(channel: Scripted) -> None:
    points = phones(3)
    root = with_second_phone(points[:1], points[1:2])
    Fallback.objects.create(
        broadcast=root, contact_point=points[0], rank=2, next_point=points[2], channel=Channel.SMS, area_code=GRID
    )
    handed_over()
    assert [actions.fall_back(now=LATER), actions.fall_back(now=LATER)] == [1, 0]
    handed_over(LATER)
    assert actions.fall_back(now=LATER + timedelta(minutes=4)) == 0
    assert actions.fall_back(now=LATER + timedelta(minutes=6)) == 1


def test_two_households_with_one_second_telephone_make_it_ring_once(channel: Scripted) -> None:
    points = phones(3)
    root = with_second_phone(points[:2], points[1:])
    Fallback.objects.filter(broadcast=root).update(next_point=points[2])
    handed_over()
    assert actions.fall_back(now=LATER) == 2
    assert Delivery.objects.filter(contact_point=points[2]).count() == 1


def test_a_withdrawn_broadcast_takes_its_waves_along(channel: Scripted) -> None:
    points = phones(4)
    root = with_second_phone(points[:2], points[2:])
    handed_over()
    actions.fall_back(now=LATER)
    assert actions.cancel(broadcast=root, by=SYSTEM, now=LATER) == 2
    actions.dispatch(Lane.BULK, now=LATER)
    assert len(channel.batches) == 1
    assert actions.fall_back(now=LATER + AFTER) == 0


def test_an_expired_broadcast_tries_nobody_else(channel: Scripted) -> None:
    points = phones(2)
    root = with_second_phone(points[:1], points[1:])
    handed_over()
    Broadcast.objects.filter(pk=root.pk).update(expires_at=LATER)
    assert actions.fall_back(now=LATER) == 0


# -- retention ---------------------------------------------------------------------------------------------------------


def test_old_numbers_are_destroyed_and_the_counts_stay(channel: Scripted) -> None:
    points = phones(4)
    old = with_second_phone(points[:2], points[2:])
    handed_over()
    Receipt.objects.create(delivery=old.deliveries.all()[0], status=State.DELIVERED, at=NIGHT, received_at=NIGHT)
    Broadcast.objects.filter(pk=old.pk).update(created_at=NIGHT - timedelta(days=400))
    recent = sent(points[:1])
    before = queries.tally(old)
    done = actions.purge_old(now=NIGHT)
    assert (done.broadcasts, done.deliveries) == (1, 2)
    assert queries.tally(old) == before
    assert recent.deliveries.count() == 1
    assert not Receipt.objects.exists()
    assert not Fallback.objects.exists()
    line = Destruction.objects.get()
    assert (line.what, line.count, line.before) == ("messaging.delivery", 2, NIGHT - timedelta(days=365))
    assert actions.purge_old(now=NIGHT).broadcasts == 0


def test_the_database_itself_keeps_what_the_law_keeps(channel: Scripted) -> None:
    row = sent(phones(1))
    handed_over()
    today = datetime.now(UTC)  # the database's own clock counts, whatever moment it is told
    Broadcast.objects.filter(pk=row.pk).update(created_at=today - timedelta(days=170))
    with pytest.raises(DatabaseError, match="six months"):
        actions.purge(before=today, now=today + timedelta(days=900))


def test_what_is_still_on_its_way_is_not_destroyed(channel: Scripted) -> None:
    sent(phones(1))
    assert actions.purge(before=NIGHT + timedelta(days=100), now=LATER).broadcasts == 0
    assert not PurgedCount.objects.exists()


def test_the_command_keeps_six_months_whatever_it_is_told() -> None:
    with pytest.raises(CommandError, match="180"):
        call_command("purge_messages", older_than=30)
