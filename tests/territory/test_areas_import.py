"""The area tree: codes, names and levels from a sheet, borders from GeoJSON."""

import json
from datetime import datetime
from typing import Any

import pytest

from core.rules import Actor, Refused
from territory import actions, queries
from territory.enums import ImportState, Level
from territory.models import Area, SheetImport
from territory.rules import scope_of
from tests.casts import COMMUNITY, DISTRICT, GRIDS, SUBDISTRICT

CLERK = Actor(7, "区划录入员")
TREE = ["410403,卫东区,区", "410403001,东安路街道,街道", "410403001001,东苑社区,社区", "410403001001001,第一网格,网格"]
SQUARE = [[[113.30, 33.73], [113.40, 33.73], [113.40, 33.80], [113.30, 33.80], [113.30, 33.73]]]
pytestmark = pytest.mark.django_db


def sheet(*rows: str) -> bytes:
    return "\n".join(["编码,名称,级别", *rows]).encode()


def borders(*features: tuple[str, Any], **properties: Any) -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"code": code, **properties}, "geometry": geometry}
                for code, geometry in features
            ],
        }
    ).encode()


def polygon(rings: object = SQUARE) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": rings}


def check(csv: bytes, now: datetime, geojson: bytes | None = None) -> SheetImport:
    return actions.check_areas(csv=csv, geojson=geojson, file_name="区划.csv", by=CLERK, now=now)


def store(csv: bytes, now: datetime, geojson: bytes | None = None) -> SheetImport:
    return actions.import_areas(csv=csv, geojson=geojson, file_name="区划.csv", by=CLERK, now=now)


def test_a_check_stores_nothing(now: datetime) -> None:
    checked = check(sheet(*TREE), now)
    assert (checked.state, checked.total, checked.new, checked.bad) == (ImportState.CHECKED, 4, 4, 0)
    assert not Area.objects.exists()


def test_the_tree_is_stored_whatever_the_order_of_its_rows(now: datetime) -> None:
    store(sheet(*reversed(TREE)), now)
    assert list(Area.objects.values_list("code", "level")) == [
        (DISTRICT, Level.DISTRICT),
        (SUBDISTRICT, Level.SUBDISTRICT),
        (COMMUNITY, Level.COMMUNITY),
        (GRIDS[0], Level.GRID),
    ]


def test_padded_codes_and_missing_levels_are_understood(now: datetime) -> None:
    rows = ["410403000000,卫东区,", "410403010000,北环路街道,", "410403010201,下牛村,", "410403010001,铁北社区,"]
    store(sheet(*rows), now)
    assert dict(Area.objects.values_list("code", "level")) == {
        "410403": "district",
        "410403010": "subdistrict",
        "410403010201": "village",
        "410403010001": "community",
    }


def test_the_same_files_twice_are_once_and_nothing_is_ever_deleted(now: datetime) -> None:
    first = store(sheet(*TREE), now, borders((DISTRICT, polygon())))
    assert store(sheet(*TREE), now, borders((DISTRICT, polygon()))) == first
    second = store(sheet("410403001,东安路街道（改）,街道"), now)
    assert (second.new, second.changed, second.same) == (0, 1, 0)
    assert Area.objects.count() == 4
    assert Area.objects.get(code=DISTRICT).border is not None


def test_borders_are_kept_and_say_whether_they_are_sketches(now: datetime) -> None:
    store(sheet(*TREE), now, borders((DISTRICT, polygon())))
    store(sheet(*TREE), now, borders((SUBDISTRICT, polygon()), sketch=True))
    assert dict(Area.objects.exclude(border=None).values_list("code", "border_is_sketch")) == {
        DISTRICT: False,
        SUBDISTRICT: True,
    }
    assert Area.objects.get(code=GRIDS[0]).border_is_sketch


