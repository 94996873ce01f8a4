"""The exercise plan comes in as the office wrote it and goes out so that it can come back."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from drills import actions, queries
from drills.enums import InjectKind, Receiver
from drills.models import DrillPlan
from drills.rules import minutes_of
from tests.casts import DISTRICT, NIGHT, SUBDISTRICT, Cast
from tests.drills.situations import inject

pytestmark = pytest.mark.django_db

HEADS = [
    "序号",
    "时间",
    "类型",
    "标题",
    "内容",
    "接收对象",
    "区域编码",
    "级别",
    "期望行动",
    "签收(分)",
    "办结(分)",
    "演练目标",
]


def book(*rows: list[str | int]) -> bytes:
    found = Workbook()
    sheet = found.worksheets[0]
    table: list[list[str | int]] = [["2026 汛前演练导调计划"], [*HEADS], *rows]
    for row in table:
        sheet.append(row)
    stream = BytesIO()
    found.save(stream)
    return stream.getvalue()


GOOD: tuple[list[str | int], ...] = (
    [1, "T+0", "信息", "气象红色预警", "未来三小时有特大暴雨", "街道值班员", "", "", "", "", "", ""],
    [2, "0:05", "任务", "叫应社区", "", "街道值班员", SUBDISTRICT, "", "逐级叫应", 5, "30分钟", "十分钟内叫应"],
    [3, 10, "响应", "启动Ⅱ级响应", "", "导调员", "", "Ⅱ级", "", "", "", ""],
    [4, "15分", "险情", "下穿立交积水", "", "东安路防汛专干", SUBDISTRICT, "", "断行", 10, 20, ""],
)


def new_plan(cast: Cast) -> DrillPlan:
    return actions.save_plan(title="汛前演练", scenario="", objectives=[], area_code=DISTRICT, by=cast.duty_officer)


def test_a_sheet_with_title_row_other_heads_and_words_is_understood(cast: Cast) -> None:
    plan, content = new_plan(cast), book(*GOOD)
    checked = actions.check_injects(plan=plan, content=content, file_name="导调.xlsx", by=cast.duty_officer)
    assert (checked.state, checked.total, checked.new, checked.faults) == ("checked", 4, 4, [])
    assert plan.injects.count() == 0
    actions.store_injects(plan=plan, sheet=checked, content=content, by=cast.duty_officer, now=NIGHT)
    by_number = {one.number: one for one in plan.injects.all()}
    assert [by_number[number].minute for number in (1, 2, 3, 4)] == [0, 5, 10, 15]
    assert (by_number[2].expect_ack_minutes, by_number[2].expect_done_minutes) == (5, 30)
    assert (by_number[3].kind, by_number[3].level, by_number[3].receiver) == (InjectKind.LEVEL, 2, Receiver.NOBODY)
    assert by_number[4].person == cast.subdistrict_officer
    assert by_number[2].objective is not None


def test_each_wrong_cell_is_named_with_its_mend_and_nothing_is_stored(cast: Cast) -> None:
    plan = new_plan(cast)
    content = book(
        [1, "半夜", "信息", "甲", "", "街道值班员"],
        [2, 5, "广播", "乙", "", "街道值班员"],
        [2, 5, "任务", "丙", "", "街道值班员"],
        [2, 6, "任务", "丁", "", "街道值班员"],
        [4, 5, "任务", "", "", "", "999999", "五", "", 30, 10],
        [5, 5, "信息", "戊", "", "张三丰", "", "", "", 5],
        [6, 5, "响应", "己", "", ""],
    )
    checked = actions.check_injects(plan=plan, content=content, file_name="x.xlsx", by=cast.duty_officer)
    found = [(fault["row"], fault["column"]) for fault in checked.faults]
    assert found == [
        (3, "演练时间"), (4, "类型"), (6, "序号"),
        (7, "标题"), (7, "接收人"), (7, "区域编码"), (7, "响应级别"), (7, "办结时限"),
        (8, "接收人"), (8, "签收时限"), (9, "响应级别"),
    ]  # fmt: skip
    assert (checked.state, checked.bad, plan.injects.count()) == ("refused", 6, 0)


def test_what_goes_out_comes_back_unchanged_and_a_change_is_counted(cast: Cast) -> None:
    plan = new_plan(cast)
    wanted = inject(7, 95, title="=1+1", person=cast.storekeeper, receiver=Receiver.PERSON, role="", objective="先断行")
    actions.save_inject(plan=plan, content=inject(1, 0, needs_controller=True), by=cast.duty_officer)
    actions.save_inject(plan=plan, content=wanted, by=cast.duty_officer)
    content = queries.plan_sheet(plan)
    checked = actions.check_injects(plan=plan, content=content, file_name="x.xlsx", by=cast.duty_officer)
    assert checked.faults == []
    assert (checked.new, checked.changed + checked.same) == (0, 2)
    assert checked.same >= 1


def test_the_same_sheet_twice_changes_nothing_and_what_it_does_not_name_stays(cast: Cast) -> None:
    plan, content = new_plan(cast), book(*GOOD)
    actions.save_inject(plan=plan, content=inject(50, 90), by=cast.duty_officer)
    for _ in range(2):
        checked = actions.check_injects(plan=plan, content=content, file_name="导调.xlsx", by=cast.duty_officer)
        stored = actions.store_injects(plan=plan, sheet=checked, content=content, by=cast.duty_officer, now=NIGHT)
    assert (stored.new, stored.state, plan.injects.count()) == (4, "stored", 5)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("25", 25),
        ("25.0", 25),
        ("T+25", 25),
        ("1:05", 65),
        ("01:05:00", 65),
        ("40分钟", 40),
        ("1:75", None),
        ("-5", None),
    ],
)
def test_times_as_people_write_them(text: str, minutes: int | None) -> None:
    assert minutes_of(text) == minutes
