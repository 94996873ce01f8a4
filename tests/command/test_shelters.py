"""Shelters and high ground: the sheet comes in whole or not at all, a place opens, the nearest comes first."""

import io
from datetime import datetime
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from command import actions, queries
from command.enums.shelters import ShelterFault, ShelterKind, Wind
from command.models import Shelter, TimelineEntry
from command.rules.shelters import COLUMNS, REQUIRED, leg, read_shelter, shown_phone
from core.rules import Refused
from territory.enums import Fault, ImportState, RowStatus
from territory.models import Area
from territory.rules import Box, read_sheet, scope_of
from tests.casts import COMMUNITY, DISTRICT, NIGHT, OTHER_COMMUNITY, SUBDISTRICT, Cast

EVERYWHERE = scope_of(DISTRICT)
BOX = Box(113.28, 33.71, 113.47, 33.83)
GOOD = {
    "编码": "BX01", "名称": "东安路小学", "类型": "避险场所", "区划编码": COMMUNITY, "地址": "东安路 1 号",
    "经度": "113.31", "纬度": "33.76", "可容纳人数": "300人", "电话": "0375-2900001",
    "英文名称": "Dong'an Road School", "说明": "一层",
}  # fmt: skip


def sheet(*rows: dict[str, str]) -> bytes:
    """A sheet of these rows, each the good one with something else in it."""
    lines = [",".join(COLUMNS)] + [",".join({**GOOD, **row}.get(column, "") for column in COLUMNS) for row in rows]
    return "\n".join(lines).encode()


def read(**cells: str) -> tuple[Any, list[Any]]:
    whole = read_sheet(sheet(cells), COLUMNS, REQUIRED)
    (number, row), *_ = whole.rows
    return read_shelter(whole, number, row, box=BOX)


def shelter(
    code: str = "BX01", *, area_code: str = COMMUNITY, x: float = 113.31, y: float = 33.76, **fields: Any
) -> Shelter:
    """A place on record."""
    return Shelter.objects.create(
        **{"code": code, "name": f"场所{code}", "area_code": area_code, "position": Point(x, y, srid=4326), **fields}
    )


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("编码", "", Fault.MISSING),
        ("名称", "", Fault.MISSING),
        ("区划编码", "", Fault.MISSING),
        ("编码", "x" * 33, Fault.TOO_LONG),
        ("名称", "名" * 61, Fault.TOO_LONG),
        ("类型", "公园", ShelterFault.BAD_KIND),
        ("可容纳人数", "很多", ShelterFault.BAD_CAPACITY),
        ("可容纳人数", "100000", ShelterFault.BAD_CAPACITY),
        ("可容纳人数", "-3", ShelterFault.BAD_CAPACITY),
        ("电话", "12", Fault.BAD_PHONE),
        ("经度", "东边", Fault.BAD_COORDINATE),
        ("纬度", "", Fault.BAD_COORDINATE),
        ("经度", "114.5", Fault.OUTSIDE_DISTRICT),
    ],
)
def test_a_bad_cell_is_named_with_what_to_mend(column: str, value: str, fault: Any) -> None:
    row, faults = read(**{column: value})
    assert row is None
    assert [found.fault for found in faults] == [fault]


def test_a_place_without_position_is_found_by_nobody() -> None:
    assert [found.fault for found in read(经度="", 纬度="")[1]] == [ShelterFault.NO_POSITION]


def test_swapped_axes_are_told() -> None:
    assert [found.fault for found in read(经度="33.76", 纬度="113.31")[1]] == [Fault.AXES_SWAPPED]


def test_a_good_row_is_read_whole() -> None:
    row, faults = read(编码="b" * 32, 名称="名" * 60, 可容纳人数="99999")
    assert faults == []
    assert (row.code, row.room_for, row.phone, row.position) == ("b" * 32, 99999, "+863752900001", (113.31, 33.76))
    assert read(类型="")[0].kind == ShelterKind.SHELTER
    assert read(类型="高地")[0].kind == ShelterKind.HIGH_GROUND


