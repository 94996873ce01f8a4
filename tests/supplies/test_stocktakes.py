"""Stock-takes: blind, by three people, while stock moves."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from assignments.enums import State
from assignments.models import Assignment
from core.rules import Refused
from supplies import actions, queries
from supplies.enums import MovementKind, Part, StocktakeState
from supplies.models import Balance, Lot, Movement, Proof, Stocktake, Store
from supplies.rules import Entry
from supplies.rules.stocktake import fingerprint
from tests.casts import SUBDISTRICT, Cast
from tests.supplies.shelves import a_store, an_item, stocked

pytestmark = pytest.mark.django_db


def opened(cast: Cast, now: datetime, store: Store) -> Stocktake:
    """The storekeeper counts, the officer of the street recounts."""
    return actions.open_stocktake(
        store=store, counter=cast.storekeeper, recounter=cast.subdistrict_officer, by=cast.duty_officer, now=now
    )


def counted(taken: Stocktake, quantity: int | str, *, by: User, now: datetime, finish: bool = True) -> None:
    """Every lot is found to be `quantity`."""
    for line in queries.lines_of(taken):
        actions.count_line(line=line, quantity=Decimal(quantity), by=by, now=now)
    if finish:
        actions.finish_count(stocktake=taken, by=by, now=now)


def seen(taken: Stocktake) -> str:
    return fingerprint(queries.tallies(taken).values())


def ten_pumps(cast: Cast, now: datetime) -> tuple[Store, Lot]:
    store = a_store(keeper=cast.storekeeper, area_code=SUBDISTRICT)
    return store, stocked(store, an_item(), 10, by=cast.storekeeper, now=now)


def held(store: Store, lot: Lot) -> Decimal:
    return Balance.objects.get(store=store, lot=lot).quantity


def test_one_counts_another_recounts_a_third_books_and_the_store_is_proven(cast: Cast, now: datetime) -> None:
    store, lot = ten_pumps(cast, now)
    taken = opened(cast, now, store)
    duty = Assignment.objects.get(kind="stocktake")
    assert duty.assignee == cast.storekeeper
    counted(taken, 8, by=cast.storekeeper, now=now)
    duty.refresh_from_db()
    assert duty.state == State.VERIFIED
    assert Assignment.objects.filter(kind="stocktake", assignee=cast.subdistrict_officer).exists()
    counted(taken, 8, by=cast.subdistrict_officer, now=now)
    booked = actions.book_stocktake(
        stocktake=taken, seen=seen(taken), reason="两台送修未登记", by=cast.duty_officer, now=now
    )
    assert booked.state == StocktakeState.BOOKED
    row = Movement.objects.get(kind=MovementKind.ADJUST)
    assert (row.from_store, row.quantity, row.by) == (store, Decimal(2), cast.duty_officer)
    assert held(store, lot) == 8
    assert Proof.objects.get(store=store, part=Part.SUFFICIENT).at == now


def test_who_counted_does_not_approve_and_the_database_says_so_too(cast: Cast, now: datetime) -> None:
    store, _lot = ten_pumps(cast, now)
    taken = actions.open_stocktake(
        store=store, counter=cast.storekeeper, recounter=cast.duty_officer, by=cast.leader, now=now
    )
    counted(taken, 10, by=cast.storekeeper, now=now)
    counted(taken, 10, by=cast.duty_officer, now=now)
    with pytest.raises(Refused) as refused:
        actions.book_stocktake(stocktake=taken, seen=seen(taken), reason="", by=cast.duty_officer, now=now)
    assert refused.value.code == "stocktake.own_count"
    with pytest.raises(IntegrityError), transaction.atomic():
        Stocktake.objects.filter(pk=taken.pk).update(approved_by=cast.duty_officer)
    actions.book_stocktake(stocktake=taken, seen=seen(taken), reason="", by=cast.leader, now=now)
    assert not Movement.objects.filter(kind=MovementKind.ADJUST).exists()


def test_pumps_that_leave_between_the_two_counts_are_no_difference(cast: Cast, now: datetime) -> None:
    store, lot = ten_pumps(cast, now - timedelta(hours=1))
    taken = opened(cast, now - timedelta(minutes=30), store)
    counted(taken, 10, by=cast.storekeeper, now=now - timedelta(minutes=20))
    actions.post(
        [Entry(MovementKind.ISSUE, lot.pk, Decimal(3), from_store=store.pk)],
        by=cast.storekeeper,
        now=now - timedelta(minutes=10),
    )
    counted(taken, 7, by=cast.subdistrict_officer, now=now)
    (tally,) = queries.tallies(taken).values()
    assert not tally.difference
    assert not tally.is_disputed


def test_papers_that_come_late_change_the_figures_and_are_looked_at_again(cast: Cast, now: datetime) -> None:
    store, lot = ten_pumps(cast, now - timedelta(days=1))
    taken = opened(cast, now - timedelta(hours=3), store)
    counted(taken, 8, by=cast.storekeeper, now=now - timedelta(hours=2))
    counted(taken, 8, by=cast.subdistrict_officer, now=now - timedelta(hours=1))
    shown = seen(taken)
    actions.post(
        [Entry(MovementKind.ISSUE, lot.pk, Decimal(2), from_store=store.pk)],
        by=cast.storekeeper,
        now=now,
        occurred_at=now - timedelta(hours=4),
    )
    with pytest.raises(Refused) as refused:
        actions.book_stocktake(stocktake=taken, seen=shown, reason="少两台", by=cast.duty_officer, now=now)
    assert refused.value.code == "conflict.figures_changed"
    actions.book_stocktake(stocktake=taken, seen=seen(taken), reason="", by=cast.duty_officer, now=now)
    assert held(store, lot) == 8


def test_a_receipt_that_is_reversed_has_never_been_on_the_shelf(cast: Cast, now: datetime) -> None:
    store, lot = ten_pumps(cast, now - timedelta(days=1))
    wrong = actions.receive(
        store=store, item=lot.item, quantity=Decimal(5), lot_number=lot.number, by=cast.storekeeper, now=now
    )
    taken = opened(cast, now, store)
    counted(taken, 10, by=cast.storekeeper, now=now + timedelta(minutes=1))
    counted(taken, 10, by=cast.subdistrict_officer, now=now + timedelta(minutes=2))
    actions.reverse(movement=wrong, reason="重复录入", by=cast.duty_officer, now=now + timedelta(minutes=3))
    (tally,) = queries.tallies(taken).values()
    assert tally.difference == 0


def test_whatever_moves_and_whoever_types_late_the_books_end_up_as_the_shelf(cast: Cast, now: datetime) -> None:
    dice = random.Random(3)
    for _round in range(8):
        store, lot = ten_pumps(cast, now - timedelta(days=2))
        start = now - timedelta(minutes=100)
        shelf, hidden = {}, dice.randint(-3, 3)
        taken = opened(cast, start, store)
        moves = [(minute, dice.choice((1, 2, -1))) for minute in sorted(dice.sample(range(1, 100), 6))]
        for minute in (30, 60):
            shelf[minute] = 10 + hidden + sum(change for at, change in moves if at <= minute)
        late = {minute for minute, _change in moves if dice.random() < 0.4}
        for at, change in moves:
            if at not in late:
                moved(store, lot, change, cast.storekeeper, now=start + timedelta(minutes=at))
        counted(taken, shelf[30], by=cast.storekeeper, now=start + timedelta(minutes=30))
        counted(taken, shelf[60], by=cast.subdistrict_officer, now=start + timedelta(minutes=60))
        for at, change in moves:
            if at in late:
                moved(store, lot, change, cast.storekeeper, now=now, occurred_at=start + timedelta(minutes=at))
        actions.book_stocktake(stocktake=taken, seen=seen(taken), reason="盘点差异", by=cast.duty_officer, now=now)
        assert held(store, lot) == 10 + hidden + sum(change for _at, change in moves)


def moved(store: Store, lot: Lot, change: int, by: User, *, now: datetime, occurred_at: datetime | None = None) -> None:
    kind = MovementKind.RETURN if change > 0 else MovementKind.ISSUE
    place = {"to_store": store.pk} if change > 0 else {"from_store": store.pk}
    entry = Entry(kind, lot.pk, Decimal(abs(change)), **place)
    actions.post([entry], by=by, now=now, occurred_at=occurred_at)


def test_disputed_lots_go_back_to_the_recounter_and_to_nobody_else(cast: Cast, now: datetime) -> None:
    store, _lot = ten_pumps(cast, now)
    stocked(store, an_item("编织袋", "条"), 10, by=cast.storekeeper, now=now)
    taken = opened(cast, now, store)
    counted(taken, 10, by=cast.storekeeper, now=now)
    first, second = queries.lines_of(taken)
    actions.count_line(line=first, quantity=Decimal(10), by=cast.subdistrict_officer, now=now)
    actions.count_line(line=second, quantity=Decimal(9), by=cast.subdistrict_officer, now=now)
    actions.finish_count(stocktake=taken, by=cast.subdistrict_officer, now=now)
    actions.recount_again(stocktake=taken, by=cast.duty_officer, now=now + timedelta(minutes=5))
    assert [line.recounted for line in queries.lines_of(taken)] == [10, None]
    later = now + timedelta(minutes=9)
    with pytest.raises(Refused) as refused:
        actions.finish_count(stocktake=taken, by=cast.subdistrict_officer, now=later)
    assert refused.value.code == "stocktake.not_counted"
    actions.count_line(line=second, quantity=Decimal(10), by=cast.subdistrict_officer, now=later)
    done = actions.finish_count(stocktake=taken, by=cast.subdistrict_officer, now=later)
    assert done.state == StocktakeState.REVIEWED


def test_a_store_has_one_stocktake_at_a_time_and_an_empty_one_none(cast: Cast, now: datetime) -> None:
    store, _lot = ten_pumps(cast, now)
    taken = opened(cast, now, store)
    with pytest.raises(Refused) as refused:
        opened(cast, now, store)
    assert refused.value.code == "conflict.stocktake_running"
    actions.cancel_stocktake(stocktake=taken, reason="仓库搬迁", by=cast.duty_officer, now=now)
    assert Assignment.objects.get(kind="stocktake").state == State.CANCELLED
    opened(cast, now, store)
    with pytest.raises(Refused) as refused:
        opened(cast, now, a_store())
    assert refused.value.code == "stocktake.nothing_there"


def test_those_who_count_never_see_what_the_books_say(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client], api: Callable[[User], Client]
) -> None:
    store = a_store(keeper=cast.storekeeper)
    stocked(store, an_item("救生衣", "件"), 7351, by=cast.storekeeper, now=now)
    taken = opened(cast, now, store)
    keeper = signed_in(cast.storekeeper)
    shown = keeper.get(f"/supplies/stocktakes/{taken.pk}/", follow=True)
    assert shown.redirect_chain
    for answer in (shown, api(cast.storekeeper).get(f"/api/v1/supplies/stocktakes/{taken.pk}/")):
        assert "救生衣" in answer.content.decode()
        assert "7351" not in answer.content.decode().replace(",", "")
    (line,) = queries.lines_of(taken)
    keeper.post(f"/supplies/stocktakes/{taken.pk}/count/", {"line": line.pk, "quantity": "7000"})
    keeper.post(f"/supplies/stocktakes/{taken.pk}/finish/")
    blind = signed_in(cast.subdistrict_officer).get(f"/supplies/stocktakes/{taken.pk}/count/").content.decode()
    assert "7000" not in blind
    desk = signed_in(cast.duty_officer).get(f"/supplies/stocktakes/{taken.pk}/").content.decode()
    assert "7,351" in desk


def test_nobody_else_can_count_and_the_outsider_finds_nothing(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    store, _lot = ten_pumps(cast, now)
    taken = opened(cast, now, store)
    assert signed_in(cast.grid_worker).get(f"/supplies/stocktakes/{taken.pk}/count/").status_code == 404
    assert signed_in(cast.outsider).get(f"/supplies/stocktakes/{taken.pk}/").status_code == 403
    assert signed_in(cast.other_officer).get(f"/supplies/stocktakes/{taken.pk}/").status_code == 404
    with pytest.raises(Refused) as refused:
        actions.count_line(line=queries.lines_of(taken)[0], quantity=Decimal(1), by=cast.subdistrict_officer, now=now)
    assert refused.value.code == "conflict.stocktake_state"


def test_the_whole_of_it_by_the_screens(cast: Cast, now: datetime, signed_in: Callable[[User], Client]) -> None:
    store, lot = ten_pumps(cast, now)
    desk = signed_in(cast.duty_officer)
    answer = desk.post(
        "/supplies/stocktakes/new/",
        {"store": store.pk, "counter": cast.storekeeper.pk, "recounter": cast.subdistrict_officer.pk},
    )
    taken = Stocktake.objects.get()
    assert answer.headers["Location"] == f"/supplies/stocktakes/{taken.pk}/"
    (line,) = queries.lines_of(taken)
    for person in (cast.storekeeper, cast.subdistrict_officer):
        phone = signed_in(person)
        wrong = phone.post(
            f"/supplies/stocktakes/{taken.pk}/count/",
            {"line": line.pk, "quantity": "-3"},
            headers={"HX-Request": "true"},
        )
        assert "field-error" in wrong.content.decode()
        noted = phone.post(
            f"/supplies/stocktakes/{taken.pk}/count/",
            {"line": line.pk, "quantity": "12"},
            headers={"HX-Request": "true"},
        )
        assert "is-counted" in noted.content.decode()
        phone.post(f"/supplies/stocktakes/{taken.pk}/finish/")
    (item,) = queries.stocktake_open_items(cast.duty_officer.scope, now)
    assert item.url == f"/supplies/stocktakes/{taken.pk}/"
    page = desk.get(f"/supplies/stocktakes/{taken.pk}/")
    refused = desk.post(f"/supplies/stocktakes/{taken.pk}/book/", {"seen": seen(taken), "reason": ""})
    assert page.status_code == refused.status_code == 200
    desk.post(f"/supplies/stocktakes/{taken.pk}/book/", {"seen": seen(taken), "reason": "盘盈两台"})
    assert held(store, lot) == 12
    assert desk.get("/supplies/stocktakes/").status_code == 200
