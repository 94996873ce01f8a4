"""The demo's stores: filled by the same actions as a real one's, and filled once."""

from datetime import datetime, timedelta

from simulators.district import stores
from supplies import queries
from supplies.models import Lot, Movement, Store
from tests.casts import Cast


def test_twelve_stores_hold_what_the_list_says_and_a_second_run_adds_nothing(cast: Cast, now: datetime) -> None:
    people = {"admin": cast.administrator, "keepers": [cast.storekeeper]}
    made = stores.fill(now=now, **people)  # type: ignore[arg-type]
    assert made > 60
    assert Store.objects.filter(is_sample=True).count() == 12
    there = {item.code: item.quantity for item in queries.stock(cast.leader.scope)}
    assert there == {each.code: each.there for each in stores.GOODS}
    assert {item.code for item in queries.stock(cast.leader.scope, short=True)} == {"SD", "DSB", "YJD"}
    assert Lot.objects.filter(expires_on__lt=now.date()).exists()
    for _again in range(2):
        stores.at_work(keeper=cast.storekeeper, officer=cast.duty_officer, now=now)
        assert stores.fill(now=now + timedelta(hours=1), **people) == 0  # type: ignore[arg-type]
    assert queries.figures(cast.leader.scope)["papers"] == 1
    assert Movement.objects.count() == made + 3
    assert queries.unbalanced() == []
