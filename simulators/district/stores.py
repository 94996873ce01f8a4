"""Twelve stores with their goods. What is kept in which unit is usual; every figure is an example."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.gis.geos import Point

from accounts.models import User
from simulators.district.plan import DISTRICT, subdistricts
from simulators.district.sketch import cells
from supplies import actions
from supplies.enums import ItemCategory, StoreMode
from supplies.models import Movement, Store, SupplyItem

NAMESPACE = uuid.UUID("8a1f6f0e-24d5-4c58-9d4e-410403000012")
STOCKED_BEFORE = timedelta(days=75)


@dataclass(frozen=True)
class Goods:
    """One item: in the whole district so much, of which the quota asks `quota`; `months` good from today, if dated."""

    code: str
    name: str
    unit: str
    category: str
    there: int
    quota: int
    months: int | None = None
    load_minutes: int | None = None


@dataclass(frozen=True)
class Depot:
    """One store: `area` is a sub-district by its place in the list, None for the district's own; `keeps` item codes."""

    code: str
    name: str
    mode: str
    area: int | None
    keeps: tuple[str, ...]


MATERIAL, EQUIPMENT = ItemCategory.MATERIAL.value, ItemCategory.EQUIPMENT.value
SUPPORT, LIVING = ItemCategory.SUPPORT.value, ItemCategory.LIVING.value
GOODS = (
    Goods("BZD", "编织袋", "条", MATERIAL, 20_000, 18_000, load_minutes=40),
    Goods("SD", "沙袋", "条", MATERIAL, 6_000, 8_000, load_minutes=60),
    Goods("DD", "吨袋", "个", MATERIAL, 300, 200),
    Goods("TGB", "土工布", "m²", MATERIAL, 4_000, 3_000),
    Goods("MZ", "木桩", "根", MATERIAL, 1_986, 1_500),
    Goods("QS", "铅丝", "kg", MATERIAL, 1_000, 1_000),
    Goods("DSB", "挡水板", "块", MATERIAL, 240, 260, load_minutes=30),
    Goods("TQ", "铁锹", "把", EQUIPMENT, 1_000, 800),
    Goods("QSB", "潜水泵", "台", EQUIPMENT, 24, 24, load_minutes=15),
    Goods("YDB", "移动泵车", "台", EQUIPMENT, 4, 4, load_minutes=5),
    Goods("RG", "排水软管", "m", EQUIPMENT, 1_200, 1_200, load_minutes=15),
    Goods("FDJ", "发电机", "台", EQUIPMENT, 10, 8, load_minutes=20),
    Goods("CFZ", "冲锋舟", "艘", EQUIPMENT, 3, 3, load_minutes=20),
    Goods("JSY", "救生衣", "件", EQUIPMENT, 500, 500, months=14),
    Goods("JSQ", "救生圈", "个", EQUIPMENT, 100, 100, months=26),
    Goods("DL", "应急电缆", "m", SUPPORT, 2_400, 2_000),
    Goods("YJD", "应急灯", "盏", SUPPORT, 100, 120, months=20),
    Goods("SDT", "强光手电", "只", SUPPORT, 160, 150),
    Goods("JJD", "警戒带", "卷", SUPPORT, 260, 200),
    Goods("SM", "水马", "个", SUPPORT, 180, 180, load_minutes=25),
    Goods("DJJ", "对讲机", "部", SUPPORT, 60, 60),
    Goods("JJB", "药品急救包", "个", LIVING, 90, 80, months=1),
    Goods("ZP", "帐篷", "顶", LIVING, 20, 20),
    Goods("MB", "棉被", "床", LIVING, 200, 150),
)
PUMPING = ("QSB", "RG", "DL", "FDJ")
DEPOTS = (
    Depot("WD-CK01", "区防汛物资中心仓库", StoreMode.OWN.value, None, tuple(each.code for each in GOODS)),
    Depot("WD-CK02", "东部应急仓库", StoreMode.OWN.value, 2, ("BZD", "SD", "TQ", "JSY", "SM", "JJD", *PUMPING)),
    Depot("WD-CK03", "西部应急仓库", StoreMode.OWN.value, 5, ("BZD", "SD", "DSB", "JSY", "YJD", *PUMPING)),
    Depot("WD-CK04", "市政抢险备勤点", StoreMode.OWN.value, 7, ("YDB", "SM", "JJD", "SDT", *PUMPING)),
    Depot("WD-CK05", "城管局代储仓库", StoreMode.ENTRUSTED.value, 1, ("SM", "JJD", "DSB", "TQ", "SDT")),
    Depot("WD-CK06", "水利局代储仓库", StoreMode.ENTRUSTED.value, 9, ("BZD", "TGB", "MZ", "QS", "CFZ", "JSQ")),
    Depot("WD-CK07", "民政代储仓库", StoreMode.ENTRUSTED.value, 3, ("ZP", "MB", "JJB")),
    Depot("WD-CK08", "消防救援站代储点", StoreMode.ENTRUSTED.value, 6, ("CFZ", "JSY", "JSQ", "DJJ", "YJD")),
    Depot("WD-CK09", "建材市场号料点", StoreMode.PLEDGED.value, 4, ("BZD", "SD", "TGB", "MZ")),
    Depot("WD-CK10", "河道沿线号料点", StoreMode.PLEDGED.value, 10, ("SD", "MZ", "QS", "TQ")),
    Depot("WD-CK11", "商超协议储备点", StoreMode.CONTRACT.value, 0, ("MB", "JJB", "SDT")),
    Depot("WD-CK12", "设备租赁协议点", StoreMode.CONTRACT.value, 8, ("QSB", "FDJ", "DL", "DD")),
)


