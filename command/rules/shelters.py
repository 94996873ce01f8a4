"""How far a place is, which way, how long on foot; and what a row of the sheet of shelters says."""

from dataclasses import dataclass
from math import asin, atan2, cos, degrees, radians, sin, sqrt

from command.enums.shelters import ShelterFault, ShelterKind, Wind
from territory.enums import Fault
from territory.rules import Box, CellFault, Sheet, fault_of_position, is_mobile, normalised_phone, trimmed

EARTH_METRES = 6_371_000.0
# Streets turn: a way is about four thirds of the straight line. 60 m a minute is how an old person walks in the rain.
STREETS, METRES_A_MINUTE = 4 / 3, 60

COLUMNS: dict[str, tuple[str, ...]] = {
    "编码": ("编号", "场所编码"),
    "名称": ("场所名称",),
    "类型": ("类别",),
    "区划编码": ("区划代码", "所属区划", "社区编码", "街道编码"),
    "地址": ("位置", "详细地址"),
    "经度": ("东经",),
    "纬度": ("北纬",),
    "可容纳人数": ("容纳人数", "容量"),
    "电话": ("联系电话", "值守电话"),
    "英文名称": ("英文名",),
    "说明": ("备注",),
}
REQUIRED = ("编码", "名称", "区划编码", "经度", "纬度")
KINDS = {
    "": ShelterKind.SHELTER,
    "避险场所": ShelterKind.SHELTER,
    "避难场所": ShelterKind.SHELTER,
    "安置点": ShelterKind.SHELTER,
    "高地": ShelterKind.HIGH_GROUND,
    "shelter": ShelterKind.SHELTER,
    "high_ground": ShelterKind.HIGH_GROUND,
}
LONGEST = {"编码": 32, "名称": 60, "地址": 120, "英文名称": 80, "说明": 120}


@dataclass(frozen=True)
class Leg:
    """The way from one place to another: straight metres, the eighth of the compass, minutes on foot."""

    metres: int
    wind: Wind
    minutes: int


def leg(start: tuple[float, float], end: tuple[float, float]) -> Leg:
    """Both as (longitude, latitude), WGS-84. Metres are rounded to ten: nobody's position is better known."""
    (x1, y1), (x2, y2) = [(radians(x), radians(y)) for x, y in (start, end)]
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    metres = 2 * EARTH_METRES * asin(sqrt(half))
    north = cos(y1) * sin(y2) - sin(y1) * cos(y2) * cos(x2 - x1)
    bearing = degrees(atan2(sin(x2 - x1) * cos(y2), north)) % 360
    minutes = max(1, round(metres * STREETS / METRES_A_MINUTE))
    return Leg(round(metres / 10) * 10, Wind(round(bearing / 45) % 8), minutes)


def shown_phone(phone: str) -> str:
    """A number as people dial it inside the country: a landline gets its 0 and its dash back (0375-2900000)."""
    bare = phone.removeprefix("+86")
    if bare == phone or is_mobile(phone):
        return bare
    code = 2 if bare[0] == "2" or bare.startswith("10") else 3
    return f"0{bare[:code]}-{bare[code:]}"


@dataclass(frozen=True)
class ShelterRow:
    """One place as the sheet says it; `position` as (longitude, latitude), WGS-84."""

    row: int
    code: str
    name: str
    kind: ShelterKind
    area_code: str
    position: tuple[float, float]
    address: str = ""
    room_for: int | None = None
    phone: str = ""
    name_en: str = ""
    note: str = ""


def read_shelter(sheet: Sheet, number: int, cells: list[str], *, box: Box) -> tuple[ShelterRow | None, list[CellFault]]:
    """One row, or what is wrong in it."""
    said = {column: sheet.cell(cells, column).strip() for column in COLUMNS}
    faults = [
        CellFault(number, column, "", Fault.MISSING) for column in ("编码", "名称", "区划编码") if not said[column]
    ]
    faults += [
        CellFault(number, column, said[column], Fault.TOO_LONG)
        for column, most in LONGEST.items()
        if len(said[column]) > most
    ]
    kind = KINDS.get(said["类型"])
    if kind is None:
        faults.append(CellFault(number, "类型", said["类型"], ShelterFault.BAD_KIND))
    room, wrong = _room(said["可容纳人数"])
    if wrong:
        faults.append(CellFault(number, "可容纳人数", said["可容纳人数"], wrong))
    phone = normalised_phone(said["电话"]) if said["电话"] else ""
    if phone is None:
        faults.append(CellFault(number, "电话", said["电话"], Fault.BAD_PHONE))
    position, amiss = _position(said["经度"], said["纬度"], box)
    if amiss:
        faults.append(CellFault(number, "经度", f"{said['经度']} {said['纬度']}".strip(), amiss))
    if faults or kind is None or position is None:
        return None, faults
    row = ShelterRow(
        row=number,
        code=said["编码"],
        name=said["名称"],
        kind=kind,
        area_code=trimmed(said["区划编码"]),
        position=position,
        address=said["地址"],
        room_for=room,
        phone=phone or "",
        name_en=said["英文名称"],
        note=said["说明"],
    )
    return row, []


def _room(text: str) -> tuple[int | None, ShelterFault | None]:
    digits = text.replace(",", "").replace("人", "").removesuffix(".0")
    if not digits:
        return None, None
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 5:
        return None, ShelterFault.BAD_CAPACITY
    return int(digits), None


def _position(
    longitude: str, latitude: str, box: Box
) -> tuple[tuple[float, float] | None, Fault | ShelterFault | None]:
    if not longitude and not latitude:
        return None, ShelterFault.NO_POSITION
    try:
        x, y = float(longitude), float(latitude)
    except ValueError:
        return None, Fault.BAD_COORDINATE
    fault = fault_of_position(x, y, box)
    return (None, fault) if fault else ((x, y), None)
