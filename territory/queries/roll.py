"""What storing a household roll would do, worked out in a staging table that lasts as long as the transaction.

100,000 rows: Python reads each cell once, `COPY` stages them, and everything that needs other rows is one statement.
"""

import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from territory.enums import Fault, RowStatus
from territory.models import SheetImport
from territory.queries.faults import refusal
from territory.queries.report import marked_sheet
from territory.rules import (
    CHINA,
    COLUMNS,
    REQUIRED,
    Box,
    CellFault,
    RollRow,
    Scope,
    Sheet,
    SheetUnreadable,
    read_roll_row,
    read_sheet,
)

# Sheet column → column of the table. A column that the sheet lacks is left alone.
TEXTS = {
    "楼栋": "building",
    "单元": "unit",
    "楼层": "floor",
    "房号": "room",
    "地址": "address",
    "户主": "head_name",
    "必达原因": "must_reach",
}


@dataclass(frozen=True)
class RollExamined:
    """The sheet, the status of each of its rows, and every fault in the order of rows."""

    sheet: Sheet
    status: dict[int, RowStatus]
    faults: list[CellFault]
    is_first_load: bool

    def count(self, status: RowStatus) -> int:
        """How many rows have a status."""
        return self._counts[status]

    @property
    def _counts(self) -> Counter[RowStatus]:
        return Counter(self.status.values())


def examine_roll(content: bytes, *, scope: Scope | None, now: datetime) -> RollExamined:
    """Reads and checks a roll, leaving it staged in the temporary table `roll` until the transaction ends.

    `scope` bounds the areas that may be imported, None meaning all. Raises Refused when the file as a whole cannot
    be taken.
    """
    try:
        sheet = read_sheet(content, COLUMNS, REQUIRED)
    except SheetUnreadable as error:
        raise refusal(error) from error
    box, today = district_box(), timezone.localdate(now)
    rows: list[RollRow] = []
    faults: list[CellFault] = []
    for number, cells in sheet.rows:
        row, wrong = read_roll_row(sheet, number, cells, box=box, today=today)
        rows.append(row)
        faults += wrong
    _stage(rows, {fault.row for fault in faults})
    faults += _faults_among_rows(scope)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE roll SET status = 'bad' WHERE row = ANY(%s)", [[fault.row for fault in faults]])
        cursor.execute(_compare(sheet))
        cursor.execute("SELECT row, status FROM roll")
        status = {number: RowStatus(name) for number, name in cursor.fetchall()}
        cursor.execute(_IS_FIRST)
        (is_first,) = cursor.fetchone()
    return RollExamined(sheet, status, sorted(faults, key=lambda fault: fault.row), bool(is_first))


def district_box() -> Box:
    """The box around the stored district borders; all China while none is stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM"
            " (SELECT ST_Extent(border) AS e FROM territory_area"
            " WHERE level = 'district' AND retired_at IS NULL) district"
        )
        edges = cursor.fetchone()
    return Box(*edges) if edges[0] is not None else CHINA


def report_sheet(sheet: SheetImport, content: bytes, *, scope: Scope | None = None) -> bytes:
    """The user's own rows as xlsx, with a status and an error column; the cells at fault are red.

    Every cell is text, and none can run as a formula.
    """
    with transaction.atomic():
        examined = examine_roll(content, scope=scope, now=sheet.updated_at)
    return marked_sheet(examined.sheet, examined.status, examined.faults)


def _stage(rows: list[RollRow], bad: set[int]) -> None:
    buffer = io.StringIO()
    for row in rows:
        buffer.write(
            "\t".join(
                [
                    str(row.row),
                    _escaped(row.code),
                    _escaped(row.area_code),
                    _escaped(row.building),
                    _escaped(row.unit),
                    r"\N" if row.floor is None else str(row.floor),
                    _escaped(row.room),
                    _escaped(row.address),
                    _escaped(row.head_name),
                    r"\N" if row.persons is None else str(row.persons),
                    row.must_reach.value,
                    r"\N" if row.longitude is None else repr(row.longitude),
                    r"\N" if row.latitude is None else repr(row.latitude),
                    r"\N" if row.verified_at is None else row.verified_at.isoformat(),
                    "{" + ",".join(row.phones) + "}",
                    "bad" if row.row in bad else "new",
                ]
            )
            + "\n"
        )
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(_STAGING)
        # Django's wrapper passes the driver's own calls through.
        cursor.copy_expert(f"COPY roll ({_STAGED}) FROM STDIN", buffer)
        cursor.execute("CREATE INDEX ON roll (code)")
        cursor.execute("ANALYZE roll")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_STAGED = (
    "row, code, area_code, building, unit, floor, room, address, head_name, persons, must_reach, longitude, latitude,"
    " verified_at, phones, status"
)
_STAGING = """
DROP TABLE IF EXISTS pg_temp.roll;
CREATE TEMPORARY TABLE roll (
    row integer PRIMARY KEY, code text NOT NULL, area_code text NOT NULL, building text NOT NULL, unit text NOT NULL,
    floor smallint, room text NOT NULL, address text NOT NULL, head_name text NOT NULL, persons smallint,
    must_reach text NOT NULL, longitude float8, latitude float8, verified_at date, phones text[] NOT NULL,
    status text NOT NULL, phones_differ boolean NOT NULL DEFAULT true
) ON COMMIT DROP
"""
_IS_FIRST = """
SELECT NOT EXISTS (SELECT FROM territory_household
    WHERE left(area_code, 9) IN (SELECT DISTINCT left(area_code, 9) FROM roll))
