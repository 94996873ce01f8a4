"""One row of a household roll: what its cells mean, and what is wrong with them.

What needs other rows or the stored roll (twice the same number, unknown grids, new or changed) is asked in SQL.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from territory.enums import Fault, MustReach
from territory.rules.codes import trimmed
from territory.rules.faults import CellFault
from territory.rules.phones import phones_in
from territory.rules.places import Box, fault_of_position
from territory.rules.sheets import Sheet

# Our column → other words for it that sheets of sub-districts carry.
COLUMNS: dict[str, tuple[str, ...]] = {
    "户编号": ("户号", "家庭编号", "户编码"),
    "网格编码": ("网格代码", "网格编号", "所属网格编码"),
    "楼栋": ("楼号", "楼幢", "幢号"),
    "单元": ("单元号",),
    "楼层": ("层", "层数"),
    "房号": ("房间号", "门牌号", "室号"),
    "地址": ("详细地址", "住址", "家庭住址"),
    "户主": ("户主姓名", "姓名"),
    "人数": ("家庭人口", "人口数", "常住人数"),
    "电话": ("联系电话", "手机", "手机号", "手机号码", "联系方式", "电话号码"),
    "备用电话": ("备用联系电话", "第二电话", "其他电话"),
    "必达原因": ("必达户原因", "重点原因"),
    "经度": ("东经",),
    "纬度": ("北纬",),
    "核实日期": ("核实时间", "核实于"),
}
REQUIRED = ("户编号", "网格编码")
LONGEST = {"户编号": 32, "楼栋": 60, "单元": 20, "房号": 20, "地址": 120, "户主": 40}
REASONS: dict[str, MustReach] = {
    **dict.fromkeys(("", "否", "无", "普通户", "普通"), MustReach.ORDINARY),
    **dict.fromkeys(("危险点周边", "危险环境", "临近危险", "临险", "near_danger"), MustReach.NEAR_DANGER),
    **dict.fromkeys(("独居", "独居老人", "alone"), MustReach.ALONE),
    **dict.fromkeys(("卧床", "卧床或残疾", "残疾", "失能", "bedridden"), MustReach.BEDRIDDEN),
    **dict.fromkeys(("居住地下室", "地下室", "住地下室", "basement"), MustReach.BASEMENT),
}
MOST_PERSONS, LOWEST_FLOOR, HIGHEST_FLOOR = 99, -5, 120

_EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_WHOLE = re.compile(r"-?\d{1,4}")
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_EARLIEST = date(1990, 1, 1)


@dataclass
class RollRow:
    """One household as its row says it; a cell that is at fault is left at its empty value."""

    row: int
    code: str = ""
    area_code: str = ""
    building: str = ""
    unit: str = ""
    floor: int | None = None
    room: str = ""
    address: str = ""
    head_name: str = ""
    persons: int | None = None
    must_reach: MustReach = MustReach.ORDINARY
    longitude: float | None = None
    latitude: float | None = None
    verified_at: date | None = None
    phones: list[str] = field(default_factory=list)


def read_roll_row(
    sheet: Sheet, number: int, cells: list[str], *, box: Box, today: date
) -> tuple[RollRow, list[CellFault]]:
    """The household in a row, and its faults in the order of the columns. `today` bounds the date of verification."""
    faults: list[CellFault] = []

    def wrong(column: str, fault: Fault, value: str | None = None) -> None:
        faults.append(CellFault(number, column, sheet.cell(cells, column) if value is None else value, fault))

    text = {column: sheet.cell(cells, column) for column in COLUMNS}
    for column in REQUIRED:
        if not text[column]:
            wrong(column, Fault.MISSING)
        elif _EXPONENT.fullmatch(text[column]):
            wrong(column, Fault.DIGITS_LOST)
    for column, longest in LONGEST.items():
        if len(text[column]) > longest:
            wrong(column, Fault.TOO_LONG)
    persons, floor = _whole(text["人数"], "人口"), _whole(text["楼层"], "层楼F")
    if text["人数"] and (persons is None or not 0 <= persons <= MOST_PERSONS):
        wrong("人数", Fault.BAD_PERSONS)
    if text["楼层"] and (floor is None or not LOWEST_FLOOR <= floor <= HIGHEST_FLOOR):
        wrong("楼层", Fault.BAD_FLOOR)
    phones: list[str] = []
    for column in ("电话", "备用电话"):
        good, bad = phones_in(text[column])
        phones += [phone for phone in good if phone not in phones]
        for piece in bad:
            wrong(column, Fault.BAD_PHONE, piece)
    reason = REASONS.get(text["必达原因"])
    if reason is None:
        wrong("必达原因", Fault.BAD_REASON)
    longitude, latitude = _degrees(text["经度"]), _degrees(text["纬度"])
    if text["经度"] or text["纬度"]:
        if longitude is None or latitude is None:
            wrong("经度" if longitude is None else "纬度", Fault.BAD_COORDINATE)
        elif fault := fault_of_position(longitude, latitude, box):
            wrong("经度", fault, f"{text['经度']}, {text['纬度']}")
    verified_at = _date(text["核实日期"], today)
    if text["核实日期"] and verified_at is None:
        wrong("核实日期", Fault.BAD_DATE)
    return RollRow(
        row=number,
        code=text["户编号"],
        area_code=trimmed(text["网格编码"]),
        building=text["楼栋"],
        unit=text["单元"],
        floor=floor,
        room=text["房号"],
        address=text["地址"],
        head_name=text["户主"],
        persons=persons,
        must_reach=reason or MustReach.ORDINARY,
        longitude=longitude if latitude is not None else None,
        latitude=latitude if longitude is not None else None,
        verified_at=verified_at,
        phones=phones,
    ), faults


def _whole(text: str, units: str) -> int | None:
    bare = text.rstrip(units).strip()
    return int(bare) if _WHOLE.fullmatch(bare) else None


def _degrees(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -10_000_000 < value < 10_000_000 else None  # also leaves out nan and infinity


def _date(text: str, today: date) -> date | None:
    """Year first only: 03/04/2026 is two dates and therefore none."""
    if not (found := _DATE.fullmatch(text)):
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    return day if _EARLIEST <= day <= today else None
