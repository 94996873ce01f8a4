"""The row that every import leaves behind."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.rules import Actor, Refused
from territory.enums import ImportState, RowStatus
from territory.models import SheetImport
from territory.queries import fault_rows
from territory.rules import CellFault

SHOWN_FAULTS = 200


def record(
    *,
    kind: str,
    sha256: str,
    file_name: str,
    state: ImportState,
    total: int,
    counts: dict[RowStatus, int],
    faults: Sequence[CellFault],
    by: Actor,
    now: datetime,
) -> SheetImport:
    """Writes what a check or a store found. A person's check of the same file is the same row, checked anew."""
    bad = counts[RowStatus.BAD]
    if state is ImportState.CHECKED and bad:
        state = ImportState.REFUSED
    known = SheetImport.objects.filter(kind=kind, sha256=sha256, actor_id=by.id).exclude(state=ImportState.STORED)
    sheet = known.order_by("-pk").first() or SheetImport(kind=kind, sha256=sha256, actor_id=by.id)
    sheet.file_name, sheet.state, sheet.actor_name = file_name[-200:], state, by.name
    sheet.total, sheet.bad = total, bad
    sheet.new, sheet.changed = counts[RowStatus.NEW], counts[RowStatus.CHANGED]
    sheet.same = counts[RowStatus.SAME]
    sheet.faults = fault_rows(faults[:SHOWN_FAULTS])
    sheet.stored_at = now if state is ImportState.STORED else None
    sheet.save()
    return sheet


def refuse_faulty(bad: int, faults: Sequence[CellFault]) -> None:
    """Raises Refused when any row is at fault, naming how many and the first."""
    if not bad:
        return
    first = fault_rows(faults[:1])[0]
    raise Refused(
        "sheet_has_faults",
        _(
            "%(bad)s rows have errors and nothing was stored. Mend them and upload again;"
            " the first: row %(row)s, %(column)s."
        ),
        field=f"row {first['row']}, {first['column']}",
        params={"bad": bad, "row": first["row"], "column": first["column"]},
    )
