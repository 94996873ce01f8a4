"""The ledger: sums, reversals, the last unit, and what the database refuses whoever asks."""

import random
import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, connection, transaction
from pytest_django.fixtures import Settings

from accounts.models import User
from core.models import Tick
from core.receivers import withhold_ledgers
from core.rules import Refused
from supplies import actions, queries, rules
from supplies.enums import MovementKind
from supplies.models import Balance, Lot, Movement, Store, SupplyItem
from tests.casts import NIGHT, Cast, make_areas, make_cast
from tests.supplies.shelves import a_store, an_item, stocked

KINDS = [MovementKind.RECEIVE, MovementKind.ISSUE, MovementKind.ADJUST]


def test_a_quantity_is_positive_and_has_three_decimals_at_most() -> None:
    assert rules.quantity_of(" 2.5 ") == Decimal("2.5")
    for wrong in ("", "0", "-1", "1.0001", "NaN", "Infinity", "三台", "1e30"):
        with pytest.raises(Refused) as caught:
            rules.quantity_of(wrong, field="quantity_7")
        assert caught.value.field == "quantity_7"


def test_what_expires_first_leaves_first_and_what_has_expired_leaves_last() -> None:
    today = date(2026, 7, 19)
    shelf = [
        rules.LotAtHand(1, Decimal(5), None),
        rules.LotAtHand(2, Decimal(5), date(2026, 7, 18)),
        rules.LotAtHand(3, Decimal(5), date(2027, 1, 1)),
        rules.LotAtHand(4, Decimal(5), date(2026, 8, 1)),
    ]
    assert rules.picked(shelf, Decimal(7), today=today) == {4: Decimal(5), 3: Decimal(2)}
    assert rules.picked(shelf, Decimal(16), today=today) == {
        lot: Decimal(taken) for lot, taken in ((4, 5), (3, 5), (1, 5), (2, 1))
    }
    assert rules.picked(shelf, Decimal(21), today=today) is None


def test_rows_one_after_the_other_never_take_a_place_below_zero() -> None:
    chance = random.Random(11)
    for _run in range(200):
        present: dict[rules.Place, Decimal] = {}
        written: list[rules.Entry] = []
        for _step in range(30):
            entry = _any_entry(chance, written)
            if not rules.shortages([entry], present):
                written.append(entry)
                for place, change in rules.effects([entry]).items():
                    present[place] = present.get(place, Decimal(0)) + change
        assert all(quantity >= 0 for quantity in present.values())
        sums = rules.effects(written)
        assert {place: sums[place] for place in present} == present


def _any_entry(chance: random.Random, written: list[rules.Entry]) -> rules.Entry:
    if written and chance.random() < 0.25:
        return rules.reversal(chance.choice(written))
    store, lot, quantity = chance.randint(1, 3), chance.randint(1, 2), Decimal(chance.randint(1, 9))
    kind = chance.choice(KINDS)
    into = kind == MovementKind.RECEIVE or (kind == MovementKind.ADJUST and chance.random() < 0.5)
    return rules.Entry(kind, lot, quantity, None if into else store, store if into else None)


@pytest.mark.parametrize("seed", [3, 17, 92])
def test_the_balances_are_the_sums_of_the_movements_whatever_happens(cast: Cast, now: datetime, seed: int) -> None:
    chance = random.Random(seed)
    stores = [a_store(), a_store(), a_store()]
    items = [an_item(), an_item("救生衣", "件")]
    drill = uuid.uuid4()
    refused = 0
    for step in range(80):
        try:
            _something(chance, stores, items, cast, now + timedelta(seconds=step), drill)
        except Refused:
            refused += 1
    assert Movement.objects.count() > 25
    assert refused > 0
    assert queries.unbalanced() == []
    assert not Balance.objects.filter(quantity__lt=0).exists()