@pytest.mark.parametrize(
    ("end", "metres", "wind"),
    [
        ((113.31, 33.77), 1110, Wind.NORTH),
        ((113.32, 33.77), 1440, Wind.NORTH_EAST),
        ((113.32, 33.76), 920, Wind.EAST),
        ((113.32, 33.75), 1440, Wind.SOUTH_EAST),
        ((113.31, 33.75), 1110, Wind.SOUTH),
        ((113.30, 33.75), 1440, Wind.SOUTH_WEST),
        ((113.30, 33.76), 920, Wind.WEST),
        ((113.30, 33.77), 1440, Wind.NORTH_WEST),
    ],
)
def test_the_way_is_told_in_metres_and_winds(end: tuple[float, float], metres: int, wind: Wind) -> None:
    found = leg((113.31, 33.76), end)
    assert (abs(found.metres - metres) <= 10, found.wind) == (True, wind)


@pytest.mark.parametrize(
    ("phone", "dialled"),
    [
        ("+863752900001", "0375-2900001"),
        ("+861082900001", "010-82900001"),
        ("+862182900001", "021-82900001"),
        ("+8613812345678", "13812345678"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_a_number_is_shown_as_it_is_dialled(phone: str, dialled: str) -> None:
    assert shown_phone(phone) == dialled


def test_a_kilometre_takes_an_old_person_more_than_twenty_minutes_and_no_way_takes_none() -> None:
    assert leg((113.31, 33.76), (113.31, 33.769)).minutes == 22
    assert leg((113.31, 33.76), (113.31, 33.76)).minutes == 1


def test_a_sheet_is_checked_stored_and_read_again_unchanged(cast: Cast) -> None:
    content = sheet({}, {"编码": "GD01", "名称": "东坡", "类型": "高地", "可容纳人数": "", "电话": ""})
    by = cast.administrator.actor
    checked = actions.check_shelters(content=content, file_name="a.csv", scope=EVERYWHERE, by=by, now=NIGHT)
    assert (checked.state, checked.new, Shelter.objects.count()) == (ImportState.CHECKED, 2, 0)
    for _ in range(2):
        stored = actions.store_shelters(content=content, file_name="a.csv", scope=EVERYWHERE, by=by, now=NIGHT)
        assert (stored.state, stored.new) == (ImportState.STORED, 2)
    again = queries.examine_shelters(queries.shelter_sheet(EVERYWHERE), scope=EVERYWHERE)
    assert (again.counts[RowStatus.SAME], again.faults) == (2, [])
    moved = queries.examine_shelters(sheet({"纬度": "33.77"}), scope=EVERYWHERE)
    assert moved.counts[RowStatus.CHANGED] == 1


@pytest.mark.parametrize(
    ("rows", "column", "fault"),
    [
        (({}, {"名称": "另一处"}), "编码", Fault.TWICE),
        (({"区划编码": "410403999"},), "区划编码", ShelterFault.NO_AREA),
        (({"区划编码": OTHER_COMMUNITY},), "区划编码", Fault.OUTSIDE_SCOPE),
    ],
)
def test_one_bad_row_stores_nothing(cast: Cast, rows: Any, column: str, fault: Any) -> None:
    content, scope = sheet({"编码": "BX99"}, *rows), scope_of(SUBDISTRICT)
    examined = queries.examine_shelters(content, scope=scope)
    assert {(found.column, found.fault) for found in examined.faults} == {(column, fault)}
    with pytest.raises(Refused):
        actions.store_shelters(
            content=content, file_name="a.csv", scope=scope, by=cast.subdistrict_officer.actor, now=NIGHT
        )
    assert not Shelter.objects.exists()


def test_a_street_does_not_take_over_anothers_place_by_its_code(cast: Cast) -> None:
    shelter("BX01", area_code=OTHER_COMMUNITY)
    examined = queries.examine_shelters(sheet({}), scope=scope_of(SUBDISTRICT))
    assert [(found.column, found.fault) for found in examined.faults] == [("编码", Fault.OUTSIDE_SCOPE)]


def test_a_place_opens_once_is_noted_and_closes(cast: Cast) -> None:
    row = shelter()
    for _ in range(2):
        row = actions.open_shelter(shelter=row, by=cast.subdistrict_officer, now=NIGHT)
    assert (row.opened_at, row.opened_by) == (NIGHT, cast.subdistrict_officer)
    assert TimelineEntry.objects.count() == 1
    with pytest.raises(Refused):
        actions.close_shelter(shelter=row, by=cast.other_officer, now=NIGHT)
    assert actions.close_shelter(shelter=row, by=cast.duty_officer, now=NIGHT).opened_at is None
    hill = shelter("GD01", kind=ShelterKind.HIGH_GROUND)
    assert actions.open_shelter(shelter=hill, by=cast.duty_officer, now=NIGHT).opened_at is None


def test_the_nearest_comes_first_beyond_the_border_too(areas: dict[str, Area]) -> None:
    home = areas[SUBDISTRICT]
    home.border = MultiPolygon(Polygon.from_bbox((113.300, 33.750, 113.310, 33.760)), srid=4326)
    home.save()
    far = shelter("A-far", x=113.300, y=33.751)
    near = shelter("B-near", x=113.306, y=33.755)
    beyond = shelter("C-beyond", area_code=OTHER_COMMUNITY, x=113.3055, y=33.7562)
    shelter("D-gone", x=113.305, y=33.755, retired_at=NIGHT)
    lines = queries.nearest_shelters(COMMUNITY)
    assert [line.shelter for line in lines] == [near, beyond, far]
    assert all(line.leg for line in lines)
    assert [line.shelter for line in queries.nearest_shelters(SUBDISTRICT, most=1)] == [near]


def test_without_a_border_only_an_areas_own_places_are_known_to_be_near(areas: dict[str, Area]) -> None:
    own = shelter("A")
    shelter("B", area_code=OTHER_COMMUNITY)
    assert [(line.shelter, line.leg) for line in queries.nearest_shelters(SUBDISTRICT)] == [(own, None)]
    assert len(queries.nearest_shelters(DISTRICT)) == 2


def test_the_list_is_imported_and_turned_from_the_desk(cast: Cast, signed_in: Any, now: datetime) -> None:
    desk: Client = signed_in(cast.duty_officer)
    upload = SimpleUploadedFile("a.csv", sheet({}))
    report = desk.post("/command/shelters/import/", {"file": upload}, follow=True)
    assert report.context["sheet"].new == 1
    desk.post(report.request["PATH_INFO"])
    row = Shelter.objects.get()
    page = desk.post(f"/command/shelters/{row.pk}/open/", follow=True)
    assert page.context["open"] == 1
    assert desk.get("/command/shelters/layer/").json()["features"][0]["properties"]["tone"] == "ok"
    book = load_workbook(io.BytesIO(desk.get("/command/shelters/export/").content))
    assert book.active is not None
    assert [cell.value for cell in book.active[2]][:2] == ["BX01", "东安路小学"]
    desk.post(f"/command/shelters/{row.pk}/close/")
    assert Shelter.objects.get().opened_at is None
    assert desk.post(f"/command/shelters/{row.pk}/burn/").status_code == 404


@pytest.mark.parametrize(
    ("address", "pressed", "allowed"),
    [
        ("/command/shelters/", False, "duty_officer subdistrict_officer auditor"),
        ("/command/shelters/export/", False, "duty_officer subdistrict_officer auditor"),
        ("/command/shelters/layer/", False, "duty_officer subdistrict_officer auditor"),
        ("/command/shelters/import/", False, "duty_officer subdistrict_officer administrator"),
        ("/command/shelters/1/open/", True, "duty_officer subdistrict_officer commander"),
    ],
)
def test_each_door_lets_in_whoever_may(cast: Cast, signed_in: Any, address: str, pressed: bool, allowed: str) -> None:
    for name in allowed.split():
        client = signed_in(getattr(cast, name))
        assert (client.post(address) if pressed else client.get(address)).status_code in (200, 404), name
    for name in ("grid_worker", "storekeeper", "outsider"):
        client = signed_in(getattr(cast, name))
        assert (client.post(address) if pressed else client.get(address)).status_code == 403, name


def test_a_file_of_an_own_import_opens_to_its_uploader_only(cast: Cast, signed_in: Any, now: datetime) -> None:
    upload = SimpleUploadedFile("a.csv", sheet({}))
    page = signed_in(cast.duty_officer).post("/command/shelters/import/", {"file": upload})
    assert signed_in(cast.administrator).get(page["Location"]).status_code == 404
