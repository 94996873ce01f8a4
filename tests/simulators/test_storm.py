"""A storm in small: the account balances, and says so when it does not."""

import pytest
from django.utils import timezone

from alerts.models import Notice
from messaging.enums import OPEN, State
from messaging.models import Delivery
from simulators.district import loading
from simulators.storm import play as storm
from simulators.storm.account import Gateway, account
from simulators.storm.doors import outcome_at
from territory.rules import scope_of


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

    notice = Notice.objects.get()
    short = account(
        notice, None, scope_of("410403"), ours=found.ours + 1, theirs=Gateway(found.ours, 0, 2), now=timezone.now()
    )
    assert len(short.faults) == 2


def test_a_household_opens_its_door_the_same_way_every_time() -> None:
    assert [outcome_at(f"41040300100100100{number}") for number in range(9)] == [
        outcome_at(f"41040300100100100{number}") for number in range(9)
    ]
