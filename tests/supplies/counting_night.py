"""The stores on the night that the browser tests look at: short, half proven, being counted."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from supplies import actions, queries
from supplies.enums import ItemCategory, MovementKind, Part
from supplies.models import Quota
from supplies.rules import Entry
from supplies.rules.stocktake import fingerprint
from tests.casts import OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.supplies.shelves import a_store, an_item, stocked

ITEMS = [
    ("编织袋", "条", ItemCategory.MATERIAL, 20000, 20000, None),
    ("潜水泵", "台", ItemCategory.EQUIPMENT, 6, 8, None),
    ("发电机", "台", ItemCategory.EQUIPMENT, 2, 2, None),
    ("救生衣", "件", ItemCategory.EQUIPMENT, 120, 100, None),
    ("应急灯", "盏", ItemCategory.SUPPORT, 40, 40, None),
    ("药品急救包", "个", ItemCategory.LIVING, 30, 30, 20),
]


def night_at_the_count(cast: Cast, now: datetime) -> dict[str, str]:
    """A store being counted, one waiting for approval with a dispute, one booked; addresses by name."""
    before, keeper, officer = now - timedelta(days=3), cast.storekeeper, cast.subdistrict_officer
    stores = [
        a_store(keeper=keeper, area_code=area, name=name, vehicle=vehicle)
        for name, area, vehicle in (
            ("东安路街道防汛物资库", SUBDISTRICT, "轻型货车 豫D·00001"),
            ("区应急物资储备中心", SUBDISTRICT, "厢式货车 豫D·00002"),
            ("优越路街道代储点", OTHER_SUBDISTRICT, ""),
        )
    ]
    items = [
        (an_item(name, unit, category=category, load_minutes=30), held, quota, days)
        for name, unit, category, held, quota, days in ITEMS
    ]
    for store in stores:
        for item, held, quota, days in items:
            expires = (now + timedelta(days=days)).date() if days else None
            stocked(store, item, held, by=keeper, lot_number="2026-A", expires_on=expires, now=before)
            Quota.objects.create(store=store, item=item, quantity=quota)
    counting, waiting, booked = (
        actions.open_stocktake(store=store, counter=keeper, recounter=officer, by=cast.duty_officer, now=before)
        for store in stores
    )
    first = queries.lines_of(counting)[0]
    actions.count_line(line=first, quantity=Decimal(19800), by=keeper, now=before)
    for taken in (waiting, booked):
        for person, missing in ((keeper, 1), (officer, 2)):
            for place, line in enumerate(queries.lines_of(taken)):
                off = missing if taken == waiting and place == 1 else 0
                actions.count_line(line=line, quantity=line.expected - off, by=person, now=before)
            actions.finish_count(stocktake=taken, by=person, now=before)
    seen = fingerprint(queries.tallies(booked).values())
    actions.book_stocktake(stocktake=booked, seen=seen, reason="", by=cast.duty_officer, now=before)
    lot = items[0][0].lots.get()
    out = Entry(MovementKind.ISSUE, lot.pk, Decimal(3000), from_store=stores[1].pk)
    with transaction.atomic():
        actions.post([out], by=keeper, now=now)
    actions.record_proof(store=stores[2], part=Part.USABLE, is_good=True, by=keeper, now=before)
    for store in stores[:2]:
        actions.record_proof(store=store, part=Part.MOVABLE, is_good=True, minutes=22, by=keeper, now=before)
    actions.record_proof(
        store=stores[0], part=Part.USABLE, items=[items[1][0]], is_good=False, note="三号泵不启动", by=keeper, now=now
    )
    return {
        "store_ready": f"/supplies/readiness/{stores[0].code}/",
        "counting": f"/supplies/stocktakes/{counting.pk}/count/",
        "to_approve": f"/supplies/stocktakes/{waiting.pk}/",
        "booked": f"/supplies/stocktakes/{booked.pk}/",
    }
