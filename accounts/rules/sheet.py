"""Reads a list of people as offices really write it: other heads, other words for roles, two phones in one cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from accounts.enums import PersonFault, Role
from accounts.rules.signin import mobile_of
from territory.rules import Scope, Sheet, is_mobile, level_of, phones_in, trimmed

# Our column → other words for it that lists of offices carry.
COLUMNS: dict[str, tuple[str, ...]] = {
    "姓名": ("名字", "人员姓名", "网格员姓名", "责任人"),
    "手机": ("手机号", "手机号码", "联系电话", "联系方式", "电话", "电话号码", "移动电话"),
    "角色": ("职务", "岗位", "身份"),
    "区域编码": ("网格编码", "行政区划代码", "区划代码", "编码", "网格编号", "网格代码"),
    "登录名": ("用户名", "账号", "帐号"),
    "邮箱": ("电子邮箱", "电子邮件", "email", "Email"),
    "起": ("起始日期", "开始日期", "任职日期", "自"),
    "止": ("截止日期", "结束日期", "离任日期", "至"),
}
REQUIRED = ("姓名", "手机", "角色", "区域编码")

ROLES: dict[str, Role] = {
    "指挥长": Role.COMMANDER,
    "副指挥长": Role.COMMANDER,
    "总指挥": Role.COMMANDER,
    "指挥员": Role.COMMANDER,
    "带班领导": Role.LEADER,
    "带班": Role.LEADER,
    "值班员": Role.DUTY_OFFICER,
    "值班人员": Role.DUTY_OFFICER,
    "街道值班员": Role.SUBDISTRICT_OFFICER,
    "街道干部": Role.SUBDISTRICT_OFFICER,
    "街道值班": Role.SUBDISTRICT_OFFICER,
    "街道防汛专干": Role.SUBDISTRICT_OFFICER,
    "包片干部": Role.SUBDISTRICT_OFFICER,
    "网格员": Role.GRID_WORKER,
    "网格长": Role.GRID_WORKER,
    "专职网格员": Role.GRID_WORKER,
    "仓管员": Role.STOREKEEPER,
    "保管员": Role.STOREKEEPER,
    "仓库管理员": Role.STOREKEEPER,
    "物资管理员": Role.STOREKEEPER,
    "成员单位联络员": Role.AGENCY_LIAISON,
    "联络员": Role.AGENCY_LIAISON,
    "隐患点责任人": Role.SITE_KEEPER,
    "点位看护人": Role.SITE_KEEPER,
    "点位责任人": Role.SITE_KEEPER,
    "审计": Role.AUDITOR,
    "审计员": Role.AUDITOR,
    "管理员": Role.ADMINISTRATOR,
    "系统管理员": Role.ADMINISTRATOR,
    **{role.value: role for role in Role},
}

OPEN_END = frozenset({"至今", "长期", "现在"})
EXCEL_ZERO = date(1899, 12, 30)

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")  # 王 敏, spaced to the width of 欧阳敏
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_USERNAME = re.compile(r"[\w.@-]{2,60}")


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: row and column as the sheet counts and names them; columns by our name."""

    row: int
    column: str
    value: str
    code: PersonFault
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonRow:
    """One good row. Phones are E.164, a mobile first; `until` is the last day the role is held."""

    row: int
    name: str
    phones: tuple[str, ...]
    role: str
    area_code: str
    username: str = ""
    email: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def phone(self) -> str:
        """The mobile number that codes and links go to."""
        return self.phones[0]


@dataclass(frozen=True)
class Reading:
    """Everything a sheet said: good rows, faults in the order of the sheet, and how many rows carried a person."""

    rows: list[PersonRow]
    faults: list[Fault]
    total: int


def read_people(sheet: Sheet, *, areas: frozenset[str], scope: Scope) -> Reading:
    """Reads the rows under the sheet's head: every cell by itself, then rows against each other.

    `areas` are the codes that exist, `scope` those for which the importer may act.
    """
    rows: list[PersonRow] = []
    faults: list[Fault] = []
    for number, cells in sheet.rows:
        row, wrong = _read_row(number, {column: sheet.cell(cells, column) for column in COLUMNS}, areas, scope)
        faults += wrong
        if row is not None:
            rows.append(row)
    faults += _against_each_other(rows)
    return Reading(rows, sorted(faults, key=lambda fault: fault.row), len(sheet.rows))


