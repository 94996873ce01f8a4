"""Codes, telephone numbers, places, days and sheets, without a database."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territory.enums import DayKind, Fault
from territory.rules import (
    COLUMNS,
    LENGTHS,
    REQUIRED,
    Box,
    SheetUnreadable,
    days_of_year,
    fault_of_position,
    is_mobile,
    level_of,
    masked_name,
    masked_phone,
    normalised_phone,
    parent_of,
    phones_in,
    read_sheet,
    scope_of,
    trimmed,
    without_formula,
)
from tests.territory import sheets

# A busy machine is no fault of a rule: no deadline, and slow generation is not a failure.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DISTRICT_BOX = Box(113.280, 33.715, 113.463, 33.829)
threes = st.integers(1, 999).map(lambda number: f"{number:03d}")
codes = st.lists(threes, max_size=3).map(lambda parts: "410403" + "".join(parts))


@unhurried
@given(codes)
def test_a_code_padded_with_zeros_means_the_same_area(code: str) -> None:
    assert trimmed(code.ljust(15, "0")) == code
    assert trimmed(code.ljust(12, "0")) == code


def test_the_tenth_subdistrict_keeps_its_zero() -> None:
    assert trimmed("410403010000") == "410403010"
    assert trimmed("410403010") == "410403010"


@unhurried
@given(codes)
def test_parents_lead_to_the_district_and_levels_follow_lengths(code: str) -> None:
    steps = 0
    while above := parent_of(code):
        assert code.startswith(above)
        assert level_of(above)
        code, steps = above, steps + 1
    assert len(code) == LENGTHS[0]
    assert steps <= 3


@unhurried
@given(st.lists(codes, max_size=6), codes)
def test_a_scope_covers_exactly_what_lies_below_its_areas(own: list[str], asked: str) -> None:
    scope = scope_of(*own)
    assert scope.covers(asked) == any(asked.startswith(code) for code in own)
    assert not any(one != other and one.startswith(other) for one in scope.codes for other in scope.codes)


def test_an_empty_scope_sees_nothing() -> None:
    assert not scope_of().covers("410403")


@unhurried
@given(st.integers(3, 9), st.integers(0, 999_999_999))
def test_every_mobile_is_stored_the_same_however_it_was_typed(second: int, rest: int) -> None:
    number = f"1{second}{rest:09d}"
    wanted = f"+86{number}"
    for typed in (number, f"+86{number}", f"86 {number}", f"0086{number}", f"{number[:3]}-{number[3:7]}-{number[7:]}"):
        assert normalised_phone(typed) == wanted
    assert is_mobile(wanted)
    assert normalised_phone(wanted) == wanted


@pytest.mark.parametrize("typed", ["", "无", "1380000002", "138000000211", "2900021", "110", "张三", "0375"])
def test_what_is_no_whole_number_is_none(typed: str) -> None:
    assert normalised_phone(typed) is None


def test_a_landline_needs_its_area_code_and_takes_no_sms() -> None:
    assert normalised_phone("0375-2900021") == "+863752900021"
    assert not is_mobile("+863752900021")


@pytest.mark.parametrize("between", ["/", "、", "，", ",", " ", "\n", ";", "；"])
def test_two_numbers_in_one_cell_are_two(between: str) -> None:
    assert phones_in(f"13800000021{between}13800000022") == (["+8613800000021", "+8613800000022"], [])


def test_a_number_written_in_groups_is_one_and_a_bad_piece_is_named() -> None:
    assert phones_in("138 0000 0021 / 1380000") == (["+8613800000021"], ["1380000"])


def test_lists_show_the_first_character_and_the_ends_of_a_number() -> None:
    assert masked_name("张示例") == "张**"
    assert masked_phone("+8613800000021") == "138****0021"


@pytest.mark.parametrize(
    ("longitude", "latitude", "fault"),
    [
        (113.36, 33.77, None),
        (113.463 + 0.021, 33.77, None),  # within two kilometres
        (113.463 + 0.022, 33.77, Fault.OUTSIDE_DISTRICT),
        (113.36, 33.829 + 0.0181, Fault.OUTSIDE_DISTRICT),
        (33.77, 113.36, Fault.AXES_SWAPPED),
        (113.2145, 33.4630, Fault.MINUTES_AS_DECIMALS),  # 113°21′45″ 33°46′30″
        (1132145.0, 334630.0, Fault.MINUTES_AS_DECIMALS),
        (113.2175, 33.4630, Fault.OUTSIDE_DISTRICT),  # 75 is no second
        (0.0, 0.0, Fault.OUTSIDE_DISTRICT),
    ],
)
def test_a_position_outside_the_district_says_why(longitude: float, latitude: float, fault: Fault | None) -> None:
    assert fault_of_position(longitude, latitude, DISTRICT_BOX) == fault


def test_a_year_knows_its_holidays_and_make_up_days() -> None:
    days = {day.date: day for day in days_of_year(2026)}
    assert len(days) == 365
    assert (days[date(2026, 10, 1)].kind, days[date(2026, 10, 1)].name) == (DayKind.HOLIDAY, "国庆节")
    assert days[date(2026, 10, 10)].kind is DayKind.WORKDAY  # a Saturday worked for the holiday
    assert days[date(2026, 7, 19)].kind is DayKind.WEEKEND
    assert days[date(2026, 7, 20)].kind is DayKind.WORKDAY


def test_a_year_without_its_notice_is_not_answered() -> None:
    with pytest.raises(NotImplementedError):
        days_of_year(2060)


@unhurried
@given(st.text(max_size=20))
def test_no_exported_cell_runs_as_a_formula(text: str) -> None:
    assert without_formula(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    content = sheets.roll({}).decode().encode(encoding)
    sheet = read_sheet(content, COLUMNS, REQUIRED)
    assert sheet.cell(sheet.rows[0][1], "户主") == "张示例"


def test_sheets_come_as_they_are() -> None:
    """Title above, a head of two rows, merged cells, 同上, a row of totals, numbers as numbers."""
    content = sheets.workbook(
        ["卫东区户册"],
        ["户编号*", "网格编码（15位）", "楼栋", "联系方式", None, "人数"],
        [None, None, None, "电话", "备用电话", None],
        ["A1", "410403001001001", "3号楼", 13800000021, None, 3],
        ["A2", "同上", None, 13800000022, None, 2.0],
        ["合计", None, None, None, None, 5],
        merged=("C4:C5", "D2:E2", "A1:F1"),
    )
    sheet = read_sheet(content, COLUMNS, REQUIRED)
    assert sheet.skipped == [6]
    assert [number for number, _ in sheet.rows] == [4, 5]
    first, second = (
        {column: sheet.cell(cells, column) for column in ("户编号", "网格编码", "楼栋", "电话", "人数")}
        for _, cells in sheet.rows
    )
    assert first == {
        "户编号": "A1",
        "网格编码": "410403001001001",
        "楼栋": "3号楼",
        "电话": "13800000021",
        "人数": "3",
    }
    assert (second["网格编码"], second["楼栋"], second["人数"]) == ("410403001001001", "3号楼", "2")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.NO_ROWS),
        (sheets.roll(), Fault.NO_ROWS),
        ("姓名,电话\n张,1".encode(), Fault.NO_HEAD),
        ("户编号,网格编码,电话,手机号\nA,B,1,2".encode(), Fault.COLUMN_TWICE),
        (b"PK\x03\x04broken", Fault.UNREADABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1locked with a password", Fault.UNREADABLE),
        (b"\xff\xfe\x00", Fault.UNREADABLE),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_whole(content: bytes, fault: Fault) -> None:
    with pytest.raises(SheetUnreadable) as refused:
        read_sheet(content, COLUMNS, REQUIRED)
    assert refused.value.fault is fault


@unhurried
@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    try:
        sheet = read_sheet(content, COLUMNS, REQUIRED)
    except SheetUnreadable:
        return
    assert set(REQUIRED) <= sheet.at.keys(), "what is taken has every column that is needed"
