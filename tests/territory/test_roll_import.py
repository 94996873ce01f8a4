"""The household roll: check, store, report."""

import io
from datetime import date, datetime

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from openpyxl import load_workbook

from core.rules import Actor, Refused
from territory import actions, queries
from territory.enums import ImportState, MustReach
from territory.models import Area, ContactPoint, Household, SheetImport
from territory.rules import scope_of
from tests.casts import DISTRICT, GRIDS, OTHER_GRID, SUBDISTRICT
from tests.territory.sheets import GOOD, roll, workbook

CLERK = Actor(7, "户册录入员")
pytestmark = pytest.mark.usefixtures("areas")


def check(content: bytes, now: datetime) -> SheetImport:
    return actions.check_roll(content=content, file_name="户册.csv", by=CLERK, now=now)


def store(content: bytes, now: datetime, *, keep_good: bool = False) -> SheetImport:
    sheet = check(content, now)
    return actions.store_roll(sheet=sheet, content=content, by=CLERK, now=now, keep_good=keep_good)


def counts(sheet: SheetImport) -> tuple[int, int, int, int, int]:
    return sheet.total, sheet.new, sheet.changed, sheet.same, sheet.bad


def phones(code: str) -> list[str]:
    return list(
        Household.objects.get(code=code).contacts.order_by("rank").values_list("contact_point__address", flat=True)
    )


def test_a_check_counts_and_stores_nothing(now: datetime) -> None:
    sheet = check(roll({}, {"户编号": "DA-0002"}), now)
    assert (sheet.state, counts(sheet)) == (ImportState.CHECKED, (2, 2, 0, 0, 0))
    assert not Household.objects.exists()


def test_a_stored_household_is_what_its_row_says(now: datetime) -> None:
    row = {"电话": "13800000021/0375-2900021", "备用电话": "13800000022", "必达原因": "独居"}
    store(roll({**row, "经度": "113.36", "纬度": "33.77", "楼层": "5层"}), now)
    household = Household.objects.get()
    assert (household.code, household.area_code, household.floor) == ("DA-0001", GRIDS[0], 5)
    assert (household.must_reach, household.verified_at) == (MustReach.ALONE, date(2026, 5, 1))
    assert household.position is not None
    assert household.position.coords == (113.36, 33.77)
    assert phones("DA-0001") == ["+8613800000021", "+863752900021", "+8613800000022"]
    assert set(ContactPoint.objects.values_list("kind", flat=True)) == {"mobile", "landline"}


def test_the_same_file_twice_changes_nothing(now: datetime) -> None:
    content = roll({}, {"户编号": "DA-0002"})
    first = store(content, now)
    before = list(Household.objects.order_by("pk").values())
    again = actions.store_roll(sheet=first, content=content, by=CLERK, now=now)
    assert again == first
    assert check(content, now) == first
    assert SheetImport.objects.count() == 1
    assert list(Household.objects.order_by("pk").values()) == before


def test_a_second_sheet_tells_new_from_changed_from_same(now: datetime) -> None:
    store(roll({}, {"户编号": "DA-0002"}, {"户编号": "DA-0003"}), now)
    second = roll(
        {}, {"户编号": "DA-0002", "户主": "李示例"}, {"户编号": "DA-0003", "电话": "13800000099"}, {"户编号": "N"}
    )
    stored = store(second, now)
    assert counts(stored) == (4, 1, 2, 1, 0)
    assert Household.objects.get(code="DA-0002").head_name == "李示例"
    assert phones("DA-0003") == ["+8613800000099"]
    assert phones("DA-0002") == ["+8613800000021"]


def test_nobody_is_deleted_by_a_shorter_sheet(now: datetime) -> None:
    store(roll({}, {"户编号": "DA-0002"}), now)
    store(roll({"户主": "李示例"}), now)
    assert Household.objects.count() == 2


def test_a_blank_takes_no_telephone_position_or_verification_away(now: datetime) -> None:
    store(roll({"经度": "113.36", "纬度": "33.77"}), now)
    stored = store(roll({"电话": "", "核实日期": "", "人数": "", "经度": "", "纬度": ""}), now)
    household = Household.objects.get()
    assert counts(stored)[3] == 1
    assert (phones("DA-0001"), household.persons, household.verified_at) == (["+8613800000021"], 3, date(2026, 5, 1))
    assert household.position is not None


