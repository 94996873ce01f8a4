"""Reads the exercise plan (导调计划) as a sheet: one inject a row, by number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.enums import Role
from accounts.rules.sheet import ROLES
from drills.enums import InjectKind, Receiver, SheetFault
from territory.rules import Sheet, trimmed

COLUMNS: dict[str, tuple[str, ...]] = {
    "序号": ("编号", "No.", "号"),
    "演练时间": ("时间", "时刻", "分钟", "时间(分)", "时间（分）", "演练时刻"),
    "类型": ("类别", "导调类型"),
    "标题": ("事件", "导调信息", "题目"),
    "内容": ("情景", "详细内容", "信息内容"),
    "接收人": ("接收对象", "接收方", "接收角色", "受领人"),
    "区域编码": ("区划代码", "行政区划代码", "编码"),
    "响应级别": ("级别", "等级"),
    "期望行动": ("预期行动", "期望动作", "考察点"),
    "签收时限": ("签收(分)", "签收（分）", "签收分钟", "签收时限(分)", "签收时限（分）"),
    "办结时限": ("办结(分)", "办结（分）", "办结分钟", "办结时限(分)", "办结时限（分）"),
    "演练目标": ("目标", "考核目标"),
    "人工发出": ("导调员发出", "手动", "人工"),
}
REQUIRED = ("序号", "演练时间", "类型", "标题")

KINDS: dict[str, InjectKind] = {
    "信息": InjectKind.MESSAGE,
    "消息": InjectKind.MESSAGE,
    "短信": InjectKind.MESSAGE,
    "任务": InjectKind.DUTY,
    "待办": InjectKind.DUTY,
    "险情": InjectKind.DANGER,
    "求助": InjectKind.HELP,
    "响应": InjectKind.LEVEL,
    "响应级别": InjectKind.LEVEL,
    "来文": InjectKind.PAPER,
    **{kind.value: kind for kind in InjectKind},
}
KIND_WORDS = {
    InjectKind.MESSAGE: "信息",
    InjectKind.DUTY: "任务",
    InjectKind.DANGER: "险情",
    InjectKind.HELP: "求助",
    InjectKind.LEVEL: "响应",
    InjectKind.PAPER: "来文",
}
ROLE_WORDS = {role: word for word, role in reversed(ROLES.items()) if word != role.value}
CONTROLLER = "导调员"
ON_DUTY = "在岗"
YES, NO = ("是", "1", "true", "y", "yes", "✓", "√"), ("", "否", "0", "false", "n", "no", "×")
LEVELS = {"1": 1, "2": 2, "3": 3, "4": 4, "ⅰ": 1, "ⅱ": 2, "ⅲ": 3, "ⅳ": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}
_CLOCK = re.compile(r"\+?(\d{1,2}):(\d{2})(?::\d{2})?")
MOST_OFFSET = 48 * 60
MOST_MINUTES = 600


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: row and column as the sheet counts and names them."""

    row: int
    column: str
    value: str
    code: SheetFault
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class InjectRow:
    """One good row. `offset` in minutes after the start; `person` is a name that somebody in the areas must have."""

    row: int
    number: int
    offset: int
    kind: InjectKind
    title: str
    text: str
    receiver: Receiver
    role: str
    person: str
    area_code: str
    level: int | None
    expected: str
    acknowledge_minutes: int | None
    done_minutes: int | None
    objective: str
    needs_controller: bool


@dataclass(frozen=True)
class Reading:
    """Everything a sheet said: good rows, faults in the order of the sheet, how many rows carried an inject."""

    rows: list[InjectRow]
    faults: list[Fault]
    total: int


def read_injects(sheet: Sheet, *, areas: frozenset[str], people: Mapping[str, int], home: str) -> Reading:
    """Reads the rows under the sheet's head.

    `areas` are the codes where the reader may plan, `people` counts who is called what there, `home` is the area of a
    row that names none.
    """
    rows: list[InjectRow] = []
    faults: list[Fault] = []
    numbers: dict[int, int] = {}
    for at, cells in sheet.rows:
        row, wrong = _read_row(at, {column: sheet.cell(cells, column) for column in COLUMNS}, areas, people, home)
        faults += wrong
        if row is None:
            continue
        if row.number in numbers:
            params = {"row": numbers[row.number]}
            faults.append(Fault(at, "序号", str(row.number), SheetFault.NUMBER_TWICE, params))
            continue
        numbers[row.number] = at
        rows.append(row)
    return Reading(rows, faults, len(sheet.rows))


