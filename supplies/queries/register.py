"""The stock register (台账) as a sheet, in the columns that the import reads."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from supplies.enums import ItemCategory
from supplies.models import Balance, Quota, Store
from territory.queries import area_names
from territory.rules import Scope, without_formula

HEADS = (
    *("仓库", "库号", "街道", "储备方式", "保管员", "物资名称", "单位", "类别", "物资编码", "批号", "数量"),
    *("生产日期", "有效期至", "定额", "到期情况", "备注"),
)
WIDTHS = (24, 12, 14, 14, 16, 20, 8, 12, 16, 12, 12, 13, 13, 12, 16, 24)
CATEGORY_WORDS = {
    ItemCategory.MATERIAL.value: "防御材料",
    ItemCategory.EQUIPMENT.value: "防御装备",
    ItemCategory.SUPPORT.value: "配套装备",
    ItemCategory.LIVING.value: "生活物资",
}


def stock_register(scope: Scope, *, now: datetime) -> bytes:
    """What lies in the stores of a scope now, one lot a row, as xlsx. Texts that would run as a formula are quoted.

    Heads are Chinese in either language: the sheet is the district's register, and the import reads it back.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "物资台账"
    sheet.append([f"卫东区防汛物资台账（截至 {timezone.localtime(now):%Y-%m-%d %H:%M}）"])
    sheet.append(HEADS)
    for cell in (*sheet[1], *sheet[2]):
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A3"
    stores = Store.objects.in_scope(scope).filter(retired_at__isnull=True)
    held = list(
        Balance.objects.filter(store__in=stores, quantity__gt=0)
        .select_related("store__keeper", "lot__item")
        .order_by("store__code", "lot__item__code", "lot__expires_on", "lot_id")
    )
    quotas = {
        (quota.store_id, quota.item_id): quota.quantity
        for quota in Quota.objects.filter(store__in=stores, response_level__isnull=True)
    }
    names = area_names({row.store.area_code[:9] for row in held})
    today = timezone.localdate(now)
    for row in held:
        store, lot, item = row.store, row.lot, row.lot.item
        expired = lot.expires_on is not None and lot.expires_on < today
        texts = [
            store.name,
            store.code,
            names.get(store.area_code[:9], store.area_code),
            str(store.get_mode_display()),
            store.keeper.name if store.keeper else "",
            item.name,
            item.unit,
            CATEGORY_WORDS[item.category],
            item.code,
            lot.number,
        ]
        sheet.append(
            [
                *map(without_formula, texts),
                _number(row.quantity),
                lot.made_on.isoformat() if lot.made_on else "",
                lot.expires_on.isoformat() if lot.expires_on else "",
                _number(quotas.get((store.pk, item.pk))),
                _("expired") if expired else "",
                without_formula(lot.note),
            ]
        )
    for column, width in zip("ABCDEFGHIJKLMNOP", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _number(quantity: Decimal | None) -> float | int | None:
    """A cell that sums: three decimals fit a spreadsheet's own numbers exactly enough."""
    if quantity is None:
        return None
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