def test_a_column_that_the_sheet_lacks_is_left_alone(now: datetime) -> None:
    store(roll({"必达原因": "卧床"}), now)
    store(roll({"户主": "李示例"}, drop=("必达原因", "电话", "地址")), now)
    household = Household.objects.get()
    assert (household.must_reach, household.address, household.head_name) == ("bedridden", "示例路8号", "李示例")
    assert phones("DA-0001") == ["+8613800000021"]


def test_a_household_that_left_the_roll_comes_back(now: datetime) -> None:
    store(roll({}), now)
    Household.objects.update(retired_at=now)
    assert counts(store(roll({}, {"户编号": "DA-0002"}), now)) == (2, 1, 1, 0, 0)
    assert Household.objects.filter(retired_at=None).count() == 2


BAD_ROWS = [
    ({"户编号": ""}, "户编号", "missing"),
    ({"网格编码": ""}, "网格编码", "missing"),
    ({"户编号": "4.10403001001E+18"}, "户编号", "digits_lost"),
    ({"户编号": "A" * 33}, "户编号", "too_long"),
    ({"户主": "张" * 41}, "户主", "too_long"),
    ({"网格编码": "410403001001999"}, "网格编码", "unknown_grid"),
    ({"网格编码": "410403001001"}, "网格编码", "unknown_grid"),
    ({"电话": "1380000002"}, "电话", "bad_phone"),
    ({"电话": "13800000021/12"}, "电话", "bad_phone"),
    ({"备用电话": "无"}, "备用电话", "bad_phone"),
    ({"人数": "三"}, "人数", "bad_persons"),
    ({"人数": "100"}, "人数", "bad_persons"),
    ({"人数": "-1"}, "人数", "bad_persons"),
    ({"人数": "2.5"}, "人数", "bad_persons"),
    ({"楼层": "121"}, "楼层", "bad_floor"),
    ({"楼层": "-6"}, "楼层", "bad_floor"),
    ({"核实日期": "03/04/2026"}, "核实日期", "bad_date"),
    ({"核实日期": "2026-02-30"}, "核实日期", "bad_date"),
    ({"核实日期": "2026-07-20"}, "核实日期", "bad_date"),  # tomorrow
    ({"必达原因": "富裕"}, "必达原因", "bad_reason"),
    ({"经度": "113.36"}, "纬度", "bad_coordinate"),
    ({"纬度": "33.77"}, "经度", "bad_coordinate"),
    ({"经度": "nan", "纬度": "33.77"}, "经度", "bad_coordinate"),
    ({"经度": "113°21′45″", "纬度": "33.77"}, "经度", "bad_coordinate"),
    ({"经度": "33.77", "纬度": "113.36"}, "经度", "axes_swapped"),
    ({"经度": "113.2145", "纬度": "33.4630"}, "经度", "minutes_as_decimals"),
    ({"经度": "114.36", "纬度": "33.77"}, "经度", "outside_district"),
]


@pytest.mark.parametrize(("change", "column", "code"), BAD_ROWS)
def test_a_bad_cell_is_named_with_its_mend_and_nothing_is_stored(
    change: dict[str, str], column: str, code: str, now: datetime
) -> None:
    border = MultiPolygon(Polygon.from_bbox((113.280, 33.715, 113.463, 33.829)), srid=4326)
    Area.objects.filter(code=DISTRICT).update(border=border)
    store(roll({}), now)
    content = roll({"户主": "李示例"}, {"户编号": "DA-0002", **change})
    sheet = check(content, now)
    assert (sheet.state, sheet.bad) == (ImportState.REFUSED, 1)
    assert [(fault["row"], fault["column"], fault["code"]) for fault in sheet.faults] == [(3, column, code)]
    assert sheet.faults[0]["sentence_en"].endswith(".")
    with pytest.raises(Refused) as refused:
        actions.store_roll(sheet=sheet, content=content, by=CLERK, now=now)
    assert refused.value.code == "sheet_has_faults"
    assert list(Household.objects.values_list("head_name", flat=True)) == ["张示例"]


