"""A storm in small: the account balances, and says so when it does not."""

import pytest
from django.db import connection
from django.utils import timezone

from alerts.models import Notice
from command.models import Response
from messaging.enums import OPEN, State
from messaging.models import Delivery
from simulators.district import loading
from simulators.storm import play as storm
from simulators.storm import sql
from simulators.storm.account import Gateway, account
from simulators.storm.apart import changed, real
from simulators.storm.doors import outcome_at
from simulators.storm.scene import Scene
from simulators.storm.sums import Sums, of_duty, of_stores
from supplies.models import Balance
from territory.rules import scope_of

MOVE = "UPDATE supplies_balance SET quantity = quantity {} 1 WHERE id = (SELECT min(id) FROM supplies_balance)"


class Phones:
    """Stands in for workers and gateway together: every look at the queue hands over what waits."""

    def __init__(self) -> None:
        self.accepted = 0

    def pause(self, _seconds: float) -> None:
        waiting = Delivery.objects.filter(state__in=OPEN)
        taken = list(waiting.values_list("pk", flat=True))
        self.accepted += len(taken)
        Delivery.objects.filter(pk__in=taken).update(state=State.DELIVERED, accepted_at=timezone.now())
        Delivery.objects.filter(pk__in=[pk for pk in taken if pk % 17 == 0]).update(state=State.FAILED)

    def stats(self, _url: str) -> Gateway:
        return Gateway(self.accepted, 0, 0)


@pytest.mark.slow
@pytest.mark.django_db
def test_every_household_of_a_storm_is_reached_knocked_at_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    phones, said = Phones(), list[str]()
    for _name, step in loading.steps(300):
        step(timezone.now())
    monkeypatch.setattr(storm, "gateway", phones.stats)
    found = storm.play(storm.Plan(say=said.append, pause=phones.pause))

    assert found.faults == []
    assert found.households == 300 == found.reached + found.knocked + found.unreachable
    assert found.knocked
    assert found.unreachable
    assert (found.sites.required, found.sites.done, found.sites.late) == (105, 105, 0)
    assert any("签发" in line for line in said)
    assert any("替班到岗" in line for line in said)
    told = "\n".join(found.sums)
    assert "值班 应到 16，有效 16，在岗 16，缺岗 0，未到岗 0" in told
    assert "在途待核 1，待补单 2" in told
    assert "响应 Ⅱ级，预案任务 Ⅳ级 17/17，Ⅲ级 30/30，Ⅱ级 29/29，叫应 16/17，指令签收 1/2，办结 1" in told
    assert "险情 已控制 1；断行 1 处" in told

    notice = Notice.objects.get()
    short = account(
        notice, None, scope_of("410403"), ours=found.ours + 1, theirs=Gateway(found.ours, 0, 2), now=timezone.now()
    )
    assert len(short.faults) == 2


@pytest.mark.slow
@pytest.mark.django_db
def test_an_exercise_in_a_real_storm_moves_nothing_real_and_a_second_storm_ends_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phones, said = Phones(), list[str]()
    for _name, step in loading.steps(200):
        step(timezone.now())
    monkeypatch.setattr(storm, "gateway", phones.stats)
    for exercise in (False, True, False):
        found = storm.play(storm.Plan(say=said.append, pause=phones.pause, exercise=exercise, visits=0.2))
        assert found.faults == []
    assert any("终止上一场的响应" in line for line in said)
    assert any("短少核销 1 件" in line for line in said)
    assert Response.objects.filter(ended_at__isnull=True, exercise__isnull=True).count() == 1
    held = Balance.objects.get(store__code="WD-CK01", lot__item__code="QSB").quantity
    assert held == 12 - 2 - 3


@pytest.mark.slow
@pytest.mark.django_db
def test_a_figure_that_sql_counts_differently_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    for _name, step in loading.steps(50):
        step(timezone.now())
    now = timezone.now()
    shown = Sums()
    of_duty(shown, now)
    assert shown.faults == []
    monkeypatch.setattr(sql, "duty", lambda *_args: (15, 15, 15))
    of_duty(shown, now)
    assert len(shown.faults) == 1
    with connection.cursor() as cursor:
        cursor.execute(MOVE.format("+"))
    before = real("410403001", now)
    scene = Scene("410403", Notice(), print)
    of_stores(shown, scene, now)
    assert [fault for fault in shown.faults if "结存不等于流水之和" in fault]
    with connection.cursor() as cursor:
        cursor.execute(MOVE.format("-"))
    assert changed(before, real("410403001", now)) == ["演练改动了库存结存"]


def test_a_household_opens_its_door_the_same_way_every_time() -> None:
    assert [outcome_at(f"41040300100100100{number}") for number in range(9)] == [
        outcome_at(f"41040300100100100{number}") for number in range(9)
    ]
