"""Sheets as people send them: title rows above the head, heads of two rows, merged cells, 同上, rows of totals.

Every cell comes out as text, so that an official code never turns into a number.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from territory.enums import Fault

HEAD_WITHIN = 20  # rows that a title may take
MOST_ROWS = 300_000
MOST_UNPACKED = 600 * 1024 * 1024  # bytes; a workbook of a few hundred kilobytes can unpack to gigabytes
WHOLE_DIGITS = 10**15  # a number this large has already lost digits in the spreadsheet

_DITTO = {"同上", "同前", '"', "″", "〃", "''"}
_TOTAL = re.compile(r"(合\s*计|总\s*计|小\s*计|共\s*计)")
_NOTE = re.compile(r"(填表|制表|审核|备注|说明|注[:：])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_GUARD = re.compile(r"^'(?=[=+\-@])")
_REMARK = re.compile(r"[(（【\[].*?[)）】\]]|[*＊\s]")


class SheetUnreadable(Exception):
    """The file as a whole cannot be taken; `fault` says why and `value` names the columns or the figure."""

    def __init__(self, fault: Fault, value: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.value = value


@dataclass(frozen=True)
class Sheet:
    """The user's rows under their head.

    `head`: the user's own words per column; `at`: our column name → index, for the columns that the sheet has;
    `rows`: (row number as the spreadsheet shows it, cells as text); `skipped`: row numbers of totals and notes.
    """

    head: list[str]
    at: dict[str, int]
    rows: list[tuple[int, list[str]]]
    skipped: list[int]

    def cell(self, cells: list[str], column: str) -> str:
        """The text under one of our columns; empty when the sheet has no such column."""
        index = self.at.get(column)
        return cells[index] if index is not None and index < len(cells) else ""


def read_sheet(content: bytes, columns: Mapping[str, tuple[str, ...]], required: tuple[str, ...]) -> Sheet:
    """Reads csv, xlsx or xls, told apart by their bytes, and finds the head.

    `columns`: our column name → other words for the same. Raises SheetUnreadable.
    """
    names = {_plain(word): ours for ours, others in columns.items() for word in (ours, *others)}
    for grid in _grids(content):
        if found := _head_of(grid, names, required):
            return _under_head(grid, found, names)
    raise SheetUnreadable(Fault.NO_HEAD, "、".join(required))


def without_formula(text: str) -> str:
    """Text that a spreadsheet will not run as a formula: an apostrophe before = + - @, tab and return."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _under_head(grid: list[list[str]], found: tuple[int, list[str]], names: Mapping[str, str]) -> Sheet:
    first, head = found
    at: dict[str, int] = {}
    for index, word in enumerate(head):
        if ours := names.get(_plain(word)):
            if ours in at:
                raise SheetUnreadable(Fault.COLUMN_TWICE, ours)
            at[ours] = index
    sheet = Sheet(head, at, [], [])
    above: list[str] = []
    for number, cells in enumerate(grid[first:], start=first + 1):
        filled = [text for text in cells if text]
        if not filled:
            continue
        if _TOTAL.match(filled[0]) or (len(filled) <= 2 and _NOTE.match(filled[0])):
            sheet.skipped.append(number)
            continue
        above = [above[index] if text in _DITTO and index < len(above) else text for index, text in enumerate(cells)]
        sheet.rows.append((number, above))
    if len(sheet.rows) > MOST_ROWS:
        raise SheetUnreadable(Fault.TOO_MANY_ROWS, str(len(sheet.rows)))
    if not sheet.rows:
        raise SheetUnreadable(Fault.NO_ROWS)
    return sheet


def _head_of(
    grid: list[list[str]], names: Mapping[str, str], required: tuple[str, ...]
) -> tuple[int, list[str]] | None:
    """The index of the first data row and the head's words. A second head row fills in below grouping words."""

    def is_head(words: list[str]) -> bool:
        ours = {names.get(_plain(word)) for word in words}
        return all(column in ours for column in required)

    top = grid[: HEAD_WITHIN + 1]
    pairs = [(index, cells, top[index + 1] if index + 1 < len(top) else []) for index, cells in enumerate(top)]
    for index, upper, lower in pairs[:HEAD_WITHIN]:
        if is_head(upper):
            grouped = any(names.get(_plain(word)) for word in lower if word)
            return (index + 2, _two_rows(upper, lower, names)) if grouped else (index + 1, upper)
    for index, upper, lower in pairs[:HEAD_WITHIN]:
        if is_head(_two_rows(upper, lower, names)):
            return index + 2, _two_rows(upper, lower, names)
    return None


def _two_rows(upper: list[str], lower: list[str], names: Mapping[str, str]) -> list[str]:
    width = max(len(upper), len(lower))
    pairs = zip(upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower)), strict=True)
    return [low if low and (names.get(_plain(low)) or not up) else up for up, low in pairs]


def _plain(word: str) -> str:
    return _REMARK.sub("", unicodedata.normalize("NFKC", word))


def _grids(content: bytes) -> list[list[list[str]]]:
    if not content.strip():
        raise SheetUnreadable(Fault.NO_ROWS)
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        return _workbook(content)
    return [_csv(content)]


def _workbook(content: bytes) -> list[list[list[str]]]:
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                    raise SheetUnreadable(Fault.TOO_MANY_ROWS, "")
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            return [_cells(book.get_sheet_by_name(name)) for name in book.sheet_names]
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise SheetUnreadable(Fault.UNREADABLE) from error


def _cells(sheet: CalamineSheet) -> list[list[str]]:
    grid = [[_text(cell) for cell in cells] for cells in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top >= len(grid) or left >= len(grid[top]):
            continue
        text = grid[top][left]
        for row in grid[top : bottom + 1]:
            for index in range(left, min(right + 1, len(row))):
                row[index] = row[index] or text
    return grid


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return _clean(cell)
    convert: Callable[[Any], str] | None = _CONVERT.get(type(cell))
    return convert(cell) if convert else str(cell)


def _number(value: float) -> str:
    if abs(value) >= WHOLE_DIGITS:
        return f"{value:.14E}"  # the exponent is what tells the checks that digits are gone
    return str(int(value)) if float(value).is_integer() else repr(value)


_CONVERT: dict[type, Callable[[Any], str]] = {
    float: _number,
    int: _number,
    bool: lambda value: "是" if value else "否",
    datetime: lambda value: value.date().isoformat(),
    date: lambda value: value.isoformat(),
    time: lambda value: value.isoformat(),
}


def _clean(text: str) -> str:
    # The apostrophe that our own reports put before = + - @ goes when a mended report comes back.
    return _GUARD.sub("", _CONTROL.sub("", text).strip().strip("\ufeff\u200b"))


def _csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    start = text[:4096]
    delimiter = max(",\t;", key=start.count)
    try:
        return [
            [_clean(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise SheetUnreadable(Fault.UNREADABLE) from error


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetUnreadable(Fault.UNREADABLE)
