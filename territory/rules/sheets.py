"""Sheets as people send them: title rows above the head, heads of two rows, merged cells, 同上, rows of totals.

Every cell comes out as text, so that an official code never turns into a number.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
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
    `rows`: (row number as the spreadsheet shows it, cells as text); `beside`: the same of totals and notes.
    """

    head: list[str]
    at: dict[str, int]
    rows: list[tuple[int, list[str]]]
    beside: list[tuple[int, list[str]]]

    @property
    def skipped(self) -> list[int]:
        """The row numbers of totals and notes."""
        return [number for number, _cells in self.beside]

    def cell(self, cells: list[str], column: str) -> str:
        """The text under one of our columns; empty when the sheet has no such column."""
        index = self.at.get(column)
        return cells[index] if index is not None and index < len(cells) else ""


def read_sheet(
    content: bytes,
    columns: Mapping[str, tuple[str, ...]],
    required: tuple[str, ...],
    *,
    mapping: Mapping[str, str] | None = None,
    most_unpacked: int = MOST_UNPACKED,
) -> Sheet:
    """Reads csv, xlsx or xls, told apart by their bytes, and finds the head.

    `columns`: our column name → other words for the same. `mapping` is what the user says himself: a word of his
    head as `unique_words` tells it → our column, empty for none; it goes before every guess. Raises SheetUnreadable.
    """
    names = _names(columns)
    chosen = {_plain(word): ours for word, ours in (mapping or {}).items()}
    for grid in _grids(content, most_unpacked):
        if found := _head_of(grid, names | chosen, required):
            return _under_head(grid, found, names, chosen)
    raise SheetUnreadable(Fault.NO_HEAD, "、".join(required))


def guessed_head(
    content: bytes, columns: Mapping[str, tuple[str, ...]], *, most_unpacked: int = MOST_UNPACKED
) -> list[str]:
    """The words of the row that looks most like a head, for a sheet in which no head was found. Raises as above."""
    names = _names(columns)
    best: list[str] = []
    score = (0, 0)
    for grid in _grids(content, most_unpacked):
        for cells in grid[:HEAD_WITHIN]:
            own = (sum(_plain(text) in names for text in cells), len({text for text in cells if text}))
            best, score = (cells, own) if own > score else (best, score)
    return best


def unique_words(head: Iterable[str]) -> list[str]:
    """The head's words, told apart where one stands over several columns: 电话, 电话#2, 电话#3."""
    seen: dict[str, int] = {}
    words = []
    for word in head:
        seen[word] = seen.get(word, 0) + 1
        words.append(word if seen[word] == 1 else f"{word}#{seen[word]}")
    return words


def _names(columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {_plain(word): ours for ours, others in columns.items() for word in (ours, *others)}


def without_formula(text: str) -> str:
    """Text that a spreadsheet will not run as a formula: an apostrophe before = + - @, tab and return."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _columns_of(head: list[str], names: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, int]:
    """Which column of the sheet is which of ours. A word such as 电话 belongs to the column it stands behind."""
    at: dict[str, int] = {}
    guessed: list[tuple[str, int]] = []
    owner = ""
    for index, (word, unique) in enumerate(zip(head, unique_words(head), strict=True)):
        plain = _plain(word)
        if _plain(unique) in chosen:
            if ours := chosen[_plain(unique)]:
                if ours in at:
                    raise SheetUnreadable(Fault.COLUMN_TWICE, ours)
                at[ours] = index
            continue
        if guess := names.get(owner + plain) or names.get(plain):
            guessed.append((guess, index))
        if plain in names and not (owner and owner + plain in names):
            owner = names[plain]
    taken = set(at)
    for guess, index in guessed:
        if guess in taken:
            continue
        if guess in at:
            raise SheetUnreadable(Fault.COLUMN_TWICE, guess)
        at[guess] = index
    return at


def _under_head(
    grid: list[list[str]], found: tuple[int, list[str]], names: Mapping[str, str], chosen: Mapping[str, str]
) -> Sheet:
    first, head = found
    sheet = Sheet(head, _columns_of(head, names, chosen), [], [])
    above: list[str] = []
    for number, cells in enumerate(grid[first:], start=first + 1):
        filled = [text for text in cells if text]
        if not filled:
            continue
        if _TOTAL.match(filled[0]) or (len(filled) <= 2 and _NOTE.match(filled[0])):
            sheet.beside.append((number, cells))
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
            grouped = any(_known_below(above, word, names) for above, word in zip(_carried(upper), lower, strict=False))
            return (index + 2, _two_rows(upper, lower, names)) if grouped else (index + 1, upper)
    for index, upper, lower in pairs[:HEAD_WITHIN]:
        if is_head(_two_rows(upper, lower, names)):
            return index + 2, _two_rows(upper, lower, names)
    return None


def _known_below(above: str, word: str, names: Mapping[str, str]) -> bool:
    return bool(word and (names.get(_plain(word)) or names.get(_plain(above + word))))


def _carried(words: list[str]) -> list[str]:
    carried: list[str] = []
    for word in words:
        carried.append(word or (carried[-1] if carried else ""))
    return carried


def _two_rows(upper: list[str], lower: list[str], names: Mapping[str, str]) -> list[str]:
    width = max(len(upper), len(lower))
    pairs = zip(upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower)), strict=True)
    words, group = [], ""
    for up, low in pairs:
        group = up or group  # a merged cell has its word in its first column only
        if low and names.get(_plain(group + low)):
            words.append(group + low)
        else:
            words.append(low if low and (names.get(_plain(low)) or not up) else up)
    return words


def _plain(word: str) -> str:
    return _REMARK.sub("", unicodedata.normalize("NFKC", word))


def _grids(content: bytes, most_unpacked: int) -> list[list[list[str]]]:
    if not content.strip():
        raise SheetUnreadable(Fault.NO_ROWS)
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        return _workbook(content, most_unpacked)
    return [_csv(content)]


def _workbook(content: bytes, most_unpacked: int) -> list[list[list[str]]]:
    try:
        if content[:2] == b"PK":
            _unpacked(content, most_unpacked)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            return [_cells(book.get_sheet_by_name(name)) for name in book.sheet_names]
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise SheetUnreadable(Fault.UNREADABLE) from error


def _unpacked(content: bytes, most: int) -> None:
    """Refuses a workbook that unpacks to more than `most` bytes, whatever its own table of contents claims."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > most:
            raise SheetUnreadable(Fault.UNPACKS_HUGE)
        for part in parts.infolist():
            with parts.open(part) as stream:  # ends with BadZipFile where the claimed size is not the true one
                while stream.read(1 << 20):
                    pass


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
