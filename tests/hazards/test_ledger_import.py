"""A dirty ledger from the ground: each trap has its sentence; good rows come in, bad ones wait."""

import json
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from core.rules import Refused
from hazards.actions.ledger import check_ledger, ledger_source, store_ledger
from hazards.enums import SiteRole
from hazards.models import HazardSite, LedgerSource, WaitingRow
from hazards.rules.ledger import Reading
from territory.enums import Datum, ImportState
from territory.models import Area, SheetImport
from territory.rules import from_wgs84
from tests.casts import OTHER_COMMUNITY, SUBDISTRICT, Cast
from tests.factories import site
from tests.territory.sheets import workbook

pytestmark = pytest.mark.django_db
HEAD: list[object] = ["编码", "类型", "名称", "街道", "经度", "纬度", "断行水深", "巡查责任人", "电话", "核实日期"]
PLAIN = Reading()


def line(code: object = "YD-01", **cells: object) -> list[object]:
    usual = {
        "编码": code, "类型": "易积水点", "名称": f"{code}号点", "街道": "东安路街道", "经度": "113.35",
        "纬度": "33.77", "断行水深": "25", "巡查责任人": "", "电话": "", "核实日期": "2026-05-01",
    }  # fmt: skip
    return [(usual | cells)[str(head)] for head in HEAD]


def a_ledger(*rows: list[object]) -> bytes:
    return workbook(HEAD, *rows)


def check(content: bytes, by: User, now: datetime, reading: Reading = PLAIN) -> SheetImport:
    source = ledger_source(name="街道自查", by=by)
    return check_ledger(content=content, file_name="台账.xlsx", source=source, reading=reading, by=by, now=now)


def store(content: bytes, by: User, now: datetime, reading: Reading = PLAIN, *, keep_good: bool = False) -> SheetImport:
    sheet = check(content, by, now, reading)
    return store_ledger(sheet=sheet, content=content, by=by, now=now, keep_good=keep_good)


def faults_of(sheet: SheetImport) -> list[tuple[str, str]]:
    return [(fault["column"], fault["code"]) for fault in sheet.faults]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"编码": 410403001000000123}, "编码", "digits_lost"),
        ({"编码": ""}, "编码", "missing"),
        ({"名称": ""}, "名称", "missing"),
        ({"类型": "水坑"}, "类型", "site_kind_unknown"),
        ({"街道": "无名街道"}, "街道", "site_area_unknown"),
        ({"街道": ""}, "街道", "missing"),
        ({"核实日期": "03/04/2026"}, "核实日期", "ambiguous_date"),
        ({"核实日期": "2026-13-01"}, "核实日期", "bad_date"),
        ({"核实日期": "2027-01-01"}, "核实日期", "bad_date"),
        ({"经度": "33.77", "纬度": "113.35"}, "经度", "axes_swapped"),
        ({"经度": "11321.00", "纬度": "3346.20"}, "经度", "minutes_as_decimals"),
        ({"经度": "1132100", "纬度": "334612"}, "经度", "minutes_as_decimals"),
        ({"经度": "114.35"}, "经度", "outside_district"),
        ({"纬度": ""}, "纬度", "bad_coordinate"),
        ({"电话": "1380013800"}, "巡查责任人电话", "bad_phone"),
        ({"断行水深": "很深"}, "断行水深", "site_depth_wrong"),
        ({"巡查责任人": "别人", "电话": "13900000006"}, "巡查责任人电话", "site_other_person"),
    ],
)
def test_each_trap_names_its_cell_and_stores_nothing(
    cast: Cast, district_border: None, now: datetime, cells: dict[str, object], column: str, code: str
) -> None:
    sheet = check(a_ledger(line(**cells)), cast.administrator, now)
    assert faults_of(sheet) == [(column, code)]
    assert sheet.faults[0]["sentence"] != sheet.faults[0]["sentence_en"]
    assert sheet.state == ImportState.REFUSED
    with pytest.raises(Refused):
        store(a_ledger(line(**cells)), cast.administrator, now)
    assert not HazardSite.objects.exists()


