"""Reads a list of stock as stores really write it: merged store cells, 同上, 20,000条, totals, no lot numbers."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from supplies.enums import ItemCategory, StockFault
from territory.rules import CellFault, Sheet

# Our column → other words for it that lists of stores carry.
COLUMNS: dict[str, tuple[str, ...]] = {
    "仓库": ("仓库编码", "仓库名称", "储备点", "储备库", "存放地点", "库房"),
    "物资编码": ("物资代码", "编码", "物资编号"),
    "物资名称": ("名称", "品名", "物资", "物品名称"),
    "单位": ("计量单位",),
    "类别": ("物资类别", "分类"),
    "批号": ("批次", "批次号"),
    "数量": ("库存", "库存数量", "现有数量", "实存数量", "储备数量"),
    "定额": ("储备定额", "定额数量", "应储数量"),
    "生产日期": ("出厂日期",),
    "有效期至": ("到期日期", "有效期", "失效日期", "保质期至"),
    "备注": ("说明",),
}
REQUIRED = ("仓库", "物资名称", "单位", "数量")
FIRST_LOT = "期初"  # the lot of goods that carry no number
LONGEST = {"物资编码": 32, "物资名称": 60, "单位": 12, "批号": 40, "备注": 200}

CATEGORIES: dict[str, ItemCategory] = {
    "防御材料": ItemCategory.MATERIAL,
    "抢险物料": ItemCategory.MATERIAL,
    "防御装备": ItemCategory.EQUIPMENT,
    "抢险机具": ItemCategory.EQUIPMENT,
    "救生器材": ItemCategory.EQUIPMENT,
    "配套装备": ItemCategory.SUPPORT,
    "生活物资": ItemCategory.LIVING,
    "救助物资": ItemCategory.LIVING,
    **{category.value: category for category in ItemCategory},
}
NO_DAY = frozenset({"", "长期", "无", "-", "—", "/", "按产品标识", "不限"})
EXCEL_ZERO = date(1899, 12, 30)

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)\s*(\D*)")


@dataclass(frozen=True)
class StockRow:
    """One good row. `store` is the code or name written; `quota` None leaves the stored one as it is."""

    row: int
    store: str
    item_code: str
    item_name: str
    unit: str
    category: ItemCategory | None
    lot: str
    quantity: Decimal
    quota: Decimal | None
    made_on: date | None
    expires_on: date | None
    note: str


def read_stock(sheet: Sheet) -> tuple[list[StockRow], list[CellFault]]:
    """Reads the rows under the sheet's head: every cell by itself, then rows against each other."""
    rows: list[StockRow] = []
    faults: list[CellFault] = []
    for number, cells in sheet.rows:
        row, wrong = _read_row(number, {column: sheet.cell(cells, column) for column in COLUMNS})
        faults += wrong
        if row is not None:
            rows.append(row)
    faults += _against_each_other(rows)
    return rows, faults


def _read_row(number: int, texts: Mapping[str, str]) -> tuple[StockRow | None, list[CellFault]]:
    faults: list[CellFault] = []

    def fault(column: str, code: StockFault, **params: object) -> None:
        faults.append(CellFault(number, column, texts[column][:40], code, params))

    for column, missing in (
        ("仓库", StockFault.STORE_MISSING),
        ("物资名称", StockFault.ITEM_MISSING),
        ("单位", StockFault.UNIT_MISSING),
    ):
        if not texts[column]:
            fault(column, missing)
    for column, most in LONGEST.items():
        if len(texts[column]) > most:
            fault(column, StockFault.TEXT_LONG, most=most)
    category = CATEGORIES.get(re.sub(r"\s", "", texts["类别"]).lower())
    if texts["类别"] and category is None:
        fault("类别", StockFault.CATEGORY_UNKNOWN)
    quantity = quantity_of(texts["数量"], texts["单位"])
    if not texts["数量"]:
        fault("数量", StockFault.QUANTITY_MISSING)
    elif quantity is None:
        fault("数量", StockFault.QUANTITY_WRONG)
    quota = quantity_of(texts["定额"], texts["单位"])
    if texts["定额"] and not quota:
        fault("定额", StockFault.QUOTA_WRONG)
    made, expires = day_of(texts["生产日期"]), day_of(texts["有效期至"], last=True)
    for column, day in (("生产日期", made), ("有效期至", expires)):
        if day is None and texts[column] not in NO_DAY:
            fault(column, StockFault.DAY_WRONG)
    if made and expires and expires < made:
        fault("有效期至", StockFault.DAYS_SWAPPED)
    if faults or quantity is None:
        return None, faults
    lot = texts["批号"] or (expires.isoformat() if expires else FIRST_LOT)
    names = (texts["仓库"], texts["物资编码"], texts["物资名称"], texts["单位"])
    return StockRow(number, *names, category, lot, quantity, quota, made, expires, texts["备注"]), []


def quantity_of(text: str, unit: str = "") -> Decimal | None:
    """A quantity written 20000, 20,000, full-width, 20000条 or 1.5; None when it is none, or too fine."""
    plain = re.sub(r"(?<=\d)[,，\s](?=\d{3}(?!\d))", "", unicodedata.normalize("NFKC", text).strip())
    matched = _QUANTITY.fullmatch(plain)
    if not matched or matched[2].strip() not in ("", unicodedata.normalize("NFKC", unit)):
        return None
    try:
        quantity = Decimal(matched[1])
        exact = quantity == quantity.quantize(Decimal("0.001"))
    except InvalidOperation:
        return None
    return quantity if exact and quantity < Decimal(10) ** 11 else None


def day_of(text: str, *, last: bool = False) -> date | None:
    """A day written 2026-06-01, 2026/6/1, 2026年6月1日, 20260601 or as a spreadsheet's serial number.

    A month alone (2027-05) means its first day, with `last` its last: goods are good to the end of the month.
    """
    matched = _DAY.fullmatch(text) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    try:
        if matched:
            return date(*(int(part) for part in matched.groups()))
        if month := _MONTH.fullmatch(text):
            first = date(int(month[1]), int(month[2]), 1)
            return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1) if last else first
    except ValueError:
        return None
    return EXCEL_ZERO + timedelta(days=int(text)) if re.fullmatch(r"[345]\d{4}", text) else None


def _against_each_other(rows: Sequence[StockRow]) -> list[CellFault]:
    faults: list[CellFault] = []
    seen: dict[tuple[str, str, str], int] = {}
    units: dict[str, StockRow] = {}
    lots: dict[tuple[str, str], StockRow] = {}
    for row in rows:
        item = row.item_code or row.item_name
        first = units.setdefault(item, row)
        if (first.unit, first.item_name) != (row.unit, row.item_name):
            column, value = ("单位", row.unit) if first.unit != row.unit else ("物资名称", row.item_name)
            faults.append(CellFault(row.row, column, value, StockFault.DISAGREES, {"row": first.row}))
            continue
        same = lots.setdefault((item, row.lot), row)
        if (same.made_on, same.expires_on) != (row.made_on, row.expires_on):
            told = CellFault(row.row, "有效期至", str(row.expires_on or ""), StockFault.DISAGREES, {"row": same.row})
            faults.append(told)
            continue
        key = (row.store, item, row.lot)
        if key in seen:
            faults.append(CellFault(row.row, "批号", row.lot, StockFault.ROW_TWICE, {"row": seen[key]}))
        seen.setdefault(key, row.row)
    return faults
