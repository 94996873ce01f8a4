"""Orders to several receivers, and who has answered."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from assignments import actions as duties
from assignments.enums import State, Verb
from assignments.models import Assignment
from command import actions, queries
from command.models import Order, TimelineEntry
from core.rules import Refused
from messaging.models import Delivery
from territory.rules import scope_of
from tests.casts import DISTRICT, Cast
from tests.command import situations

pytestmark = pytest.mark.django_db
EVERYWHERE = scope_of(DISTRICT)


@pytest.fixture(autouse=True)
def nobody_on_duty(settings: Any) -> None:
    """The test's own roster."""
    situations.ON_DUTY.clear()
    settings.RESOLVERS = settings.RESOLVERS | {"ON_DUTY": "tests.command.situations.who_is_on_duty"}


def given(cast: Cast, now: datetime, **changed: Any) -> Order:
    return actions.give_order(
        **{
            "title": "三台水泵送至三号涵洞",
            "text": "23:40 前送到，联系现场王工",
            "receivers": [
                actions.Receiver(person=cast.storekeeper),
                actions.Receiver(person=cast.subdistrict_officer),
                actions.Receiver(phone="13911112222", name="供电公司抢修队"),
            ],
            "due_at": now + timedelta(minutes=40),
            "by": cast.duty_officer,
            "now": now,
            **changed,
        }
    )


def test_an_order_reaches_accounts_and_telephones_and_counts_its_receipts(cast: Cast, now: datetime) -> None:
    order = given(cast, now)
    assert Delivery.objects.count() == 3
    outside = Assignment.objects.get(assignee_name="供电公司抢修队")
    duties.answer_by_link(assignment=outside, verb=Verb.ACKNOWLEDGE, now=now + timedelta(minutes=2))
    store = Assignment.objects.get(assignee=cast.storekeeper)
    duties.report(assignment=store, by=cast.storekeeper, now=now + timedelta(minutes=3))
    later = now + timedelta(minutes=11)
    (line,) = queries.order_lines(queries.orders(EVERYWHERE, now=later))
    assert (line.receipts.total, line.receipts.acknowledged, line.receipts.done, line.receipts.late) == (3, 2, 1, 1)
    assert (line.tone, line.number) == ("danger", "〔2026〕1号")
    assert queries.receivers_of(order, now=later)[0].duty.assignee_name == "东安路防汛专干"
    assert TimelineEntry.objects.filter(ref=f"order:{order.pk}").count() == 2


def test_orders_count_by_year_and_an_exercise_counts_for_itself(cast: Cast, now: datetime) -> None:
    drill = uuid4()
    real, also = given(cast, now), given(cast, now)
    played = given(cast, now, exercise=drill)
    assert (real.number, also.number, played.number) == (1, 2, 1)
    assert [row.pk for row in queries.orders(EVERYWHERE, now=now)] == [also.pk, real.pk]
    assert [row.pk for row in queries.orders(EVERYWHERE, now=now, exercise=drill)] == [played.pk]


def test_the_same_press_is_the_same_order(cast: Cast, now: datetime) -> None:
    press = uuid4()
    assert given(cast, now, client_uuid=press).pk == given(cast, now, client_uuid=press).pk
    assert Assignment.objects.count() == 3


def test_withdrawing_leaves_what_is_done_and_tells_the_others(cast: Cast, now: datetime) -> None:
    order = given(cast, now)
    store = Assignment.objects.get(assignee=cast.storekeeper)
    duties.report(assignment=store, by=cast.storekeeper, now=now)
    with situations.refused("reason"):
        actions.withdraw_order(order=order, by=cast.duty_officer, now=now, reason=" ")
    actions.withdraw_order(order=order, by=cast.duty_officer, now=now, reason="水已退")
    assert sorted(Assignment.objects.values_list("state", flat=True)) == [
        State.CANCELLED, State.CANCELLED, State.VERIFIED
    ]  # fmt: skip
    with situations.refused("order_withdrawn"):
        actions.withdraw_order(order=order, by=cast.duty_officer, now=now, reason="水已退")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"receivers": []}, "command.no_receiver"),
        ({"title": " "}, "command.no_title"),
        ({"receivers": [actions.Receiver(phone="12", name="谁")]}, "command.bad_phone"),
        (
            {"receivers": [actions.Receiver(phone="13911112222"), actions.Receiver(phone="13911112222")]},
            "command.receiver_twice",
        ),
    ],
)
def test_an_order_without_what_it_needs_is_refused(cast: Cast, now: datetime, changed: Any, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        given(cast, now, **changed)
    assert refusal.value.code == code
    assert not Order.objects.exists()


def test_a_sub_district_orders_its_own_people_only(cast: Cast, now: datetime) -> None:
    own = [actions.Receiver(person=cast.grid_worker)]
    order = given(cast, now, by=cast.subdistrict_officer, receivers=own)
    assert order.area_code == "410403001"
    with situations.refused("receiver_outside"):
        given(cast, now, by=cast.subdistrict_officer, receivers=[actions.Receiver(person=cast.other_worker)])
    with situations.refused("not_allowed"):
        given(cast, now, by=cast.grid_worker, receivers=own)


def test_what_is_open_is_handed_to_the_next_shift(cast: Cast, now: datetime) -> None:
    order = given(cast, now)
    actions.start(area_code=DISTRICT, level=3, basis="橙色预警", by=cast.commander, now=now)
    actions.call_out(area_code=DISTRICT, text="立即上岗", by=cast.duty_officer, now=now)
    keys = [item.key.split(":")[0] for item in queries.open_items(EVERYWHERE, now)]
    assert sorted(keys) == ["command.call_out", "command.order", "command.response"]
    for duty in Assignment.objects.filter(order_receiver__order=order):
        duties.fulfil(assignment=duty, by=None, now=now)
    assert "command.order" not in [item.key.split(":")[0] for item in queries.open_items(EVERYWHERE, now)]