"""


def _faults_among_rows(scope: Scope | None) -> list[CellFault]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row, code FROM (SELECT row, code, count(*) OVER (PARTITION BY code) AS times FROM roll) counted"
            " WHERE times > 1 AND code <> ''"
        )
        faults = [CellFault(row, "户编号", code, Fault.TWICE) for row, code in cursor.fetchall()]
        cursor.execute(
            "SELECT row, area_code FROM roll WHERE area_code <> '' AND NOT EXISTS (SELECT FROM territory_area a"
            " WHERE a.code = roll.area_code AND a.level = 'grid' AND a.retired_at IS NULL)"
        )
        faults += [CellFault(row, "网格编码", code, Fault.UNKNOWN_GRID) for row, code in cursor.fetchall()]
        if scope is not None:
            # Also a household that lies elsewhere now: importing it would take it away from those it belongs to.
            cursor.execute(
                "SELECT roll.row, roll.area_code, coalesce(h.area_code, roll.area_code) FROM roll"
                " LEFT JOIN territory_household h ON h.code = roll.code WHERE roll.area_code <> ''"
            )
            faults += [
                CellFault(row, "网格编码", code, Fault.OUTSIDE_SCOPE)
                for row, code, present in cursor.fetchall()
                if not (scope.covers(code) and scope.covers(present))
            ]
    return faults


def _compare(sheet: Sheet) -> str:
    """Marks staged rows whose household exists as changed or same. A blank telephone, position, number of persons or
    date takes nothing away from what is known; any other blank cell empties its column."""
    differs = ["h.area_code <> roll.area_code", "h.retired_at IS NOT NULL", "h.phones_differ"]
    differs += [f"h.{column} IS DISTINCT FROM roll.{column}" for name, column in TEXTS.items() if name in sheet.at]
    differs += [
        "roll.persons <> h.persons",
        "(roll.verified_at IS NOT NULL AND roll.verified_at IS DISTINCT FROM h.verified_at)",
        "roll.longitude IS NOT NULL AND h.position IS NULL",
        "ST_X(h.position) <> roll.longitude",
        "ST_Y(h.position) <> roll.latitude",
    ]
    return _MARK.replace("/*differs*/", " OR ".join(f"coalesce({condition}, false)" for condition in differs))


# One pass over all contacts: a lateral question per household took more than the statement's time at 100,000.
_MARK = """
WITH known AS MATERIALIZED (
    SELECT hc.household_id, array_agg(cp.address::text ORDER BY hc.rank) AS phones
    FROM territory_householdcontact hc JOIN territory_contactpoint cp ON cp.id = hc.contact_point_id
    GROUP BY hc.household_id
), known_homes AS MATERIALIZED (
    SELECT h.*, cardinality(r.phones) > 0 AND r.phones IS DISTINCT FROM known.phones AS phones_differ, r.row
    FROM roll r JOIN territory_household h ON h.code = r.code LEFT JOIN known ON known.household_id = h.id
    WHERE r.status <> 'bad'
)
UPDATE roll SET phones_differ = h.phones_differ, status = CASE WHEN /*differs*/ THEN 'changed' ELSE 'same' END
FROM known_homes h WHERE roll.row = h.row
"""
