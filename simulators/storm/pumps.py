"""Goods in a storm: three pumps with hose and cable leave for the underpass, sandbags go out before their papers."""

from decimal import Decimal

from django.db.models import Sum

from accounts.models import User
from core import clock
from hazards.models import HazardSite
from simulators.storm.scene import SAMPLE, Scene, person
from supplies import actions, queries
from supplies.enums import StoreMode, TransferState
from supplies.models import Issue, Lot, Store, SupplyItem, Transfer, TransferLine
from supplies.queries import still_out

DRIVER = f"抢险司机{SAMPLE}"
PURPOSE = f"下穿桥涵围挡{SAMPLE}"
PUMP, HOSE, CABLE, SANDBAG = "QSB", "RG", "DL", "SD"
KIT = {PUMP: 3, HOSE: 60, CABLE: 60}
BAGS = 200


def tidy(scene: Scene) -> None:
    """What an earlier storm left open is brought to its end, so that stores do not run dry: found, returned, papers."""
    if scene.exercise is not None:
        return
    duty = person("duty")
    ours = Transfer.objects.filter(driver_name=DRIVER, exercise__isnull=True).select_related("from_store__keeper")
    settled = back = 0
    for transfer in ours.filter(state=TransferState.RECEIVED_SHORT).order_by("pk"):
        found = {line.pk: queries.missing(line) for line in transfer.lines.all()}
        actions.settle_difference(
            transfer=transfer,
            found=found,
            reason=f"车厢内找到{SAMPLE}",
            by=duty,
            now=clock.now(),
            found_in=transfer.from_store,
        )
        settled += 1
    for transfer in ours.filter(state__in=(TransferState.RECEIVED, TransferState.SETTLED)).order_by("-pk")[:20]:
        keeper = transfer.from_store.keeper
        if keeper is None:
            continue
        out = still_out(transfer=transfer)
        for lot in Lot.objects.filter(pk__in=out).select_related("item").order_by("pk"):
            actions.take_back(
                store=transfer.from_store,
                lot=lot,
                quantity=out[lot.pk],
                by=keeper,
                now=clock.now(),
                transfer=transfer,
                note=f"抽排结束归还{SAMPLE}",
            )
            back += 1
    owed = Issue.objects.filter(purpose=PURPOSE, papers_at__isnull=True, exercise__isnull=True, is_emergency=True)
    papers = 0
    for issue in owed.select_related("store__keeper").order_by("pk"):
        if issue.store.keeper is not None:
            actions.hand_in_papers(issue=issue, document=f"补单-{issue.pk}", by=issue.store.keeper, now=clock.now())
            papers += 1
    if settled or back or papers:
        scene.say(f"物资：上一场短少核销 {settled} 件，归还 {back} 项，补单 {papers} 张")


def send(scene: Scene, site: HazardSite, receiver: User, order: str) -> Transfer | None:
    """The kit leaves the store that has most pumps; at the underpass one pump is not on the lorry."""
    items = {item.code: item for item in SupplyItem.objects.filter(code__in=(*KIT, SANDBAG))}
    store = _fullest(items[PUMP])
    if store is None or store.keeper is None:
        scene.faults.append("没有一座自储仓库有三台水泵可调")
        return None
    there = {row.item.code: row.quantity for row in queries.items_at(store, exercise=scene.exercise)}
    wanted = {
        items[code].pk: Decimal(count) for code, count in KIT.items() if there.get(code, Decimal(0)) >= Decimal(count)
    }
    transfer = actions.send(
        from_store=store,
        quantities=wanted,
        by=store.keeper,
        now=clock.now(),
        destination=site.name,
        driver_name=DRIVER,
        driver_phone="19000000998",
        vehicle=f"轻型货车{SAMPLE}",
        receiver_name=receiver.name,
        receiver_phone=receiver.phone or "",
        order_ref=order,
        exercise=scene.exercise,
        client_uuid=scene.key("pumps"),
    )
    lines = list(transfer.lines.select_related("lot__item").order_by("pk"))
    arrived = actions.arrive(
        transfer=transfer,
        counted=_one_missing(lines),
        by=None,
        by_name=receiver.name,
        now=clock.now(),
        reasons={line.pk: "到场少一台，待核" for line in lines if line.lot.item.code == PUMP},
    )
    scene.say(f"物资：{store.name}调 {KIT[PUMP]} 台水泵到{site.name}，到场少 1 台（{arrived.get_state_display()}）")
    _bags(scene, items[SANDBAG])
    return arrived


def _one_missing(lines: list[TransferLine]) -> dict[int, Decimal]:
    counted = {line.pk: line.sent for line in lines}
    short = next(line for line in lines if line.lot.item.code == PUMP)
    counted[short.pk] -= 1
    return counted


def _bags(scene: Scene, item: SupplyItem) -> None:
    store = _fullest(item)
    if store is None or store.keeper is None:
        scene.faults.append("没有一座自储仓库有沙袋可出")
        return
    actions.issue_now(
        store=store,
        quantities={item.pk: Decimal(BAGS)},
        to_whom=f"市政抢险二队{SAMPLE}",
        purpose=PURPOSE,
        by=store.keeper,
        now=clock.now(),
        exercise=scene.exercise,
        client_uuid=scene.key("bags"),
    )
    scene.say(f"物资：{store.name}先出库 {item.name} {BAGS} {item.unit}，12 小时内补单")


def _fullest(item: SupplyItem) -> Store | None:
    """The district's own store that holds most of an item, where that is enough."""
    enough = KIT.get(item.code, BAGS)
    rows = Store.objects.filter(mode=StoreMode.OWN, balances__lot__item=item, retired_at__isnull=True)
    held = rows.annotate(held=Sum("balances__quantity")).filter(held__gte=enough).order_by("-held", "code")
    return held.select_related("keeper").first()
