"""A worker that dies in the middle of its work: every message goes out, and nobody gets it twice."""

from datetime import timedelta

import pytest

from core import clock
from core.rules import SYSTEM
from messaging import actions, queries
from messaging.enums import Channel, Lane, State
from messaging.models import Delivery
from territory.enums import ContactKind
from territory.models import ContactPoint
from tests.casts import DISTRICT, GRID, Cast
from tests.journeys.processes import Stack, until

pytestmark = pytest.mark.journey
PHONES = 1_500


def test_kill_minus_nine_loses_nothing_and_doubles_nothing(stack: Stack, cast: Cast) -> None:
    points = ContactPoint.objects.bulk_create(
        ContactPoint(kind=ContactKind.MOBILE, address=f"+86151{number:08d}") for number in range(PHONES)
    )
    stack.control(rate=600.0, latency=0.1)
    now = clock.now()
    broadcast = actions.send(
        lane=Lane.BULK,
        channel=Channel.SMS,
        text="今夜有大到暴雨，请勿前往低洼处。",
        recipients=[actions.Recipient(point.pk, GRID) for point in points],
        area_code=DISTRICT,
        by=SYSTEM,
        now=now,
    )
    until(lambda: stack.stats()["accepted"] >= 500, of="a third of the messages handed over")
    stack.kill_worker()
    in_hand = Delivery.objects.filter(broadcast=broadcast).exclude(state=State.DELIVERED).count()
    assert in_hand > 0, "the worker was killed too late to prove anything"
    # The dead worker's lease runs out; the test does not wait for it.
    Delivery.objects.filter(broadcast=broadcast, state=State.SENDING).update(due_at=now - timedelta(seconds=1))
    stack.control(rate=0.0, latency=0.0)

    stack.start_worker()
    until(lambda: queries.tally(broadcast)[State.DELIVERED] == PHONES, of="every message delivered", seconds=60)
    stats = stack.stats()
    assert stats["accepted"] == PHONES
    assert len({message["to"] for message in stack.messages()}) == len(stack.messages())
