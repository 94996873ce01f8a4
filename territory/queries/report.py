"""The user's own sheet handed back: a status and an error column, and the cells at fault marked with what to mend."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from territory.enums import RowStatus
from territory.queries.faults import told
from territory.rules import CellFault, Sheet, without_formula

RED = PatternFill("solid", fgColor="FFC9C9")
MOST_COMMENTS = 2000  # a spreadsheet with more of them opens slowly; the error column has all
AMBER = PatternFill("solid", fgColor="FFE8A3")


def marked_sheet(
    sheet: Sheet, status: Mapping[int, RowStatus], faults: Iterable[CellFault], notes: Iterable[CellFault] = ()
) -> bytes:
    """The rows as xlsx in the order they came, in the language in force; no cell of it is a formula.

    `notes` are flagged in amber and do not make a row bad. Rows of totals and remarks come back as no record.
    """
    found: dict[int, list[tuple[CellFault, PatternFill]]] = {}
    for fill, group in ((RED, faults), (AMBER, notes)):
        for fault in group:
            found.setdefault(fault.row, []).append((fault, fill))
    book = Workbook(write_only=True)
    page = book.create_sheet(_("Check report"))
    width = len(sheet.head)
    page.append([without_formula(word) for word in sheet.head] + [_("State"), _("Errors")])
    said = 0
    for number, cells in sorted([*sheet.rows, *sheet.beside]):
        own: list[Any] = [without_formula(text) for text in (cells + [""] * width)[:width]]
        for fault, fill in found.get(number, []):
            index = sheet.at.get(fault.column)
            if index is not None:
                said += 1
                own[index] = _marked(page, own[index], fault, fill, is_said=said <= MOST_COMMENTS)
        errors = "\n".join(f"{fault.column}：{told(fault)}" for fault, _fill in found.get(number, []))
        page.append([*own, str(status.get(number, RowStatus.SKIPPED).label), without_formula(errors)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _marked(page: Any, value: Any, fault: CellFault, fill: PatternFill, *, is_said: bool) -> Any:
    """The cell in red (or amber), the sentence as its comment: read where one mends. Red stays red."""
    is_cell = hasattr(value, "comment")
    cell = value if is_cell else WriteOnlyCell(page, value=value)
    if not is_cell:
        cell.fill = fill
    if is_said:
        before = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment(before + told(fault), _("Check report"), width=320, height=120)
    return cell
