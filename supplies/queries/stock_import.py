"""What importing a list of stock would do, row by row, and the report on the user's own sheet."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from supplies.enums import StockFault
from supplies.models import Lot, Movement, Quota, Store, SupplyItem
from supplies.rules import printed
from supplies.rules.sheet import COLUMNS, REQUIRED, StockRow, read_stock
from territory.enums import RowStatus
from territory.queries import marked_sheet, refusal
from territory.rules import CellFault, Scope, Sheet, SheetUnreadable, read_sheet


@dataclass
class PlannedRow:
    """One good row with what it touches; `item` and `lot` None: they are new. `receives`: it brings its quantity in."""

    row: StockRow
    store: Store
    item: SupplyItem | None
    lot: Lot | None
    quota: Quota | None
    receives: bool
    status: RowStatus


@dataclass
class StockExamined:
    """The sheet, what becomes of each row, and every fault in the order of rows."""

    sheet: Sheet
    planned: list[PlannedRow] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)

    @property
    def status(self) -> dict[int, RowStatus]:
        """The status of each row by its number."""
        bad = {fault.row for fault in self.faults}
        known = {one.row.row: one.status for one in self.planned}
        return {number: RowStatus.BAD if number in bad else known[number] for number, _cells in self.sheet.rows}

    def count(self, status: RowStatus) -> int:
        """How many rows have a status."""
        return Counter(self.status.values())[status]


@dataclass(frozen=True)
class _Known:
    stores: dict[str, Store]
    codes: dict[str, SupplyItem]
    names: dict[str, SupplyItem]
    lots: dict[tuple[int, str], Lot]
    held: dict[tuple[int, int], Decimal]
    quotas: dict[tuple[int, int], Quota]


def examine_stock(content: bytes, *, scope: Scope) -> StockExamined:
    """Reads and checks a list of stock (csv, xlsx or xls); six statements for any number of rows.

    `scope`: the areas whose stores may be filled. Raises Refused when the file as a whole cannot be taken.
    """
    try:
        sheet = read_sheet(content, COLUMNS, REQUIRED)
    except SheetUnreadable as error:
        raise refusal(error) from error
    rows, faults = read_stock(sheet)
    examined, known, wrong = StockExamined(sheet), _known(), {fault.row for fault in faults}
    for row in rows:
        if row.row in wrong:
            continue
        found = _plan(row, known, scope)
        if isinstance(found, CellFault):
            faults.append(found)
        else:
            examined.planned.append(found)
    faults += _same_place_twice(examined.planned)
    examined.faults = sorted(faults, key=lambda fault: fault.row)
    return examined


def _known() -> _Known:
    stores = list(Store.objects.filter(retired_at__isnull=True).order_by("pk"))
    items = list(SupplyItem.objects.order_by("pk"))
    held: dict[tuple[int, int], Decimal] = {}
    for column, sign in (("to_store", 1), ("from_store", -1)):
        # From the ledger itself: a place that ever moved is no place for an opening stock, even when empty now.
        sums = (
            Movement.objects.filter(exercise__isnull=True, **{f"{column}__isnull": False})
            .order_by()
            .values_list(f"{column}_id", "lot_id")
            .annotate(sum=Sum("quantity"))
        )
        for store, lot, moved in sums:
            held[store, lot] = held.get((store, lot), Decimal(0)) + sign * moved
    return _Known(
        {word: store for store in reversed(stores) for word in (store.name, store.code)},
        {item.code: item for item in items},
        {item.name: item for item in reversed(items)},
        {(lot.item_id, lot.number): lot for lot in Lot.objects.order_by("pk")},
        held,
        {
            (quota.store_id, quota.item_id): quota
            for quota in Quota.objects.filter(store__isnull=False, response_level__isnull=True).order_by("pk")
            if quota.store_id is not None
        },
    )


def _plan(row: StockRow, known: _Known, scope: Scope) -> PlannedRow | CellFault:
    store = known.stores.get(row.store)
    if store is None:
        return CellFault(row.row, "仓库", row.store[:40], StockFault.STORE_UNKNOWN)
    if not scope.covers(store.area_code):
        return CellFault(row.row, "仓库", row.store[:40], StockFault.STORE_OUTSIDE)
    item = known.codes.get(row.item_code) if row.item_code else known.names.get(row.item_name)
    if item is not None and item.name != row.item_name:
        return CellFault(row.row, "物资名称", row.item_name, StockFault.NAME_OTHER, {"name": item.name})
    if item is not None and item.unit != row.unit:
        return CellFault(row.row, "单位", row.unit, StockFault.UNIT_OTHER, {"unit": item.unit})
    if item is None and (namesake := known.names.get(row.item_name)):
        return CellFault(row.row, "物资编码", row.item_code, StockFault.CODE_OTHER, {"code": namesake.code})
    if item is None:
        return PlannedRow(row, store, None, None, None, row.quantity > 0, RowStatus.NEW)
    lot, quota = known.lots.get((item.pk, row.lot)), known.quotas.get((store.pk, item.pk))
    there = known.held.get((store.pk, lot.pk)) if lot else None
    if there is not None and there != row.quantity:
        params = {"held": f"{printed(there)} {item.unit}"}
        return CellFault(row.row, "数量", printed(row.quantity), StockFault.STOCK_THERE, params)
    receives = there is None and row.quantity > 0
    if lot is not None and (row.made_on or lot.made_on, row.expires_on or lot.expires_on) != (
        lot.made_on,
        lot.expires_on,
    ):
        return CellFault(row.row, "有效期至", str(row.expires_on or ""), StockFault.LOT_OTHER)
    moved = row.quota is not None and (quota is None or quota.quantity != row.quota)
    moved |= row.category is not None and row.category != item.category
    status = RowStatus.NEW if receives else RowStatus.CHANGED if moved else RowStatus.SAME
    return PlannedRow(row, store, item, lot, quota, receives, status)


def _same_place_twice(planned: Iterable[PlannedRow]) -> list[CellFault]:
    """Rows that name one store by its code and by its name, or one item with and without its code."""
    seen: dict[tuple[int, str, str], int] = {}
    faults: list[CellFault] = []
    for one in planned:
        key = (one.store.pk, one.row.item_name, one.row.lot)
        if key in seen:
            params = {"row": seen[key]}
            faults.append(CellFault(one.row.row, "批号", one.row.lot, StockFault.ROW_TWICE, params))
        seen.setdefault(key, one.row.row)
    return faults


def stock_report(examined: StockExamined) -> bytes:
    """The user's own rows as xlsx with a status and an error column; the cells at fault are red, none is a formula."""
    return marked_sheet(examined.sheet, examined.status, examined.faults)
