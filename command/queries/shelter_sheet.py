"""What storing a sheet of shelters would do, row by row; and the sheet that is in store."""

import io
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

from command.enums.shelters import ShelterFault
from command.models import Shelter
from command.queries.shelters import shelters
from command.rules.shelters import COLUMNS, REQUIRED, ShelterRow, read_shelter, shown_phone
from territory.enums import Fault, RowStatus
from territory.models import Area
from territory.queries import district_box, refusal
from territory.rules import CellFault, Scope, SheetUnreadable, read_sheet, without_formula

MOST_UNPACKED = 20 * 1024 * 1024  # bytes; a district has a few hundred such places


@dataclass
class SheltersExamined:
    """The good rows with what becomes of each by its number, and all faults."""

    rows: list[ShelterRow] = field(default_factory=list)
    status: dict[int, RowStatus] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    total: int = 0

    @property
    def counts(self) -> dict[RowStatus, int]:
        """How many rows have each status."""
        counted = Counter(self.status.values())
        return {status: counted[status] for status in RowStatus}


def examine_shelters(content: bytes, *, scope: Scope | None) -> SheltersExamined:
    """Reads and checks a sheet (csv, xlsx or xls). `scope`: the areas that the person keeps, None all.

    Raises Refused when the file as a whole cannot be taken.
    """
    try:
        sheet = read_sheet(content, COLUMNS, REQUIRED, most_unpacked=MOST_UNPACKED)
    except SheetUnreadable as error:
        raise refusal(error) from error
    box, examined = district_box(), SheltersExamined(total=len(sheet.rows))
    read = [(number, *read_shelter(sheet, number, cells, box=box)) for number, cells in sheet.rows]
    rows = [row for _number, row, _faults in read if row is not None]
    examined.faults = [fault for _number, _row, faults in read for fault in faults]
    codes = Counter(row.code for row in rows)
    areas = set(
        Area.objects.filter(retired_at=None, code__in={row.area_code for row in rows}).values_list("code", flat=True)
    )
    for row in rows:
        if codes[row.code] > 1:
            examined.faults.append(CellFault(row.row, "编码", row.code, Fault.TWICE))
        if row.area_code not in areas:
            examined.faults.append(CellFault(row.row, "区划编码", row.area_code, ShelterFault.NO_AREA))
        elif scope is not None and not scope.covers(row.area_code):
            examined.faults.append(CellFault(row.row, "区划编码", row.area_code, Fault.OUTSIDE_SCOPE))
    known = {each.code: each for each in Shelter.objects.filter(code__in=codes)}
    if scope is not None:
        taken = {code for code, each in known.items() if not scope.covers(each.area_code)}
        examined.faults += [
            CellFault(row.row, "编码", row.code, Fault.OUTSIDE_SCOPE) for row in rows if row.code in taken
        ]
    bad = {fault.row for fault in examined.faults}
    examined.rows = [row for row in rows if row.row not in bad]
    examined.status = dict.fromkeys(bad, RowStatus.BAD) | {
        row.row: _status(row, known.get(row.code)) for row in examined.rows
    }
    examined.faults.sort(key=lambda fault: fault.row)
    return examined


def values_of(row: ShelterRow) -> dict[str, Any]:
    """The fields that a row says, all but the position."""
    return {
        "name": row.name,
        "kind": row.kind.value,
        "area_code": row.area_code,
        "address": row.address,
        "room_for": row.room_for,
        "phone": row.phone,
        "name_en": row.name_en,
        "note": row.note,
    }


def _status(row: ShelterRow, known: Shelter | None) -> RowStatus:
    if known is None:
        return RowStatus.NEW
    same = all(getattr(known, name) == value for name, value in values_of(row).items())
    stays = abs(known.position.x - row.position[0]) < 1e-6 and abs(known.position.y - row.position[1]) < 1e-6
    return RowStatus.SAME if same and stays and known.retired_at is None else RowStatus.CHANGED


def shelter_sheet(scope: Scope) -> bytes:
    """The places of these areas as xlsx, in the layout that the import reads again; no cell of it is a formula."""
    book = Workbook()
    page: Any = book.worksheets[0]
    page.title = "避险场所和高地"
    page.append(list(COLUMNS))
    for row in shelters(scope):
        cells = [
            row.code, row.name, "高地" if row.kind == "high_ground" else "避险场所", row.area_code, row.address,
            round(row.position.x, 6), round(row.position.y, 6), row.room_for, shown_phone(row.phone),
            row.name_en, row.note,
        ]  # fmt: skip
        page.append([without_formula(cell) if isinstance(cell, str) else cell for cell in cells])
    page.freeze_panes = "C2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