def _read_row(
    number: int, texts: Mapping[str, str], areas: frozenset[str], scope: Scope
) -> tuple[PersonRow | None, list[Fault]]:
    faults: list[Fault] = []

    def fault(column: str, code: PersonFault) -> None:
        faults.append(Fault(number, column, texts[column][:40], code))

    name = _SPREAD.sub("", texts["姓名"])
    if not name:
        fault("姓名", PersonFault.NAME_MISSING)
    elif len(name) > 40:
        fault("姓名", PersonFault.NAME_LONG)
    phones, strange = phones_in(texts["手机"])
    phones.sort(key=lambda phone: not is_mobile(phone))  # the mobile first: codes and links go by SMS
    if not texts["手机"]:
        fault("手机", PersonFault.PHONE_MISSING)
    elif strange or not phones or not is_mobile(phones[0]):
        fault("手机", PersonFault.PHONE_WRONG)
    role = ROLES.get(re.sub(r"\s", "", texts["角色"]).lower())
    if role is None:
        fault("角色", PersonFault.ROLE_UNKNOWN if texts["角色"] else PersonFault.ROLE_MISSING)
    code = trimmed(texts["区域编码"])
    if wrong := _fault_of_area(code, areas, scope):
        fault("区域编码", wrong)
    username, email = texts["登录名"], texts["邮箱"]
    if username and (not _USERNAME.fullmatch(username) or mobile_of(username)):
        fault("登录名", PersonFault.USERNAME_WRONG)
    if email and not _EMAIL.fullmatch(email):
        fault("邮箱", PersonFault.EMAIL_WRONG)
    days = {column: day_of(texts[column]) for column in ("起", "止")}
    for column, day in days.items():
        if texts[column] and day is None and not (column == "止" and texts[column] in OPEN_END):
            fault(column, PersonFault.DAY_WRONG)
    since, until = days["起"], days["止"]
    if since and until and until < since:
        fault("止", PersonFault.ENDS_BEFORE)
    if faults or role is None:
        return None, faults
    return PersonRow(number, name, tuple(phones), role.value, code, username, email.lower(), since, until), []


def _fault_of_area(code: str, areas: frozenset[str], scope: Scope) -> PersonFault | None:
    if not code:
        return PersonFault.AREA_MISSING
    if not level_of(code):
        return PersonFault.AREA_SHAPE
    if code not in areas:
        return PersonFault.AREA_UNKNOWN
    return None if scope.covers(code) else PersonFault.AREA_OUTSIDE


def day_of(text: str) -> date | None:
    """A day written 2026-06-01, 2026/6/1, 2026.6.1, 2026年6月1日, 20260601 or as a spreadsheet's serial number."""
    matched = _DATE.fullmatch(text) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    try:
        if matched:
            return date(*(int(part) for part in matched.groups()))
    except ValueError:
        return None
    if re.fullmatch(r"[345]\d{4}", text):
        return EXCEL_ZERO + timedelta(days=int(text))
    return None


def _against_each_other(rows: Sequence[PersonRow]) -> list[Fault]:
    faults: list[Fault] = []
    by_phone: dict[str, PersonRow] = {}
    by_username: dict[str, PersonRow] = {}
    seen: dict[tuple[str, str, str], int] = {}
    for row in rows:
        first = by_phone.setdefault(row.phone, row)
        if first.name != row.name:
            faults.append(Fault(row.row, "手机", row.phone, PersonFault.PHONE_TWICE, {"row": first.row}))
            continue
        if row.username:
            namesake = by_username.setdefault(row.username, row)
            if namesake.phone != row.phone or (first.username and first.username != row.username):
                other = namesake.row if namesake.phone != row.phone else first.row
                faults.append(Fault(row.row, "登录名", row.username, PersonFault.USERNAME_TWICE, {"row": other}))
        key = (row.phone, row.role, row.area_code)
        if key in seen:
            faults.append(Fault(row.row, "姓名", row.name, PersonFault.ROW_TWICE, {"row": seen[key]}))
        seen.setdefault(key, row.row)
    return faults