@pytest.mark.parametrize(
    ("rows", "row", "column", "code"),
    [
        ([*TREE, ",无编码,"], 6, "编码", "missing"),
        ([*TREE, "410403001002,,社区"], 6, "名称", "missing"),
        ([*TREE, f"410403001002,{'长' * 61},社区"], 6, "名称", "too_long"),
        ([*TREE, "41040300,短,街道"], 6, "编码", "bad_code"),
        ([*TREE, "41040300100A,字母,社区"], 6, "编码", "bad_code"),
        ([*TREE, "4.10403E+14,科学,网格"], 6, "编码", "digits_lost"),
        ([*TREE, "410403001,重复,街道"], 6, "编码", "twice"),
        ([*TREE, "410403001002,错级,街道"], 6, "级别", "bad_level"),
        ([*TREE, "410403002,错级,社区"], 6, "级别", "bad_level"),
        ([*TREE, "410403001002,错级,小组"], 6, "级别", "bad_level"),
        ([*TREE, "410403002001,无上级,社区"], 6, "编码", "no_parent"),
    ],
)
def test_a_bad_row_refuses_the_whole_sheet(rows: list[str], row: int, column: str, code: str, now: datetime) -> None:
    checked = check(sheet(*rows), now)
    assert [(fault["row"], fault["column"], fault["code"]) for fault in checked.faults] == [(row, column, code)]
    with pytest.raises(Refused):
        store(sheet(*rows), now)
    assert not Area.objects.exists()


def test_a_parent_may_be_stored_already(now: datetime) -> None:
    store(sheet(*TREE), now)
    assert store(sheet("410403001001002,第二网格,网格"), now).new == 1


BOW = [[[113.30, 33.73], [113.40, 33.80], [113.40, 33.73], [113.30, 33.80], [113.30, 33.73]]]
SWAPPED = [[[y, x] for x, y in SQUARE[0]]]


@pytest.mark.parametrize(
    ("code", "geometry", "fault"),
    [
        ("410403009", polygon(), "no_such_area"),
        ("\x00\ud800", polygon(), "no_such_area"),
        (DISTRICT, None, "bad_border"),
        (DISTRICT, {"type": "Point", "coordinates": [113.3, 33.7]}, "bad_border"),
        (DISTRICT, polygon(BOW), "bad_border"),
        (DISTRICT, polygon(SWAPPED), "bad_border"),
        (DISTRICT, {"type": "Polygon"}, "bad_border"),
    ],
)
def test_a_bad_border_is_named_by_its_feature(code: str, geometry: Any, fault: str, now: datetime) -> None:
    checked = check(sheet(*TREE), now, borders((SUBDISTRICT, polygon()), (code, geometry)))
    assert [(found["row"], found["column"], found["code"]) for found in checked.faults] == [(2, "geojson", fault)]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"<gml/>", b'{"features": {}}', b'{"features": []}'])
def test_what_is_no_geojson_is_refused_by_its_field(content: bytes, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        check(sheet(*TREE), now, content)
    assert (refused.value.code, refused.value.field) == ("bad_geojson", "geojson")


def test_an_importer_reaches_no_further_than_his_area(areas: dict[str, Area], now: datetime) -> None:
    checked = actions.check_areas(
        csv=sheet("410403002003,越界社区,社区"),
        geojson=borders((DISTRICT, polygon())),
        file_name="x",
        by=CLERK,
        now=now,
        scope=scope_of(SUBDISTRICT),
    )
    assert [fault["code"] for fault in checked.faults] == ["outside_scope", "outside_scope"]


def test_the_map_layer_holds_what_the_scope_covers(now: datetime) -> None:
    store(sheet(*TREE, "410403002,优越路街道,街道"), now, borders((SUBDISTRICT, polygon())))
    layer = json.loads(queries.areas_geojson(scope_of(SUBDISTRICT)))
    assert [feature["properties"]["code"] for feature in layer["features"]] == [SUBDISTRICT, COMMUNITY, GRIDS[0]]
    assert layer["features"][0]["geometry"]["coordinates"] == SQUARE
    assert layer["features"][1]["geometry"] is None
    assert json.loads(queries.areas_geojson(scope_of()))["features"] == []
    assert len(json.loads(queries.areas_geojson(scope_of(DISTRICT), Level.SUBDISTRICT))["features"]) == 2