TRAPS: list[tuple[dict[str, object], str, str]] = [
    ({"编码": 410403001000000123}, "编码", "digits_lost"),
    ({"名称": ""}, "名称", "missing"),
    ({"类型": "水坑"}, "类型", "site_kind_unknown"),
    ({"街道": "无名街道"}, "街道", "site_area_unknown"),
    ({"核实日期": "03/04/2026"}, "核实日期", "ambiguous_date"),
    ({"经度": "33.77", "纬度": "113.35"}, "经度", "axes_swapped"),
    ({"经度": "11321.00", "纬度": "3346.20"}, "经度", "minutes_as_decimals"),
    ({"经度": "114.35"}, "经度", "outside_district"),
    ({"纬度": ""}, "纬度", "bad_coordinate"),
    ({"电话": "1380013800"}, "巡查责任人电话", "bad_phone"),
    ({"断行水深": "很深"}, "断行水深", "site_depth_wrong"),
]


def test_one_dirty_sheet_names_every_trap_and_the_mended_one_comes_in_once(
    cast: Cast, district_border: None, signed_in: Callable[[User], Client], now: datetime
) -> None:
    good = [line(f"G{number}", 经度=f"113.36{number}") for number in range(2)]
    dirty = a_ledger(*good, *(line(**{"编码": f"T{at}", **cells}) for at, (cells, _column, _code) in enumerate(TRAPS)))
    sheet = check(dirty, cast.administrator, now)
    assert faults_of(sheet) == [(column, code) for _cells, column, code in TRAPS]
    assert (sheet.new, sheet.bad) == (2, len(TRAPS))
    with pytest.raises(Refused):
        store_ledger(sheet=sheet, content=dirty, by=cast.administrator, now=now)
    assert not HazardSite.objects.exists()

    browser = signed_in(cast.administrator)
    upload = {"file": SimpleUploadedFile("台账.xlsx", dirty), "source": "街道自查", "datum": "wgs84"}
    address = browser.post("/hazards/ledger/", upload).headers["Location"]
    page = load_workbook(BytesIO(browser.get(f"{address}report.xlsx").content)).worksheets[0]
    red = {
        (cell.row, cell.column)
        for row in page.iter_rows()
        for cell in row
        if str(cell.fill.fgColor.rgb).endswith("FFC9C9")
    }
    assert {row for row, _column in red} == {4 + at for at in range(len(TRAPS))}

    mended = a_ledger(*good, *(line(f"T{at}", 经度=f"113.35{at + 1:02d}") for at in range(len(TRAPS))))
    stored = store(mended, cast.administrator, now)
    assert (stored.new, stored.bad) == (2 + len(TRAPS), 0)
    again = store(mended + b"", cast.administrator, now)
    before = list(HazardSite.objects.order_by("pk").values("code", "updated_at"))
    assert again == stored
    assert list(HazardSite.objects.order_by("pk").values("code", "updated_at")) == before


def test_a_sheet_as_the_ground_writes_it_is_understood(cast: Cast, district_border: None, now: datetime) -> None:
    dirty = workbook(
        ["东安路街道易涝点台账"],
        ["填报单位：示例"],
        ["隐患点编号", "隐患类型", "点位名称", "所属街道", "坐标", None, "巡查责任人", None, "行政责任人", None],
        [None, None, None, None, "经度", "纬度", "姓名", "联系电话", "姓名", "联系电话"],
        ["A-1", "下穿桥涵", "甲", "东安路", "113°21′00″", "33.77", cast.grid_worker.name,
         "13900000006、0375-2900021", cast.leader.name, "13900000002"],
        ["A-2", "同上", "乙", "同上", "113.36", "33.77", None, None, None, None],
        ["合计", 2, None, None, None, None, None, None, None, None],
        merged=("A1:J1", "E3:F3", "G3:H3", "I3:J3"),
    )  # fmt: skip
    stored = store(dirty, cast.administrator, now)
    assert (stored.total, stored.new, stored.bad) == (2, 2, 0)
    first, second = HazardSite.objects.order_by("code")
    assert (first.kind, second.kind, first.area_code, second.area_code) == (
        "underpass", "underpass", SUBDISTRICT, SUBDISTRICT,
    )  # fmt: skip
    assert first.geometry is not None
    assert first.geometry.coords == (113.35, 33.77)
    held = {one.role: one.person for one in first.responsibilities.all()}
    assert held == {SiteRole.PATROL_RESP: cast.grid_worker, SiteRole.ADMIN_RESP: cast.leader}


