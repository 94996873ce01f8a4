"""How ready the stores are, and who is told what is short."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.models import Tick
from messaging.models import Broadcast, Delivery
from supplies import actions, queries
from supplies.enums import ItemCategory, MovementKind, Part, Standing, Why
from supplies.models import KeeperNotice, NoticeRun, Proof, Quota, Store, SupplyItem
from supplies.rules import Entry
from territory.rules import scope_of
from tests.casts import DISTRICT, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.supplies.shelves import a_store, an_item, stocked
from tests.supplies.test_stocktakes import opened, seen

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)
MORNING = timedelta(hours=10)  # the night's 23:00 and ten hours more: 09:00 in the district


def owed(store: Store, item: SupplyItem, quantity: int, level: int | None = None) -> None:
    Quota.objects.create(store=store, item=item, quantity=quantity, response_level=level)


def sacks_and_pumps(cast: Cast, now: datetime, area_code: str = SUBDISTRICT) -> tuple[Store, SupplyItem, SupplyItem]:
    store = a_store(keeper=cast.storekeeper, area_code=area_code, vehicle="轻型货车")
    sacks = an_item("编织袋", "条", load_minutes=30)
    pumps = an_item("潜水泵", "台", category=ItemCategory.EQUIPMENT, load_minutes=15)
    for item, quantity in ((sacks, 500), (pumps, 3)):
        owed(store, item, quantity)
        stocked(store, item, quantity, by=cast.storekeeper, now=now - timedelta(days=2))
    return store, sacks, pumps


def test_a_store_becomes_ready_proof_by_proof_and_not_before(cast: Cast, now: datetime) -> None:
    store, sacks, pumps = sacks_and_pumps(cast, now)

    def ready() -> tuple[int, int, int]:
        found = queries.readiness(WHOLE, now)
        return found.ready, found.unknown, found.total

    assert ready() == (0, 2, 2)  # everything is there and nothing is proven
    taken = opened(cast, now, store)
    for person in (cast.storekeeper, cast.subdistrict_officer):
        for line in queries.lines_of(taken):
            actions.count_line(line=line, quantity=line.expected, by=person, now=now)
        actions.finish_count(stocktake=taken, by=person, now=now)
    actions.book_stocktake(stocktake=taken, seen=seen(taken), reason="", by=cast.duty_officer, now=now)
    actions.record_proof(store=store, part=Part.MOVABLE, is_good=True, minutes=12, by=cast.storekeeper, now=now)
    actions.record_proof(store=store, part=Part.USABLE, is_good=True, by=cast.storekeeper, now=now)
    assert ready() == (1, 1, 2)  # a pump is run by itself
    actions.record_proof(store=store, part=Part.USABLE, items=[pumps], is_good=True, by=cast.storekeeper, now=now)
    assert ready() == (2, 0, 2)
    found = queries.readiness(WHOLE, now)
    assert (found.percent, found.worst, found.oldest) == (100, None, now)
    later = now + timedelta(minutes=1)
    actions.record_proof(
        store=store, part=Part.MOVABLE, items=[sacks], is_good=True, minutes=31, by=cast.storekeeper, now=later
    )
    after = queries.readiness(WHOLE, later)
    assert (after.ready, after.not_ready) == (1, 1)  # 31 minutes for sacks that must be loaded in 30


def test_what_leaves_the_store_is_short_at_once_and_a_graver_level_asks_for_more(cast: Cast, now: datetime) -> None:
    store, sacks, _pumps = sacks_and_pumps(cast, now)
    owed(store, sacks, 800, level=2)
    assert queries.readiness(WHOLE, now, 3).shortages == []
    (short,) = queries.readiness(WHOLE, now, 2).shortages
    assert (short.item_name, short.missing) == ("编织袋", Decimal(300))
    lot = sacks.lots.get()
    out = Entry(MovementKind.ISSUE, lot.pk, Decimal(100), from_store=store.pk)
    actions.post([out], by=cast.storekeeper, now=now)
    found = queries.readiness(WHOLE, now)
    assert (found.not_ready, found.shortages[0].missing) == (1, Decimal(100))


def test_goods_out_of_date_are_held_and_not_usable(cast: Cast, now: datetime) -> None:
    store, kits = a_store(keeper=cast.storekeeper, vehicle="面包车"), an_item("急救包", "个", has_expiry=True)
    owed(store, kits, 10)
    yesterday = (now - timedelta(days=1)).date()
    stocked(store, kits, 10, by=cast.storekeeper, expires_on=yesterday, now=now - timedelta(days=9))
    (item,) = queries.readiness(WHOLE, now).items
    assert (item.held, item.in_date) == (Decimal(10), Decimal(0))
    assert (item.parts[2].standing, item.parts[2].why) == (Standing.NOT_READY, Why.OUT_OF_DATE)


def test_the_quota_of_the_whole_district_counts_every_store_and_only_the_district_is_told(
    cast: Cast, now: datetime
) -> None:
    _store, sacks, _pumps = sacks_and_pumps(cast, now)
    other = a_store(area_code=OTHER_SUBDISTRICT)
    stocked(other, sacks, 100, by=cast.storekeeper, now=now)
    Quota.objects.create(store=None, item=sacks, quantity=1000)
    (short,) = queries.readiness(WHOLE, now).shortages
    assert (short.store, short.held, short.missing) == (None, Decimal(600), Decimal(400))
    assert queries.readiness(scope_of(SUBDISTRICT), now).shortages == []
    assert [one.store for one in queries.readiness(scope_of(OTHER_SUBDISTRICT), now).stores] == [other]


def test_readiness_asks_as_often_for_many_stores_as_for_one(cast: Cast, now: datetime) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            found = queries.readiness(WHOLE, now, 2)
            assert found.items
        return len(statements)

    sacks_and_pumps(cast, now)
    few = asked()
    for _store in range(5):
        store, *_items = sacks_and_pumps(cast, now)
        actions.record_proof(store=store, part=Part.MOVABLE, is_good=True, minutes=5, by=cast.storekeeper, now=now)
    assert asked() == few == 4


def test_a_proof_is_never_changed(cast: Cast, now: datetime) -> None:
    store, *_items = sacks_and_pumps(cast, now)
    (proof,) = actions.record_proof(store=store, part=Part.MOVABLE, is_good=False, by=cast.storekeeper, now=now)
    for change in (Proof.objects.filter(pk=proof.pk).update, proof.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(**({"is_good": True} if change != proof.delete else {}))


def test_each_keeper_hears_once_a_day_in_one_message_what_is_short_and_what_expires(cast: Cast, now: datetime) -> None:
    store, sacks, pumps = sacks_and_pumps(cast, now)
    owed(a_store(keeper=cast.storekeeper, area_code=SUBDISTRICT), pumps, 2)
    kits = an_item("急救包", "个", has_expiry=True)
    stocked(store, kits, 4, by=cast.storekeeper, expires_on=(now + timedelta(days=20)).date(), now=now)
    lot = sacks.lots.get()
    actions.post([Entry(MovementKind.ISSUE, lot.pk, Decimal(1), from_store=store.pk)], by=cast.storekeeper, now=now)
    assert actions.tell_keepers(now=now) == 1  # 23:00: the worker was away in the morning
    assert actions.tell_keepers(now=now + timedelta(minutes=10)) == 0
    notice = KeeperNotice.objects.get()
    assert (notice.keeper, notice.short, notice.expiring, notice.expired) == (cast.storekeeper, 2, 1, 0)
    broadcast = Broadcast.objects.get(origin=f"supplies.keeper:{cast.storekeeper.pk}")
    params = Delivery.objects.get(broadcast=broadcast).params
    assert params
    assert params["link"].endswith("/supplies/readiness/")
    assert actions.tell_keepers(now=now + MORNING) == 0  # nothing new: the list is not repeated the next morning
    assert NoticeRun.objects.count() == 2
    assert actions.tell_keepers(now=now + MORNING + timedelta(days=7)) == 1


def test_before_eight_nobody_is_rung_and_an_exercise_makes_nothing_short(cast: Cast, now: datetime) -> None:
    store, sacks, _pumps = sacks_and_pumps(cast, now)
    lot = sacks.lots.get()
    actions.post(
        [Entry(MovementKind.ISSUE, lot.pk, Decimal(400), from_store=store.pk)],
        by=cast.storekeeper,
        now=now,
        exercise="00000000-0000-4000-8000-000000000001",  # type: ignore[arg-type]  # as a drill's id
    )
    assert actions.tell_keepers(now=now + timedelta(hours=3)) == 0
    assert not NoticeRun.objects.exists()
    assert actions.tell_keepers(now=now + MORNING) == 0
    assert queries.readiness(WHOLE, now).shortages == []


def test_the_duty_room_hears_when_nobody_looks_at_the_stores_any_more(cast: Cast, now: datetime) -> None:
    sacks_and_pumps(cast, now)
    assert queries.notices_open_items(WHOLE, now) == []
    late = now + timedelta(hours=27)
    assert queries.notices_open_items(WHOLE, late)[0].key == "supplies.notices"  # it has never come round
    actions.tell_keepers(now=late)
    assert queries.notices_open_items(WHOLE, late) == []
    assert queries.notices_open_items(WHOLE, late + timedelta(hours=27))
    assert queries.notices_open_items(scope_of(SUBDISTRICT), late + timedelta(hours=27)) == []
    assert Tick.objects.filter(name="supplies.tell_keepers").exists()


def test_a_keeper_records_what_he_checked_and_a_stranger_cannot(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client], api: Callable[[User], Client]
) -> None:
    store, _sacks, pumps = sacks_and_pumps(cast, now)
    said = {"part": "usable", "items": [pumps.pk], "result": "bad", "minutes": "", "note": "三号泵不启动"}
    address = f"/supplies/readiness/{store.code}/"
    assert signed_in(cast.storekeeper).post(f"{address}prove/", said).status_code == 302
    assert Proof.objects.get().note == "三号泵不启动"
    page = signed_in(cast.commander).get(address)
    assert "三号泵不启动" in page.content.decode()
    assert signed_in(cast.other_officer).get(address).status_code == 404
    assert signed_in(cast.subdistrict_officer).post(f"{address}prove/", said).status_code == 200
    assert Proof.objects.count() == 1
    for level in ("", "?level=0", "?level=2", "?level=x"):
        assert signed_in(cast.commander).get(f"/supplies/readiness/{level}").status_code == 200
    told = api(cast.commander).get("/api/v1/supplies/readiness/?level=2").json()
    assert (told["total"], told["ready"], told["stores"][0]["store"]) == (2, 0, store.code)
    assert api(cast.commander).get("/api/v1/supplies/readiness/?level=9").status_code == 400
    assert api(cast.outsider).get("/api/v1/supplies/readiness/").status_code == 403