def _read_row(
    at: int, texts: Mapping[str, str], areas: frozenset[str], people: Mapping[str, int], home: str
) -> tuple[InjectRow | None, list[Fault]]:
    faults: list[Fault] = []

    def fault(column: str, code: SheetFault) -> None:
        faults.append(Fault(at, column, texts[column][:40], code))

    number = _whole(texts["序号"], 999)
    if number is None:
        fault("序号", SheetFault.NUMBER_WRONG)
    offset = minutes_of(texts["演练时间"])
    if offset is None:
        fault("演练时间", SheetFault.TIME_WRONG)
    kind = KINDS.get(texts["类型"].strip().lower())
    if kind is None:
        fault("类型", SheetFault.KIND_UNKNOWN)
    if wrong := _fault_of_title(texts["标题"]):
        fault("标题", wrong)
    receiver, role, person, unknown = _receiver(texts["接收人"], people)
    if unknown:
        fault("接收人", unknown)
    elif receiver == Receiver.NOBODY and kind in (InjectKind.MESSAGE, InjectKind.DUTY):
        fault("接收人", SheetFault.RECEIVER_MISSING)
    code = trimmed(texts["区域编码"]) if texts["区域编码"] else home
    if code not in areas:
        fault("区域编码", SheetFault.AREA_UNKNOWN)
    level = LEVELS.get(texts["响应级别"].strip().rstrip("级").lower())
    if texts["响应级别"] and level is None:
        fault("响应级别", SheetFault.LEVEL_WRONG)
    elif kind == InjectKind.LEVEL and level is None:
        fault("响应级别", SheetFault.LEVEL_MISSING)
    minutes = _expectations(texts, kind, fault)
    by_hand = texts["人工发出"].strip().lower()
    if by_hand not in YES + NO:
        fault("人工发出", SheetFault.YES_NO_WRONG)
    if faults or number is None or offset is None or kind is None:
        return None, faults
    return InjectRow(
        at, number, offset, kind, texts["标题"], texts["内容"], receiver, role, person, code, level, texts["期望行动"],
        minutes[0], minutes[1], texts["演练目标"], by_hand in YES,
    ), []  # fmt: skip


def _expectations(texts: Mapping[str, str], kind: InjectKind | None, fault: object) -> tuple[int | None, int | None]:
    assert callable(fault)  # noqa: S101  (the closure of the row being read)
    minutes: list[int | None] = []
    for column in ("签收时限", "办结时限"):
        found = _whole(texts[column].removesuffix("分钟").removesuffix("分"), MOST_MINUTES)
        if texts[column] and found is None:
            fault(column, SheetFault.MINUTES_WRONG)
        minutes.append(found)
    acknowledge, done = minutes
    if acknowledge and done and done < acknowledge:
        fault("办结时限", SheetFault.MINUTES_ORDER)
    if kind == InjectKind.MESSAGE and (acknowledge or done):
        fault("签收时限" if acknowledge else "办结时限", SheetFault.MESSAGE_MINUTES)
    return acknowledge, done


def _fault_of_title(text: str) -> SheetFault | None:
    if not text.strip():
        return SheetFault.TITLE_MISSING
    return SheetFault.TITLE_LONG if len(text) > 80 else None


def _receiver(text: str, people: Mapping[str, int]) -> tuple[Receiver, str, str, SheetFault | None]:
    """Kind of receiver, role, person's name, and what is wrong with it."""
    word = re.sub(r"\s", "", text)
    if not word or word == CONTROLLER:
        return Receiver.NOBODY, "", "", None
    if role := ROLES.get(word.lower()):
        return Receiver.ROLE, role.value, "", None
    if word.startswith(ON_DUTY):
        role = ROLES.get(word.removeprefix(ON_DUTY)) if word != ON_DUTY else Role.DUTY_OFFICER
        if role:
            return Receiver.ON_DUTY, role.value, "", None
        return Receiver.NOBODY, "", "", SheetFault.RECEIVER_UNKNOWN
    if people.get(word) == 1:
        return Receiver.PERSON, "", word, None
    return Receiver.NOBODY, "", "", SheetFault.PERSON_UNKNOWN if word in people else SheetFault.RECEIVER_UNKNOWN


def minutes_of(text: str) -> int | None:
    """Minutes after the start, written 25, T+25, 0:25 or 25分; None when it is no such time within two days."""
    word = re.sub(r"\s", "", text).upper().removeprefix("T").removesuffix("分钟").removesuffix("分").lstrip("+")
    if matched := _CLOCK.fullmatch(word):
        hours, minutes = int(matched[1]), int(matched[2])
        return hours * 60 + minutes if minutes < 60 and hours * 60 + minutes <= MOST_OFFSET else None
    found = re.fullmatch(r"(\d{1,4})(?:\.0+)?", word)
    return int(found[1]) if found and int(found[1]) <= MOST_OFFSET else None


def _whole(text: str, most: int) -> int | None:
    found = re.fullmatch(r"(\d{1,4})(?:\.0+)?", text.strip())
    return int(found[1]) if found and 0 < int(found[1]) <= most else None


def receiver_word(receiver: str, role: str, person: str) -> str:
    """A receiver as the sheet writes it."""
    if receiver == Receiver.PERSON:
        return person
    if receiver == Receiver.NOBODY:
        return CONTROLLER
    word = ROLE_WORDS[Role(role)]
    return f"{ON_DUTY}{word}" if receiver == Receiver.ON_DUTY else word