def fill(*, admin: User, keepers: list[User], now: datetime) -> int:
    """The catalogue, the stores, their lots and the quotas; what is there already stays. Returns rows of the ledger."""
    since = now - STOCKED_BEFORE
    items = {each.code: _item(each, admin, since) for each in GOODS}
    stores = {depot.code: _store(depot, place, admin, keepers, since) for place, depot in enumerate(DEPOTS)}
    made = 0
    for each in GOODS:
        if each.quota and not items[each.code].quotas.filter(store=None):
            actions.set_quota(
                item=items[each.code], quantity=Decimal(each.quota), by=admin.actor, now=since, is_sample=True
            )
        for depot, share in _shares(each):
            if (
                each.code in PUMPING
                and depot.mode == StoreMode.OWN
                and not items[each.code].quotas.filter(store=stores[depot.code])
            ):
                actions.set_quota(
                    item=items[each.code],
                    store=stores[depot.code],
                    quantity=Decimal(share),
                    by=admin.actor,
                    now=since,
                    is_sample=True,
                )
            made += _lots(each, items[each.code], stores[depot.code], share, keepers[0], now)
    return made


def _item(each: Goods, admin: User, since: datetime) -> SupplyItem:
    known = SupplyItem.objects.filter(code=each.code).first()
    return known or actions.save_item(
        code=each.code,
        name=each.name,
        unit=each.unit,
        category=each.category,
        has_expiry=each.months is not None,
        load_minutes=each.load_minutes,
        by=admin.actor,
        now=since,
    )


def _store(depot: Depot, place: int, admin: User, keepers: list[User], since: datetime) -> Store:
    known = Store.objects.filter(code=depot.code).first()
    if known is not None:
        return known
    area = subdistricts()[depot.area].code if depot.area is not None else DISTRICT
    spot = cells()[area if depot.area is not None else subdistricts()[11].code].point_on_surface
    return actions.save_store(
        code=depot.code,
        name=f"{depot.name}（示例）",
        mode=depot.mode,
        area_code=area,
        position=Point(spot.x + 0.004, spot.y - 0.003, srid=4326),  # beside the name of the sub-district
        keeper=keepers[place % len(keepers)],
        deputy_keeper=keepers[(place + 1) % len(keepers)] if len(keepers) > 1 else None,
        vehicle="轻型货车 1 台（示例）" if depot.mode == StoreMode.OWN else "",
        phone=f"190000009{place + 1:02d}",
        is_sample=True,
        by=admin,
        now=since,
    )


def _shares(each: Goods) -> list[tuple[Depot, int]]:
    """How the stores that keep an item divide it: the central store half, the others the rest; sums exactly."""
    keeping = [depot for depot in DEPOTS if each.code in depot.keeps]
    rest = each.there
    shares = []
    for place, depot in enumerate(keeping):
        left = len(keeping) - place
        share = rest if left == 1 else each.there // 2 if place == 0 else rest // left
        shares.append((depot, share))
        rest -= share
    return [(depot, share) for depot, share in shares if share > 0]


def _lots(each: Goods, item: SupplyItem, store: Store, share: int, by: User, now: datetime) -> int:
    """One lot, two of dated goods: a fifth of those is older and good for a year less than the rest."""
    until = _months_on(now.date(), each.months) if each.months is not None else None
    older = share // 5 if until else 0
    parts = (
        [("24", older, until - timedelta(days=45)), ("25", share - older, until)] if until else [("25", share, None)]
    )
    made = 0
    for year, quantity, good_until in parts:
        key = uuid.uuid5(NAMESPACE, f"{store.code}:{each.code}:{year}")
        if quantity and not Movement.objects.filter(uuid=key).exists():
            actions.receive(
                store=store,
                item=item,
                quantity=Decimal(quantity),
                lot_number=f"{each.code}-{year}（示例）",
                expires_on=good_until,
                document="示例期初",
                by=by,
                now=now - STOCKED_BEFORE,
                client_uuid=key,
            )
            made += 1
    return made


def _months_on(day: date, months: int) -> date:
    return day + timedelta(days=30 * months)


def at_work(*, keeper: User, officer: User, now: datetime) -> None:
    """One load that arrived yesterday, one emergency issue whose papers are still owed; nothing when they are there."""
    stores = {store.code: store for store in Store.objects.filter(code__in=["WD-CK01", "WD-CK02"])}
    pump, bag = (SupplyItem.objects.get(code=code) for code in ("QSB", "BZD"))
    sent = actions.send(
        from_store=stores["WD-CK01"],
        to_store=stores["WD-CK02"],
        quantities={bag.pk: Decimal(500)},
        driver_name="示例司机",
        driver_phone="19000000999",
        by=keeper,
        now=now - timedelta(hours=26),
        client_uuid=uuid.uuid5(NAMESPACE, "sent"),
    )
    if sent.arrived_at is None:
        counted = {line.pk: line.sent for line in sent.lines.all()}
        actions.arrive(transfer=sent, counted=counted, by=officer, now=now - timedelta(hours=25))
    actions.issue_now(
        store=stores["WD-CK01"],
        quantities={pump.pk: Decimal(2)},
        to_whom="市政抢险一队（示例）",
        purpose="低洼路段抽排",
        by=keeper,
        now=now - timedelta(hours=3),
        client_uuid=uuid.uuid5(NAMESPACE, "issued"),
    )
