"""Notices that do not go to everybody: rehearsed ones, and one that is stopped while it goes out. The sums hold."""

from typing import Any
from uuid import uuid4

from accounts.models import User
from alerts import actions, queries
from alerts.enums import Reach
from alerts.models import Notice
from messaging import actions as messages
from messaging import queries as sending
from messaging.enums import Lane, State
from messaging.models import Broadcast, Delivery, Enlisted
from territory.rules import scope_of
from tests.alerts.situations import WHOLE, issued
from tests.casts import DISTRICT, NIGHT, Cast
from tests.factories import household
from tests.messaging.conftest import Scripted, channel

__all__ = ["channel"]  # the fixture: SMS goes to a script instead of a wire
EVERYWHERE = scope_of(DISTRICT)


def rehearsed(cast: Cast) -> Notice:
    """A notice of an exercise, signed."""
    drill = uuid4()
    row = actions.draft(content=WHOLE, area_codes=[DISTRICT], by=cast.duty_officer, now=NIGHT, exercise=drill)
    row = actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    return actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT)


def test_a_rehearsed_notice_reaches_enlisted_people_only_and_says_whom_it_spared(
    cast: Cast, channel: Scripted, signed_in: Any, now: object
) -> None:
    agreed, stranger, other = household(), household(), household()
    row = rehearsed(cast)
    assert row.exercise
    phone = row.households.get(household=agreed).contact_point
    assert phone
    Enlisted.objects.create(exercise=row.exercise, contact_point=phone)
    elsewhere = row.households.get(household=other).contact_point
    assert elsewhere
    Enlisted.objects.create(exercise=uuid4(), contact_point=elsewhere)
    messages.dispatch(Lane.BULK, now=NIGHT)
    assert [message.address for batch in channel.batches for message in batch] == [phone.address]
    assert all(text.startswith("【演练】") for text in channel.texts)
    assert queries.barred(row) == 2
    spared = row.households.get(household=stranger)
    assert "演练名单" in queries.household_events(spared)[0].words
    assert "2 个号码不在演练名单" in page(signed_in, cast.duty_officer, row)


def test_without_any_enlisted_nothing_is_sent_and_it_says_so(
    cast: Cast, channel: Scripted, signed_in: Any, now: object
) -> None:
    household()
    row = rehearsed(cast)
    messages.dispatch(Lane.BULK, now=NIGHT)
    assert channel.batches == []
    assert queries.barred(row) == 1
    assert "1 个号码不在演练名单" in page(signed_in, cast.duty_officer, row)
    assert "不在演练名单" not in page(signed_in, cast.duty_officer, issued(cast))


def page(signed_in: Any, person: User, row: Notice) -> str:
    return str(signed_in(person).get(f"/alerts/{row.uuid}/").content.decode())


def test_stopped_in_the_middle_nothing_further_leaves_and_whoever_has_it_is_told(cast: Cast, channel: Scripted) -> None:
    for _ in range(7):
        household()
    row = issued(cast)
    channel.batch_size = 3
    # Three are with the provider when the leader withdraws it; the other four wait.
    channel.during = lambda: withdrawn(row, cast)
    messages.dispatch(Lane.BULK, now=NIGHT)
    channel.during = None
    went = [message.address for batch in channel.batches for message in batch if message.text.startswith("今夜")]
    messages.dispatch(Lane.BULK, now=NIGHT)
    later = [message for batch in channel.batches for message in batch if message.text.startswith("今夜")]
    assert len(later) == len(went), "nothing of the notice leaves after its end"
    assert 3 <= len(went) < 7
    counted = sending.tally(broadcast_of(row))
    assert sum(counted.values()) == 7
    assert counted[State.CANCELLED] == 7 - len(went)
    told = Broadcast.objects.get(key=f"notice:{row.pk}:withdrawn")
    assert {one.contact_point.address for one in told.deliveries.select_related("contact_point")} == set(went)
    assert not Delivery.objects.filter(broadcast=told, state=State.QUEUED).exists(), "and it went out"
    whole = queries.coverage(Notice.objects.get(pk=row.pk), EVERYWHERE).total
    assert whole.total == 7
    assert sum(whole.count(state) for state in Reach) == 7


def broadcast_of(row: Notice) -> Broadcast:
    found = Notice.objects.select_related("broadcast").get(pk=row.pk).broadcast
    assert found
    return found


def withdrawn(row: Notice, cast: Cast) -> None:
    """Once, however many batches are out."""
    if Notice.objects.get(pk=row.pk).withdrawn_at is None:
        actions.withdraw(notice=row, reason="发错", by=cast.leader, now=NIGHT)