def _something(
    chance: random.Random, stores: list[Store], items: list[SupplyItem], cast: Cast, now: datetime, drill: uuid.UUID
) -> None:
    store, item, quantity = chance.choice(stores), chance.choice(items), Decimal(chance.randint(1, 12))
    exercise = drill if chance.random() < 0.2 else None
    keeper = cast.storekeeper
    deed = chance.choice(["receive", "receive", "issue", "send", "arrive", "settle", "reverse", "write off", "back"])
    if deed == "receive":
        actions.receive(store=store, item=item, quantity=quantity, by=keeper, now=now, exercise=exercise)
    elif deed == "issue":
        actions.issue_now(
            store=store, quantities={item.pk: quantity}, to_whom="抢险队", by=keeper, now=now, exercise=exercise
        )
    elif deed == "send":
        other = chance.choice([one for one in stores if one != store])
        actions.send(
            from_store=store, to_store=other, quantities={item.pk: quantity}, by=keeper, now=now, exercise=exercise
        )
    elif deed in ("arrive", "settle"):
        _moves_on(chance, cast, now, deed)
    elif deed == "reverse" and Movement.objects.exists():
        row = chance.choice(list(Movement.objects.order_by("pk")))
        actions.reverse(movement=row, reason="录错", by=cast.duty_officer, now=now)
    elif deed == "write off":
        lot = Lot.objects.filter(item=item).order_by("pk").first()
        if lot:
            actions.write_off(store=store, lot=lot, quantity=quantity, reason="破损", by=cast.leader, now=now)
    elif deed == "back":
        issue = queries.issues(cast.leader.scope).first()
        for lot_id, out in (queries.still_out(issue=issue) if issue else {}).items():
            lot = Lot.objects.select_related("item").get(pk=lot_id)
            actions.take_back(store=store, lot=lot, quantity=out, issue=issue, by=keeper, now=now)


def _moves_on(chance: random.Random, cast: Cast, now: datetime, deed: str) -> None:
    state = "on_the_way" if deed == "arrive" else "received_short"
    transfer = queries.transfers(cast.leader.scope, state=state).first()
    if transfer is None:
        return
    lines = list(transfer.lines.all())
    if deed == "arrive":
        counted = {line.pk: Decimal(chance.randint(0, int(line.sent))) for line in lines}
        actions.arrive(transfer=transfer, counted=counted, by=cast.storekeeper, now=now)
    else:
        found = {line.pk: Decimal(chance.randint(0, int(queries.missing(line)))) for line in lines}
        actions.settle_difference(transfer=transfer, found=found, reason="清点", by=cast.leader, now=now)


def test_an_exercise_draws_on_paper_only(cast: Cast, now: datetime) -> None:
    store, pump, drill = a_store(), an_item(), uuid.uuid4()
    stocked(store, pump, 3, by=cast.storekeeper)
    drawn = {"store": store, "to_whom": "演练队", "by": cast.storekeeper, "now": now, "exercise": drill}
    actions.issue_now(quantities={pump.pk: Decimal(2)}, **drawn)  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        actions.issue_now(quantities={pump.pk: Decimal(2)}, **drawn)  # type: ignore[arg-type]
    assert caught.value.params["present"] == "1"
    other = drawn | {"exercise": uuid.uuid4()}
    actions.issue_now(quantities={pump.pk: Decimal(3)}, **other)  # type: ignore[arg-type]
    assert queries.balance(store, pump) == 3
    assert [one.quantity for one in queries.items_at(store, exercise=drill)] == [1]
    assert queries.unbalanced() == []
    new_store = a_store()
    stocked(new_store, pump, 5, by=cast.storekeeper, exercise=drill)
    assert not Balance.objects.filter(store=new_store).exists()


def test_a_reversal_is_a_row_of_its_own_by_another_person_once(cast: Cast, now: datetime) -> None:
    store, pump = a_store(), an_item()
    stocked(store, pump, 30, by=cast.storekeeper)
    row = Movement.objects.get()
    with pytest.raises(Refused) as caught:
        actions.reverse(movement=row, reason="应为 3 台", by=cast.storekeeper, now=now)
    assert caught.value.code == "outside_area"
    mended = actions.reverse(movement=row, reason="应为 3 台", by=cast.duty_officer, now=now)
    assert mended.from_store == store
    assert [mended.quantity, queries.balance(store, pump)] == [Decimal(30), Decimal(0)]
    for again in (row, mended):
        with pytest.raises(Refused):
            actions.reverse(movement=again, reason="再次", by=cast.leader, now=now)


def test_a_receipt_that_is_used_up_is_not_reversed(cast: Cast, now: datetime) -> None:
    store, pump = a_store(), an_item()
    stocked(store, pump, 3, by=cast.storekeeper)
    row = Movement.objects.get()
    actions.issue_now(store=store, quantities={pump.pk: Decimal(1)}, to_whom="抢险队", by=cast.storekeeper, now=now)
    with pytest.raises(Refused) as caught:
        actions.reverse(movement=row, reason="录错", by=cast.leader, now=now)
    assert caught.value.code == "conflict_not_enough"
    assert queries.balance(store, pump) == 2


