"""What importing the area tree would do."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon, WKBWriter

from core.rules import Refused
from territory.enums import Fault, Level, RowStatus
from territory.models import Area
from territory.queries.faults import refusal
from territory.rules import (
    CHINA,
    LENGTHS,
    CellFault,
    Scope,
    SheetUnreadable,
    level_of,
    parent_of,
    read_sheet,
    trimmed,
)

AREA_COLUMNS: dict[str, tuple[str, ...]] = {
    "编码": ("区划代码", "行政区划代码", "代码", "统计用区划代码"),
    "名称": ("区划名称",),
    "级别": ("层级", "类型"),
}
AREA_REQUIRED = ("编码", "名称")
LEVELS: dict[str, Level] = {
    **dict.fromkeys(("区", "县", "区县", "区（县）", "district"), Level.DISTRICT),
    **dict.fromkeys(("街道", "乡", "镇", "乡镇", "街道办事处", "subdistrict"), Level.SUBDISTRICT),
    **dict.fromkeys(("社区", "居委会", "community"), Level.COMMUNITY),
    **dict.fromkeys(("村", "建制村", "行政村", "village"), Level.VILLAGE),
    **dict.fromkeys(("网格", "grid"), Level.GRID),
}
LONGEST_NAME = 60
FEATURE_COLUMN = "geojson"


@dataclass
class AreaRow:
    """One area to be stored; `border` None leaves the stored border as it is."""

    code: str
    name: str
    level: Level
    border: MultiPolygon | None = None
    is_sketch: bool = False


@dataclass(frozen=True)
class AreasExamined:
    """The areas by code with what would become of each, and all faults. GeoJSON faults are numbered by feature."""

    rows: dict[str, AreaRow]
    status: dict[str, RowStatus]
    faults: list[CellFault]
    total: int

    def count(self, status: RowStatus) -> int:
        """How many areas have a status; `bad` counts faulty rows and features."""
        if status is RowStatus.BAD:
            return len({(fault.row, fault.column == FEATURE_COLUMN) for fault in self.faults})
        return Counter(self.status.values())[status]


def examine_areas(csv: bytes, geojson: bytes | None, *, scope: Scope | None) -> AreasExamined:
    """Reads and checks an area sheet (csv or xlsx) and, if given, its borders. `scope` None means all areas.

    Raises Refused when a file as a whole cannot be taken.
    """
    stored = {area.code: area for area in Area.objects.all()}
    rows, faults, total = _rows(csv, stored, scope)
    if geojson is not None:
        faults += _take_borders(geojson, rows, stored, scope)
    return AreasExamined(rows, {row.code: _status(row, stored.get(row.code)) for row in rows.values()}, faults, total)


def _rows(
    content: bytes, stored: dict[str, Area], scope: Scope | None
) -> tuple[dict[str, AreaRow], list[CellFault], int]:
    try:
        sheet = read_sheet(content, AREA_COLUMNS, AREA_REQUIRED)
    except SheetUnreadable as error:
        raise refusal(error) from error
    faults: list[CellFault] = []
    rows: dict[str, AreaRow] = {}
    numbers: dict[str, int] = {}
    for number, cells in sheet.rows:
        written, name, word = (sheet.cell(cells, column) for column in AREA_COLUMNS)
        code = trimmed(written)
        level, fault = _level(code, word)
        found = [("编码", written, _code_fault(written, code, rows, scope)), ("级别", word, fault)]
        found.append(
            ("名称", name, Fault.MISSING if not name else Fault.TOO_LONG if len(name) > LONGEST_NAME else None)
        )
        faults += [CellFault(number, column, value, wrong) for column, value, wrong in found if wrong]
        if level is not None:
            rows.setdefault(code, AreaRow(code, name, level))
            numbers.setdefault(code, number)
    for code, number in numbers.items():
        above = parent_of(code)
        if above and above not in rows and above not in stored:
            faults.append(CellFault(number, "编码", above, Fault.NO_PARENT))
    return rows, sorted(faults, key=lambda fault: fault.row), len(sheet.rows)


def _code_fault(written: str, code: str, rows: dict[str, AreaRow], scope: Scope | None) -> Fault | None:
    if not written:
        return Fault.MISSING
    if "E" in written.upper():
        return Fault.DIGITS_LOST
    if not level_of(code):
        return Fault.BAD_CODE
    if code in rows:
        return Fault.TWICE
    return Fault.OUTSIDE_SCOPE if scope is not None and not scope.covers(code) else None


def _level(code: str, word: str) -> tuple[Level | None, Fault | None]:
    """The level that code and word agree on. Without a word, 2xx in the last three of twelve digits is a village."""
    if not (by_length := level_of(code)):
        return None, None  # said at the code
    given = LEVELS.get(word)
    if word and given is None:
        return None, Fault.BAD_LEVEL
    if len(code) == LENGTHS[2]:
        if given in (Level.COMMUNITY, Level.VILLAGE):
            return given, None
        return (Level.VILLAGE if code[9] == "2" else Level.COMMUNITY, None) if not word else (None, Fault.BAD_LEVEL)
    return (Level(by_length), None) if given in (None, Level(by_length)) else (None, Fault.BAD_LEVEL)


def _take_borders(
    content: bytes, rows: dict[str, AreaRow], stored: dict[str, Area], scope: Scope | None
) -> list[CellFault]:
    """Puts each feature's border on its area; an area that only the GeoJSON names joins the rows unchanged."""
    faults: list[CellFault] = []
    for number, feature in enumerate(_features(content), start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            properties = {}
        # JSON can carry characters that PostgreSQL cannot store; the code comes back to the person in a fault.
        written = "".join(letter for letter in str(properties.get("code", "")) if letter.isprintable())
        code = trimmed(written[:LONGEST_NAME])
        if code not in rows and code in stored:
            area = stored[code]
            rows[code] = AreaRow(code, area.name, Level(area.level))
        border = _border(feature.get("geometry")) if isinstance(feature, dict) else None
        if code not in rows:
            faults.append(CellFault(number, FEATURE_COLUMN, code, Fault.NO_SUCH_AREA))
        elif scope is not None and not scope.covers(code):
            faults.append(CellFault(number, FEATURE_COLUMN, code, Fault.OUTSIDE_SCOPE))
        elif rows[code].border is not None:
            faults.append(CellFault(number, FEATURE_COLUMN, code, Fault.TWICE))
        elif border is None:
            faults.append(CellFault(number, FEATURE_COLUMN, code, Fault.BAD_BORDER))
        else:
            rows[code].border, rows[code].is_sketch = border, bool(properties.get("sketch", False))
    return faults


def _features(content: bytes) -> list[Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
        features = document["features"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _no_geojson() from error
    if not isinstance(features, list) or not features:
        raise _no_geojson()
    return features


def _no_geojson() -> Refused:
    return Refused(Fault.BAD_GEOJSON.value, Fault.BAD_GEOJSON.label, field="geojson")


def _border(geometry: Any) -> MultiPolygon | None:
    """A valid multipolygon in two dimensions inside China's bounds; None when it is not one."""
    try:
        drawn = GEOSGeometry(json.dumps(geometry))
        if drawn.hasz:
            drawn = GEOSGeometry(WKBWriter(dim=2).write(drawn))
        whole = MultiPolygon(drawn, srid=4326) if isinstance(drawn, Polygon) else drawn
        if not isinstance(whole, MultiPolygon) or whole.empty or not whole.valid:
            return None
    except (ValueError, TypeError, GEOSException, GDALException):
        return None
    west, south, east, north = whole.extent
    whole.srid = 4326
    return whole if CHINA.holds(west, south) and CHINA.holds(east, north) else None


def _status(row: AreaRow, area: Area | None) -> RowStatus:
    if area is None:
        return RowStatus.NEW
    same = (row.name, row.level, None) == (area.name, area.level, area.retired_at)
    if row.border is not None:
        same = same and row.is_sketch == area.border_is_sketch
        same = same and area.border is not None and row.border.equals_exact(area.border)
    return RowStatus.SAME if same else RowStatus.CHANGED
