"""What importing a list of stock would do, row by row, and the report on the user's own sheet."""

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import PatternFill

from supplies.enums import StockFault
from supplies.models import Lot, Movement, Quota, Store, SupplyItem
from supplies.rules import printed
from supplies.rules.sheet import COLUMNS, REQUIRED, StockCellFault, StockRow, read_stock
from territory.enums import RowStatus
from territory.queries import refusal
from territory.rules import Scope, Sheet, SheetUnreadable, read_sheet, without_formula

RED = PatternFill("solid", fgColor="FFC9C9")
LANGUAGES = {"sentence": "zh-hans", "sentence_en": "en"}


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
    faults: list[StockCellFault] = field(default_factory=list)

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
        if isinstance(found, StockCellFault):
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


def _plan(row: StockRow, known: _Known, scope: Scope) -> PlannedRow | StockCellFault:
    store = known.stores.get(row.store)
    if store is None:
        return StockCellFault(row.row, "仓库", row.store[:40], StockFault.STORE_UNKNOWN)
    if not scope.covers(store.area_code):
        return StockCellFault(row.row, "仓库", row.store[:40], StockFault.STORE_OUTSIDE)
    item = known.codes.get(row.item_code) if row.item_code else known.names.get(row.item_name)
    if item is not None and item.name != row.item_name:
        return StockCellFault(row.row, "物资名称", row.item_name, StockFault.NAME_OTHER, {"name": item.name})
    if item is not None and item.unit != row.unit:
        return StockCellFault(row.row, "单位", row.unit, StockFault.UNIT_OTHER, {"unit": item.unit})
    if item is None and (namesake := known.names.get(row.item_name)):
        return StockCellFault(row.row, "物资编码", row.item_code, StockFault.CODE_OTHER, {"code": namesake.code})
    if item is None:
        return PlannedRow(row, store, None, None, None, row.quantity > 0, RowStatus.NEW)
    lot, quota = known.lots.get((item.pk, row.lot)), known.quotas.get((store.pk, item.pk))
    there = known.held.get((store.pk, lot.pk)) if lot else None
    if there is not None and there != row.quantity:
        params = {"held": f"{printed(there)} {item.unit}"}
        return StockCellFault(row.row, "数量", printed(row.quantity), StockFault.STOCK_THERE, params)
    receives = there is None and row.quantity > 0
    if lot is not None and (row.made_on or lot.made_on, row.expires_on or lot.expires_on) != (
        lot.made_on,
        lot.expires_on,
    ):
        return StockCellFault(row.row, "有效期至", str(row.expires_on or ""), StockFault.LOT_OTHER)
    moved = row.quota is not None and (quota is None or quota.quantity != row.quota)
    moved |= row.category is not None and row.category != item.category
    status = RowStatus.NEW if receives else RowStatus.CHANGED if moved else RowStatus.SAME
    return PlannedRow(row, store, item, lot, quota, receives, status)


def _same_place_twice(planned: Iterable[PlannedRow]) -> list[StockCellFault]:
    """Rows that name one store by its code and by its name, or one item with and without its code."""
    seen: dict[tuple[int, str, str], int] = {}
    faults: list[StockCellFault] = []
    for one in planned:
        key = (one.store.pk, one.row.item_name, one.row.lot)
        if key in seen:
            params = {"row": seen[key]}
            faults.append(StockCellFault(one.row.row, "批号", one.row.lot, StockFault.ROW_TWICE, params))
        seen.setdefault(key, one.row.row)
    return faults


def stock_faults(faults: Iterable[StockCellFault]) -> list[dict[str, Any]]:
    """{row, column, value, code, sentence, sentence_en} of each fault."""
    return [
        {"row": fault.row, "column": fault.column, "value": fault.value, "code": fault.code.value}
        | {key: said(fault, language) for key, language in LANGUAGES.items()}
        for fault in faults
    ]


def said(fault: StockCellFault, language: str) -> str:
    """The sentence of one fault in one language."""
    with translation.override(language):
        sentence = str(fault.code.label)
        return sentence % fault.params if fault.params else sentence


def stock_report(examined: StockExamined, *, language: str) -> bytes:
    """The user's own rows as xlsx with a status and an error column; the cells at fault are red, none is a formula."""
    faults: dict[int, list[StockCellFault]] = {}
    for fault in examined.faults:
        faults.setdefault(fault.row, []).append(fault)
    book = Workbook(write_only=True)
    page = book.create_sheet(_("Check report"))
    width, status = len(examined.sheet.head), examined.status
    page.append([without_formula(word) for word in examined.sheet.head] + [_("State"), _("Errors")])
    for number, cells in examined.sheet.rows:
        own: list[Any] = [without_formula(text) for text in (cells + [""] * width)[:width]]
        found = faults.get(number, [])
        for fault in found:
            index = examined.sheet.at.get(fault.column)
            if index is not None:
                own[index] = WriteOnlyCell(page, value=own[index] if isinstance(own[index], str) else own[index].value)
                own[index].fill = RED
        errors = "\n".join(f"{fault.column}：{said(fault, language)}" for fault in found)
        page.append([*own, str(status[number].label), without_formula(errors)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