def test_the_same_number_twice_is_a_fault_of_both_rows(now: datetime) -> None:
    sheet = check(roll({}, {"楼栋": "4号楼"}), now)
    assert [(fault["row"], fault["code"]) for fault in sheet.faults] == [(2, "twice"), (3, "twice")]


def test_a_code_that_the_spreadsheet_made_a_number_has_lost_its_digits(now: datetime) -> None:
    content = workbook(["户编号", "网格编码"], [4104030010010010012, GRIDS[0]], [12345678, 410403001001001])
    sheet = check(content, now)
    assert [(fault["row"], fault["code"]) for fault in sheet.faults] == [(2, "digits_lost")]
    assert sheet.new == 1


def test_the_good_rows_of_a_first_load_may_go_ahead(now: datetime) -> None:
    content = roll({}, {"户编号": "DA-0002", "电话": "12"})
    stored = store(content, now, keep_good=True)
    assert (stored.state, counts(stored)) == (ImportState.STORED, (2, 1, 0, 0, 1))
    assert store(content, now, keep_good=True) == stored
    assert Household.objects.count() == 1
    mended = roll({}, {"户编号": "DA-0002", "电话": "13800000012"})
    assert counts(store(mended, now)) == (2, 1, 0, 1, 0)


def test_what_waited_for_its_grid_goes_in_with_the_same_file(now: datetime) -> None:
    new_grid = "410403001001009"
    content = roll({}, {"户编号": "DA-0002", "网格编码": new_grid})
    store(content, now, keep_good=True)
    Area.objects.create(code=new_grid, name="第九网格", level="grid")
    stored = store(content, now)
    assert counts(stored) == (2, 1, 0, 1, 0)
    assert SheetImport.objects.filter(state=ImportState.STORED).count() == 1


def test_after_the_first_load_it_is_all_or_nothing(now: datetime) -> None:
    store(roll({"户编号": "DA-0009"}), now)
    with pytest.raises(Refused):
        store(roll({}, {"户编号": "DA-0002", "电话": "12"}), now, keep_good=True)
    assert Household.objects.count() == 1


def test_another_file_than_the_checked_one_is_refused(now: datetime) -> None:
    sheet = check(roll({}), now)
    with pytest.raises(Refused) as refused:
        actions.store_roll(sheet=sheet, content=roll({"户主": "李示例"}), by=CLERK, now=now)
    assert refused.value.code == "other_file"


def test_an_importer_reaches_no_further_than_his_area(now: datetime) -> None:
    store(roll({"户编号": "YY-0001", "网格编码": OTHER_GRID}), now)
    content = roll({}, {"户编号": "DA-0002", "网格编码": OTHER_GRID}, {"户编号": "YY-0001"})
    sheet = actions.check_roll(content=content, file_name="x.csv", by=CLERK, now=now, scope=scope_of(SUBDISTRICT))
    assert [(fault["row"], fault["code"]) for fault in sheet.faults] == [(3, "outside_scope"), (4, "outside_scope")]


def test_the_report_is_the_own_sheet_with_state_and_errors_and_no_formula(now: datetime) -> None:
    content = roll({"户主": "=HYPERLINK(1)"}, {"户编号": "DA-0002", "电话": "12"})
    report = queries.report_sheet(check(content, now), content)
    page = load_workbook(io.BytesIO(report)).worksheets[0]
    head, good, bad = ([str(cell.value or "") for cell in row] for row in page.iter_rows())
    assert head[: len(GOOD)] == list(GOOD)
    assert good[list(GOOD).index("户主")] == "'=HYPERLINK(1)"
    assert good[-1] == ""
    assert bad[-1].startswith("电话：")
    assert bad[-2] != good[-2]


def test_a_mended_report_can_be_uploaded_as_it_is(now: datetime) -> None:
    content = roll({"楼层": "-1", "电话": "+8613800000021"})
    report = queries.report_sheet(check(content, now), content)
    assert counts(store(report, now)) == (1, 1, 0, 0, 0)
    assert Household.objects.get().floor == -1


def test_only_the_first_two_hundred_faults_are_listed_but_all_are_counted(now: datetime) -> None:
    sheet = check(roll(*({"户编号": f"A{n}", "电话": "12"} for n in range(250))), now)
    assert (len(sheet.faults), sheet.bad) == (200, 250)