def test_nobody_changes_or_removes_a_movement(cast: Cast, now: datetime) -> None:
    stocked(a_store(), an_item(), 3, by=cast.storekeeper)
    for forbidden in (lambda: Movement.objects.update(quantity=1), lambda: Movement.objects.all().delete()):
        with pytest.raises(InternalError, match="append_only"), transaction.atomic():
            forbidden()


def test_the_application_s_role_may_neither_change_nor_remove_movements(db: None, settings: Settings) -> None:
    """As after every migration on the platform: the right is taken from the role, besides the row being guarded."""
    settings.APP_ROLE = "weidong_app"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'weidong_app'")
        if cursor.fetchone() is None:
            pytest.skip("this cluster has no role of the application")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON supplies_movement TO weidong_app")
        withhold_ledgers(sender=apps.get_app_config("core"))
        held = {}
        for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            cursor.execute("SELECT has_table_privilege('weidong_app', 'supplies_movement', %s)", [right])
            held[right] = cursor.fetchone()[0]
    assert held == {"INSERT": True, "UPDATE": False, "DELETE": False, "TRUNCATE": False}


def test_the_database_itself_refuses_a_row_that_takes_more_than_there_is(cast: Cast, now: datetime) -> None:
    store, pump = a_store(), an_item()
    lot = stocked(store, pump, 2, by=cast.storekeeper)
    fields = {"lot": lot, "area_code": store.area_code, "occurred_at": now, "recorded_at": now, "by_name": "系统"}
    with pytest.raises(IntegrityError, match="balance_not_negative"), transaction.atomic():
        Movement.objects.create(kind=MovementKind.ISSUE, from_store=store, quantity=3, **fields)
    with pytest.raises(IntegrityError, match="balance_not_negative"), transaction.atomic():
        Movement.objects.create(kind=MovementKind.ISSUE, from_store=a_store(), quantity=1, **fields)
    with pytest.raises(IntegrityError, match="movement_direction"), transaction.atomic():
        Movement.objects.create(kind=MovementKind.ISSUE, to_store=store, quantity=1, **fields)


def test_the_nightly_proof_gives_its_sign_of_life_only_when_the_books_are_right(cast: Cast, now: datetime) -> None:
    lot = stocked(a_store(), an_item(), 2, by=cast.storekeeper)
    assert actions.check_ledger(now=now) == 0
    assert Tick.objects.get(name="supplies.check_ledger").at == now
    Balance.objects.filter(lot=lot).update(quantity=5)
    assert actions.check_ledger(now=now + timedelta(days=1)) == 1
    assert Tick.objects.get(name="supplies.check_ledger").at == now


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_who_draw_the_last_unit_at_once_one_wins() -> None:
    make_areas()
    cast = make_cast()
    store, pump = a_store(), an_item()
    stocked(store, pump, 1, by=cast.storekeeper)
    won, told, wrong = _all_at_once(20, lambda: _draws(store, pump, cast.storekeeper))
    assert (won, told, wrong) == (1, 19, [])
    assert queries.balance(store, pump) == 0
    assert Movement.objects.filter(kind=MovementKind.ISSUE).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_stale_copies_cannot_both_take_what_is_there_once() -> None:
    """Both saw 5 before either took 5; and both stores at once, crosswise, lock in one order."""
    make_areas()
    cast = make_cast()
    one, other, pump = a_store(), a_store(), an_item()
    for store in (one, other):
        stocked(store, pump, 5, by=cast.storekeeper)
    turns = iter([one, other] * 4)
    crosswise = {one.pk: other, other.pk: one}

    def sends() -> None:
        store = next(turns)
        actions.send(
            from_store=store,
            to_store=crosswise[store.pk],
            quantities={pump.pk: Decimal(5)},
            by=cast.storekeeper,
            now=NIGHT,
        )

    won, told, wrong = _all_at_once(8, sends)
    assert (won, told, wrong) == (2, 6, [])
    assert queries.unbalanced() == []


def _draws(store: Store, item: SupplyItem, by: User) -> None:
    actions.issue_now(store=store, quantities={item.pk: Decimal(1)}, to_whom="抢险队", by=by, now=NIGHT)


def _all_at_once(count: int, deed: Callable[[], None]) -> tuple[int, int, list[BaseException]]:
    """How many did it, how many were told that it was too late, and whatever else happened."""
    gate, lock = threading.Barrier(count), threading.Lock()
    won, told, wrong = [0], [0], []

    def run() -> None:
        try:
            gate.wait(timeout=20)
            deed()
            outcome = won
        except Refused:
            outcome = told
        except BaseException as error:
            with lock:
                wrong.append(error)
            return
        finally:
            connection.close()
        with lock:
            outcome[0] += 1

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return won[0], told[0], wrong
