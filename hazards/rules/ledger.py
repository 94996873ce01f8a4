"""One row of a ledger (台账) of dangerous places: what its cells mean, and what is wrong with them.

Each trap has its own fault and sentence. What needs the register or other rows is asked by the queries.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from hazards.enums import SiteFault, SiteKind, SiteRole
from territory.enums import Datum, Fault
from territory.rules import Box, CellFault, Sheet, fault_of_position, phones_in, to_wgs84, trimmed

# Our column → other words for it. The order is that of the sheet that goes out.
COLUMNS: dict[str, tuple[str, ...]] = {
    "编码": ("隐患点编码", "点位编码", "隐患点编号", "点位编号", "编号", "官方编码", "统一编号", "代码"),
    "类型": ("隐患类型", "隐患点类型", "类别", "种类", "隐患类别", "点位类型"),
    "名称": ("隐患点名称", "点位名称", "隐患点", "点位", "部位名称", "重点部位"),
    "区划编码": ("行政区划编码", "区划代码", "所属区划编码", "网格编码", "社区编码"),
    "街道": ("所属街道", "街道名称", "乡镇街道", "街道办", "街道(乡镇)"),
    "社区": ("所属社区", "社区(村)", "社区村", "村社区", "村", "社区名称", "社区/村"),
    "地址": ("详细地址", "位置", "具体位置", "所在位置", "地点"),
    "经度": ("东经", "坐标经度", "lng", "lon"),
    "纬度": ("北纬", "坐标纬度", "lat"),
    "坐标": ("经纬度", "坐标位置", "位置坐标"),
    "断行水深": ("断行深度", "封闭水深", "断行水深cm", "断行水位", "封控水深"),
    "受威胁户数": ("威胁户数", "影响户数", "涉及户数"),
    "受威胁人数": ("威胁人数", "影响人数", "涉及人数"),
    "管控标准": ("管控要求", "管控措施", "处置标准"),
    "监测站编码": ("测站编码", "站码", "监测站", "监测设备编码"),
    "行政责任人": ("行政责任人姓名", "行政负责人"),
    "行政责任人电话": ("行政责任人联系电话", "行政责任人手机", "行政责任人联系方式", "行政责任人手机号"),
    "技术责任人": ("技术责任人姓名", "技术负责人"),
    "技术责任人电话": ("技术责任人联系电话", "技术责任人手机", "技术责任人联系方式", "技术责任人手机号"),
    "巡查责任人": ("巡查责任人姓名", "巡查人", "巡查负责人", "责任人", "包保责任人"),
    "巡查责任人电话": ("巡查责任人联系电话", "巡查责任人手机", "巡查责任人联系方式", "巡查责任人手机号"),
    "备注": ("说明", "须知", "情况说明"),
    "核实日期": ("核实于", "核实时间", "最近核实"),
}
REQUIRED = ("编码", "名称")
LONGEST = {"编码": 32, "名称": 80, "地址": 160, "管控标准": 300, "监测站编码": 32}
COUNTED = {"受威胁户数": "threatened_households", "受威胁人数": "threatened_persons"}
MOST_COUNTED = 1_000_000
PERSONS: dict[SiteRole, str] = {
    SiteRole.ADMIN_RESP: "行政责任人",
    SiteRole.TECH_RESP: "技术责任人",
    SiteRole.PATROL_RESP: "巡查责任人",
}
KINDS: dict[str, SiteKind] = {
    **dict.fromkeys(("河道", "河段", "河道险段", "河流", "沟渠", "river"), SiteKind.RIVER),
    **dict.fromkeys(
        ("下穿式桥涵", "下穿桥涵", "桥涵", "下穿立交", "下穿隧道", "涵洞", "铁路桥涵", "underpass"), SiteKind.UNDERPASS
    ),
    **dict.fromkeys(("地下商超", "地下商场", "地下超市", "地下商业", "ug_mall"), SiteKind.UG_MALL),
    **dict.fromkeys(("地下停车场", "地下车库", "地下停车库", "ug_parking"), SiteKind.UG_PARKING),
    **dict.fromkeys(("地质灾害点", "地质灾害隐患点", "地灾点", "滑坡", "崩塌", "geo_hazard"), SiteKind.GEO_HAZARD),
    **dict.fromkeys(
        ("易积水点", "积水点", "易涝点", "内涝点", "低洼易涝点", "waterlog_point"), SiteKind.WATERLOG_POINT
    ),
}
DEEPEST_CM = 500
NEAR_METRES = 5.0  # two sites closer than this may be one place under two codes
NOTES = frozenset(
    {SiteFault.PERSON_UNKNOWN, SiteFault.NEAR_DUPLICATE, SiteFault.NO_POSITION, SiteFault.DRAWN}
)  # flagged, refusing nothing

_EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_TWO_DATES = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})")
_DEPTH = re.compile(r"(\d{1,4})(?:\.0+)?(?:cm|厘米|公分)?", re.IGNORECASE)
_COUNT = re.compile(r"(\d{1,9})(?:\.0+)?[户人]?")
_DMS = re.compile(r"[东北EN]?\s*(\d{1,3})[°度]\s*(\d{1,2})[′'分]\s*(?:(\d{1,2}(?:\.\d+)?)[″\"秒])?\s*[EN]?")
_BETWEEN_NAMES = re.compile(r"[、,，/;；\n]+|\s{2,}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True)
class Reading:
    """How a sheet is read: its datum, the kind of all rows when it names none, and the user's own words for columns."""

    datum: str = Datum.WGS84
    kind: str = ""
    mapping: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answering:
    """Whom a row names for one role: names and E.164 numbers in their order, the holder first, then the deputy."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass
class SiteRow:
    """One site as its row says it; a cell at fault or empty is left out. `typed` is the position as it stood."""

    row: int
    code: str = ""
    kind: str = ""
    name: str = ""
    area_code: str = ""
    street: str = ""
    community: str = ""
    address: str = ""
    position: tuple[float, float] | None = None
    typed: tuple[float, float] | None = None
    closing_depth_cm: int | None = None
    threatened_households: int | None = None
    threatened_persons: int | None = None
    control_standard: str = ""
    station_code: str = ""
    note: str = ""
    verified_at: date | None = None
    persons: dict[SiteRole, Answering] = field(default_factory=dict)


def read_site_row(
    sheet: Sheet, number: int, cells: list[str], *, reading: Reading, box: Box, today: date
) -> tuple[SiteRow, list[CellFault]]:
    """The site in a row and its faults in the order of the columns. `today` bounds the date of verification."""
    text = {column: sheet.cell(cells, column) for column in COLUMNS}
    row = SiteRow(
        number,
        code=text["编码"],
        name=text["名称"],
        area_code=trimmed(text["区划编码"]) if text["区划编码"] else "",
        street=text["街道"],
        community=text["社区"],
        address=text["地址"],
        control_standard=text["管控标准"],
        station_code=text["监测站编码"],
        note=text["备注"],
    )
    faults: list[CellFault] = [CellFault(number, column, "", Fault.MISSING) for column in REQUIRED if not text[column]]
    faults += [
        CellFault(number, column, text[column], Fault.DIGITS_LOST)
        for column in ("编码", "区划编码", "监测站编码")
        if _EXPONENT.fullmatch(text[column])
    ]
    faults += [
        CellFault(number, column, text[column][:40], Fault.TOO_LONG)
        for column, longest in LONGEST.items()
        if len(text[column]) > longest
    ]
    for part in (_kind, _place, _depth, _counted, _verified, _persons):
        faults += part(row, text, reading, box, today)
    order = list(COLUMNS)
    return row, sorted(faults, key=lambda fault: order.index(fault.column))


def _kind(row: SiteRow, text: dict[str, str], reading: Reading, box: Box, today: date) -> list[CellFault]:
    kind = KINDS.get(re.sub(r"\s", "", text["类型"]).lower()) if text["类型"] else None
    row.kind = kind or ("" if text["类型"] else reading.kind)
    if row.kind:
        return []
    fault = SiteFault.KIND_UNKNOWN if text["类型"] else Fault.MISSING
    return [CellFault(row.row, "类型", text["类型"], fault)]


def _place(row: SiteRow, text: dict[str, str], reading: Reading, box: Box, today: date) -> list[CellFault]:
    east, north, column = text["经度"], text["纬度"], "经度"
    if not east and not north and text["坐标"]:
        pieces = re.split(r"[,，、;；\s]+", text["坐标"].strip(), maxsplit=1)
        east, north, column = pieces[0], pieces[1] if len(pieces) == 2 else "", "坐标"
    if not east and not north:
        return [CellFault(row.row, column, "", SiteFault.NO_POSITION)]
    longitude, latitude = degrees_of(east), degrees_of(north)
    if longitude is None or latitude is None:
        wrong = column if column == "坐标" or longitude is None else "纬度"
        return [CellFault(row.row, wrong, f"{east} {north}".strip(), Fault.BAD_COORDINATE)]
    place = to_wgs84(longitude, latitude, reading.datum) if _is_on_earth(longitude, latitude) else (longitude, latitude)
    if fault_of_position(*place, box) is None:
        row.position, row.typed = (round(place[0], 6), round(place[1], 6)), (longitude, latitude)
        return []
    fault = fault_of_position(longitude, latitude, box) or Fault.OUTSIDE_DISTRICT
    return [CellFault(row.row, column, f"{east}, {north}", fault)]


def _is_on_earth(longitude: float, latitude: float) -> bool:
    return abs(longitude) <= 180 and abs(latitude) <= 90


def degrees_of(text: str) -> float | None:
    """Decimal degrees, or degrees, minutes and seconds with their signs (113°21′45″); None when it is neither."""
    plain = text.strip().rstrip("°度")
    if _NUMBER.fullmatch(plain):
        return float(plain) if abs(float(plain)) < 10_000_000 else None
    matched = _DMS.fullmatch(text.strip())
    if matched is None:
        return None
    degrees, minutes, seconds = int(matched[1]), int(matched[2]), float(matched[3] or 0)
    return degrees + minutes / 60 + seconds / 3600 if minutes < 60 and seconds < 60 else None


def _depth(row: SiteRow, text: dict[str, str], reading: Reading, box: Box, today: date) -> list[CellFault]:
    if not text["断行水深"]:
        return []
    matched = _DEPTH.fullmatch(re.sub(r"\s", "", text["断行水深"]))
    if matched and 1 <= int(matched[1]) <= DEEPEST_CM:
        row.closing_depth_cm = int(matched[1])
        return []
    return [CellFault(row.row, "断行水深", text["断行水深"], SiteFault.DEPTH_WRONG)]


def _counted(row: SiteRow, text: dict[str, str], reading: Reading, box: Box, today: date) -> list[CellFault]:
    """Households and persons within reach; 32户 is 32."""
    faults = []
    for column, name in COUNTED.items():
        matched = _COUNT.fullmatch(re.sub(r"\s", "", text[column]))
        if matched and int(matched[1]) <= MOST_COUNTED:
            setattr(row, name, int(matched[1]))
        elif text[column]:
            faults.append(CellFault(row.row, column, text[column], SiteFault.COUNT_WRONG))
    return faults


def _verified(row: SiteRow, text: dict[str, str], reading: Reading, box: Box, today: date) -> list[CellFault]:
    written = text["核实日期"]
    if not written:
        return []
    if matched := _DATE.fullmatch(written):
        try:
            day = date(*(int(part) for part in matched.groups()))
        except ValueError:
            day = date.max
        if _EARLIEST <= day <= today:
            row.verified_at = day
            return []
    fault = Fault.AMBIGUOUS_DATE if _TWO_DATES.fullmatch(written) else Fault.BAD_DATE
    return [CellFault(row.row, "核实日期", written, fault)]


def _persons(row: SiteRow, text: dict[str, str], reading: Reading, box: Box, today: date) -> list[CellFault]:
    faults: list[CellFault] = []
    for role, column in PERSONS.items():
        phones, bad = phones_in(text[f"{column}电话"])
        faults += [CellFault(row.row, f"{column}电话", piece, Fault.BAD_PHONE) for piece in bad]
        names = tuple(name for piece in _BETWEEN_NAMES.split(text[column]) if (name := piece.strip()))
        if (names or phones) and not bad:
            row.persons[role] = Answering(names, tuple(phones))
    return faults