def test_good_rows_come_in_when_somebody_chooses_so_and_the_mended_ones_wait_no_more(
    cast: Cast, district_border: None, now: datetime
) -> None:
    dirty = a_ledger(line("A"), line("B", 类型="水坑"), line("C", 经度="", 纬度=""))
    kept = store(dirty, cast.administrator, now, keep_good=True)
    assert (kept.new, kept.bad, kept.state) == (2, 1, ImportState.STORED)
    assert [note["code"] for note in kept.reading.notes] == ["site_no_position"]
    assert [(row.code, row.faults[0]["code"]) for row in WaitingRow.objects.all()] == [("B", "site_kind_unknown")]
    mended = store(a_ledger(line("A"), line("B"), line("C", 经度="", 纬度="")), cast.administrator, now)
    assert (mended.new, mended.changed, mended.same) == (1, 0, 2)
    assert not WaitingRow.objects.exists()


def test_the_same_file_again_changes_nothing_and_nobody_leaves(
    cast: Cast, district_border: None, now: datetime
) -> None:
    other = site(code="OLD")
    content = a_ledger(line("A"), line("B", 经度="113.36"))
    first = store(content, cast.administrator, now)
    before = list(HazardSite.objects.order_by("pk").values())
    assert check(content, cast.administrator, now) == first
    assert store_ledger(sheet=first, content=content, by=cast.leader, now=now) == first
    assert list(HazardSite.objects.order_by("pk").values()) == before
    assert HazardSite.objects.filter(pk=other.pk, retired_at=None).exists()


def test_an_empty_cell_takes_nothing_away_and_a_moved_point_is_a_change(
    cast: Cast, district_border: None, now: datetime
) -> None:
    store(a_ledger(line("A")), cast.administrator, now)
    sheet = store(a_ledger(line("A", 经度="113.3501", 断行水深="")), cast.administrator, now)
    assert (sheet.changed, sheet.same) == (1, 0)
    moved = HazardSite.objects.get()
    assert moved.closing_depth_cm == 25
    assert moved.geometry is not None
    assert moved.geometry.coords == (113.3501, 33.77)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_position_of_another_datum_comes_in_as_wgs84_and_says_where_it_came_from(
    cast: Cast, district_border: None, now: datetime, datum: Datum
) -> None:
    east, north = from_wgs84(113.35, 33.77, datum)
    content = a_ledger(line("A", 经度=f"{east:.7f}", 纬度=f"{north:.7f}"))
    store(content, cast.administrator, now, Reading(datum))
    stored = HazardSite.objects.get()
    assert stored.geometry is not None
    assert stored.geometry.distance(Point(113.35, 33.77, srid=4326)) < 2e-6
    assert stored.source_datum == datum
    # The very bytes read as WGS-84 are another reading, not a twin: the place moves.
    assert check(content, cast.administrator, now).changed == 1


def test_places_within_five_metres_are_flagged_and_not_refused(
    cast: Cast, district_border: None, now: datetime
) -> None:
    site(code="OLD", name="旧点", geometry=Point(113.35003, 33.77, srid=4326))
    sheet = check(a_ledger(line("A"), line("B", 经度="113.36"), line("C", 经度="113.36002")), cast.administrator, now)
    assert (sheet.new, sheet.bad) == (3, 0)
    assert [(note["row"], note["code"]) for note in sheet.reading.notes] == [
        (2, "site_near_duplicate"),
        (4, "site_near_duplicate"),
    ]
    assert "旧点 (OLD)" in sheet.reading.notes[0]["sentence"]


def test_a_retired_code_and_a_code_of_others_are_refused(cast: Cast, district_border: None, now: datetime) -> None:
    site(code="GONE", retired_at=now, retired_reason="拆除")
    site(code="THEIRS", area_code=OTHER_COMMUNITY)
    sheet = check(a_ledger(line("GONE"), line("THEIRS"), line("NEW", 街道="优越路街道")), cast.subdistrict_officer, now)
    assert sorted(faults_of(sheet)) == [
        ("编码", "outside_scope"),
        ("编码", "site_code_retired"),
        ("街道", "outside_scope"),
    ]


