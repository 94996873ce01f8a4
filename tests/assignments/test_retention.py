"""What is kept of a duty's link and of its replies when their time is over."""

from datetime import datetime, timedelta

from assignments import actions
from assignments.enums import State
from assignments.models import Assignment, UnclaimedReply
from core.models import Destruction
from messaging import actions as messages
from messaging.enums import State as DeliveryState
from messaging.models import Broadcast, Delivery, Reply
from tests.assignments.test_answers import Give, replied
from tests.casts import Cast

YEAR = timedelta(days=400)


def test_the_link_of_a_duty_that_ended_a_month_ago_cannot_be_made_again(give: Give, now: datetime) -> None:
    old, young, going = give(), give(title="二"), give(title="三")
    for row, days, state in ((old, 31, State.CANCELLED), (young, 29, State.CANCELLED), (going, 31, State.DOING)):
        Assignment.objects.filter(pk=row.pk).update(state=state, updated_at=now - timedelta(days=days))
    assert [actions.forget_links(now=now), actions.forget_links(now=now)] == [1, 0]
    assert set(Assignment.objects.exclude(link_nonce="").values_list("pk", flat=True)) == {young.pk, going.pk}
    line = Destruction.objects.get()
    assert (line.what, line.count) == ("assignments.link", 1)


def test_a_reply_that_waits_to_be_claimed_goes_with_its_message(give: Give, cast: Cast, now: datetime) -> None:
    give()
    replied(cast.grid_worker.phone, "几点到？", now + timedelta(minutes=1))
    assert UnclaimedReply.objects.exists()
    Delivery.objects.update(state=DeliveryState.DELIVERED)
    Broadcast.objects.update(created_at=now - YEAR)
    assert messages.purge_old(now=now).deliveries
    assert not UnclaimedReply.objects.exists()
    assert not Reply.objects.exists()
