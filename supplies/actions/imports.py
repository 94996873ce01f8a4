"""The district's own list of stock: checked first (预检), stored whole or not at all, and safe to store again."""

import hashlib
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.audit import act
from core.rules import Refused
from supplies.actions.ledger import post
from supplies.enums import ItemCategory, MovementKind
from supplies.models import Lot, Quota, SupplyItem
from supplies.queries.stock_import import PlannedRow, StockExamined, examine_stock
from supplies.rules import Entry
from territory.enums import ImportState, RowStatus
from territory.models import SheetImport
from territory.queries import fault_rows, stored_import

KIND = "stock"
FAULTS_KEPT = 200
OPENING = "期初"  # what the ledger prints as the papers of an opening stock


def check_stock(*, content: bytes, file_name: str, by: User, now: datetime) -> SheetImport:
    """Says what storing this list would do, row by row; stores nothing but the report. A stored file answers so."""
    digest = hashlib.sha256(content).hexdigest()
    if twin := stored_import(KIND, digest):
        return twin
    examined = examine_stock(content, scope=by.scope_for("supplies.edit"))
    with act("supplies.stock.check", by=by.actor):
        state = ImportState.REFUSED if examined.faults else ImportState.CHECKED
        return SheetImport.objects.create(
            kind=KIND,
            sha256=digest,
            file_name=file_name[-200:],
            state=state,
            actor_id=by.pk,
            actor_name=by.name,
            **_figures(examined),
        )


def store_stock(*, sheet: SheetImport, content: bytes, by: User, now: datetime) -> SheetImport:
    """Stores a checked list, whole: new items, lots and quotas, and one receipt for every lot that is new in its store.

    What the ledger knows already is never overwritten. The same bytes a second time change nothing and answer the
    import that stored them.
    """
    if sheet.kind != KIND or hashlib.sha256(content).hexdigest() != sheet.sha256:
        raise Refused("import.other_file", _("This is not the file that was checked. Check it first."), field="file")
    with act("supplies.stock.import", by=by.actor):
        _one_at_a_time()
        if twin := stored_import(KIND, sheet.sha256):
            return twin
        # Read anew: between check and store somebody else may have booked.
        examined = examine_stock(content, scope=by.scope_for("supplies.edit"))
        if examined.faults:
            raise Refused(
                "import.faults",
                _("The list has errors. Mend the rows named in the check, then check again."),
                field="file",
            )
        _write(examined.planned, by, now)
        sheet.state, sheet.stored_at = ImportState.STORED, now
        for name, value in _figures(examined).items():
            setattr(sheet, name, value)
        sheet.save()
    return sheet


def _figures(examined: StockExamined) -> dict[str, object]:
    counts = {status: examined.count(status) for status in RowStatus}
    return {
        "total": len(examined.sheet.rows),
        "new": counts[RowStatus.NEW],
        "changed": counts[RowStatus.CHANGED],
        "same": counts[RowStatus.SAME],
        "bad": counts[RowStatus.BAD],
        "faults": fault_rows(examined.faults[:FAULTS_KEPT]),
    }


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('supplies.stock.import'))")


def _write(planned: list[PlannedRow], by: User, now: datetime) -> None:
    items = _items(planned)
    lots = _lots(planned, items)
    quotas = {
        (one.store.pk, items[one.row.item_name].pk): one.row.quota for one in planned if one.row.quota is not None
    }
    for (store, item), quota in quotas.items():
        Quota.objects.update_or_create(store_id=store, item_id=item, response_level=None, defaults={"quantity": quota})
    entries = [
        Entry(
            MovementKind.RECEIVE,
            lots[items[one.row.item_name].pk, one.row.lot].pk,
            one.row.quantity,
            to_store=one.store.pk,
        )
        for one in planned
        if one.receives
    ]
    if entries:
        post(entries, by=by, now=now, document=OPENING)


def _items(planned: list[PlannedRow]) -> dict[str, SupplyItem]:
    """The item of each name, made or brought up to date."""
    items: dict[str, SupplyItem] = {}
    for one in planned:
        row = one.row
        item = items.get(row.item_name) or one.item
        if item is None:
            item = SupplyItem.objects.create(
                code=row.item_code or _free_code(),
                name=row.item_name,
                unit=row.unit,
                category=row.category or ItemCategory.MATERIAL,
                has_expiry=row.expires_on is not None,
            )
        elif _brought_up_to_date(item, row.category, has_expiry=row.expires_on is not None):
            item.save(update_fields=["category", "has_expiry", "updated_at"])
        items[row.item_name] = item
    return items


def _brought_up_to_date(item: SupplyItem, category: ItemCategory | None, *, has_expiry: bool) -> bool:
    before = (item.category, item.has_expiry)
    item.category, item.has_expiry = category or item.category, item.has_expiry or has_expiry
    return before != (item.category, item.has_expiry)


def _free_code() -> str:
    """A code for an item that the list gives none: 导入-001 and so on."""
    taken = set(SupplyItem.objects.filter(code__startswith="导入-").values_list("code", flat=True))
    return next(code for number in range(1, 10**6) if (code := f"导入-{number:03d}") not in taken)


def _lots(planned: list[PlannedRow], items: dict[str, SupplyItem]) -> dict[tuple[int, str], Lot]:
    lots: dict[tuple[int, str], Lot] = {}
    for one in planned:
        item, row = items[one.row.item_name], one.row
        if (item.pk, row.lot) in lots or (one.lot is None and not one.receives):
            continue
        lots[item.pk, row.lot] = one.lot or Lot.objects.create(
            item=item, number=row.lot, made_on=row.made_on, expires_on=row.expires_on, note=row.note
        )
    return lots