def test_a_bomb_is_not_unpacked(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hazards.queries.ledger.MOST_UNPACKED", 1000)
    with pytest.raises(Refused) as refused:
        check(a_ledger(line()), cast.administrator, now)
    assert refused.value.code == "unpacks_huge"


def test_an_officer_names_the_columns_once_and_mends_by_the_report(
    cast: Cast, district_border: None, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(cast.subdistrict_officer)
    content = "点号,点叫啥,类型,经度,纬度\n=A1,甲,积水点,113.35,33.77\n".encode()
    upload = {"file": SimpleUploadedFile("台账.xlsx", content), "source": "社区上报", "datum": "gcj02"}
    page = browser.get(browser.post("/hazards/ledger/", upload).headers["Location"])
    assert page.context["sheet"].total == 0
    form = page.context["form"]
    assert form.words == ["点号", "点叫啥", "类型", "经度", "纬度"]
    chosen = {"check": "1", "datum": "gcj02", "column_0": "编码", "column_1": "名称", "column_2": "类型",
              "column_3": "经度", "column_4": "纬度"}  # fmt: skip
    address = browser.post(page.request["PATH_INFO"], chosen).headers["Location"]
    page = browser.get(address)
    assert 600 < page.context["moved"] < 620
    layer = json.loads(browser.get(f"{address}shift.geojson?side=converted").content)
    assert [feature["geometry"]["type"] for feature in layer["features"]] == ["Point", "LineString"]
    report = load_workbook(BytesIO(browser.get(f"{address}report.xlsx").content)).worksheets[0]
    assert report["A2"].value == "'=A1"
    browser.post(address)
    assert HazardSite.objects.get().area_code == SUBDISTRICT  # his only area, as the sheet names none
    kept = LedgerSource.objects.get(name="社区上报")
    assert (kept.datum, kept.mapping["点叫啥"]) == ("gcj02", "名称")
    again = {"file": SimpleUploadedFile("台账.xlsx", content), "source": "社区上报", "datum": "gcj02"}
    assert browser.post("/hazards/ledger/", again).headers["Location"] == "/hazards/ledger/"
    assert signed_in(cast.other_officer).get(address).status_code == 404


def test_a_red_cell_says_what_to_mend_beside_it(
    cast: Cast, district_border: None, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(cast.administrator)
    content = a_ledger(line("A"), line("B", 类型="水坑"), ["合计", 2, *[None] * 8])
    upload = {"file": SimpleUploadedFile("台账.xlsx", content), "source": "街道", "datum": "wgs84"}
    address = browser.post("/hazards/ledger/", upload).headers["Location"]
    page = load_workbook(BytesIO(browser.get(f"{address}report.xlsx").content)).worksheets[0]
    assert [cell.value for cell in page[1]][:10] == HEAD
    bad = page["B3"]
    assert bad.fill.fgColor.rgb.endswith("FFC9C9")
    assert bad.comment is not None
    assert [page.cell(row, 11).value for row in (2, 3, 4)] == ["新增", "有错误", "非数据行"]
    browser.post(address, {"keep_good": "1"})
    waiting = browser.get("/hazards/ledger/waiting/")
    assert "B号点" in waiting.content.decode()
    assert signed_in(cast.other_officer).get("/hazards/ledger/waiting/").context["rows"] == []
    mend = load_workbook(BytesIO(browser.get("/hazards/ledger/waiting.xlsx").content)).worksheets[0]
    assert [cell.value for cell in mend[2]][:3] == ["B", "水坑", "B号点"]
    browser.post(f"/hazards/ledger/waiting/{WaitingRow.objects.get().pk}/drop/")
    assert not WaitingRow.objects.exists()


@pytest.fixture
def district_border() -> None:
    """A border as the district's, about: what lies outside is told from what lies in."""
    box = Polygon.from_bbox((113.28, 33.715, 113.463, 33.829))
    box.srid = 4326
    Area.objects.filter(code="410403").update(border=MultiPolygon(box, srid=4326))
