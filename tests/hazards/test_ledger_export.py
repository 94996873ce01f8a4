"""The ledger goes out, comes back unchanged, hangs on the wall and is kept true."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from core.rules import Refused
from hazards import actions
from hazards.actions.ledger import check_ledger, ledger_source
from hazards.actions.upkeep import keep_facts, move_site
from hazards.enums import Fact
from hazards.models import KeptFact
from hazards.queries import sites
from hazards.queries.sheet import PUBLIC_TITLE, TITLE, public_sheet, register_sheet
from hazards.queries.upkeep import ending, kept_of, twins, unverified
from hazards.rules import SiteFilter
from hazards.rules.ledger import Reading
from hazards.rules.plate import QUIET, plate
from hazards.rules.upkeep import is_stale
from territory.rules import scope_of
from tests.casts import DISTRICT, NIGHT, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import site, site_without_position

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)


def test_what_goes_out_comes_back_unchanged(cast: Cast, now: datetime) -> None:
    place = site(name="=危险()", address="-1号", note="+注", closing_depth_cm=27, verified_at=date(2026, 5, 1))
    site_without_position()
    for role, person in (("patrol_resp", cast.grid_worker), ("admin_resp", cast.leader)):
        actions.name_responsible(
            site=place, role=role, person=person, deputy=cast.site_keeper, by=cast.duty_officer, now=now
        )
    content = register_sheet(WHOLE, SiteFilter(), now=now)
    page = load_workbook(BytesIO(content)).worksheets[0]
    assert not [cell for row in page for cell in row if cell.data_type == "f"]
    source = ledger_source(name="本区", by=cast.administrator)
    sheet = check_ledger(
        content=content, file_name="台账.xlsx", source=source, reading=Reading(), by=cast.administrator, now=now
    )
    assert (sheet.total, sheet.same, sheet.bad) == (2, 2, 0)


def test_the_duty_officer_exports_the_largest_register_row_by_row_and_prints_it_like_any_other(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object) -> None:
        raise AssertionError("a sheet that is held in memory as a whole")

    place = site()
    with monkeypatch.context() as patch:
        patch.setattr(Worksheet, "append", held)
        sheets = [make(WHOLE, SiteFilter(), now=now) for make in (register_sheet, public_sheet)]
    for content, title in zip(sheets, (TITLE, PUBLIC_TITLE), strict=True):
        page: Any = load_workbook(BytesIO(content)).worksheets[0]
        assert [row[2].value for row in page] == ["名称", place.name]
        assert {cell.font.bold for cell in page[1]} == {True}
        assert not page[2][0].font.bold
        assert (page.freeze_panes, page.column_dimensions["C"].width, page.column_dimensions["A"].width) == (
            "D2", 24, 14,
        )  # fmt: skip
        assert (page.oddHeader.center.text, page.print_title_rows) == (title, "$1:$1")
        assert (page.page_setup.orientation, page.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)


def test_an_officer_exports_his_own_sites_and_the_public_list_tells_no_number(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    own, other = site(name="自家点"), site(name="别家点", area_code=OTHER_GRID)
    actions.name_responsible(site=own, role="patrol_resp", person=cast.grid_worker, by=cast.duty_officer, now=now)
    browser = signed_in(cast.subdistrict_officer)
    for path in ("/hazards/export/", "/hazards/export/responsible.xlsx"):
        page = load_workbook(BytesIO(browser.get(path).content)).worksheets[0]
        words = " ".join(str(cell.value) for row in page for cell in row)
        assert "自家点" in words
        assert "别家点" not in words
        assert ("13900000006" in words) == (path == "/hazards/export/")
    found = json.loads(browser.get("/hazards/export/sites.geojson").content)
    assert [feature["properties"]["code"] for feature in found["features"]] == [own.code]
    assert "别家点" not in browser.get("/hazards/cards/").content.decode()
    for action in ("card", "position"):
        assert browser.get(f"/hazards/sites/{own.code}/{action}/").status_code == 200
        assert browser.get(f"/hazards/sites/{other.code}/{action}/").status_code == 404


def test_the_plate_is_a_code_with_quiet_around_it() -> None:
    side, path = plate("https://fangxun.example.gov.cn/hazards/sites/YD-01/")
    first = f"M{QUIET} {QUIET}h1"
    assert path.startswith(first)  # the corner of the first finder
    assert side >= 21 + 2 * QUIET
    assert f"M{QUIET + 1} {QUIET + 1}h" not in path  # white ring inside the finder


def test_a_fact_is_unverified_after_ninety_days() -> None:
    today = date(2026, 7, 19)
    assert not is_stale(today - timedelta(days=90), today=today)
    assert is_stale(today - timedelta(days=91), today=today)
    assert is_stale(None, today=today)


def test_one_press_verifies_what_stays_ticked(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    own, unticked, other = site(), site(), site(area_code=OTHER_GRID)
    browser = signed_in(cast.subdistrict_officer)
    stale = browser.get("/hazards/upkeep/").context["stale"]
    assert {row.code for row, _lines in stale.rows} == {own.code, unticked.code}
    browser.post("/hazards/upkeep/", {"site": [own.code, other.code]})
    assert set(KeptFact.objects.values_list("site", "fact")) == {(own.pk, fact.value) for fact in Fact}
    assert {row.code for row, _lines in browser.get("/hazards/upkeep/").context["stale"].rows} == {unticked.code}
    browser.post(f"/hazards/sites/{unticked.code}/verify/")
    assert not browser.get("/hazards/upkeep/").context["stale"].count


def test_the_officer_goes_through_very_many_unverified_sites_page_by_page(
    cast: Cast, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hazards.views.upkeep.STALE", 2)
    places = [site() for _number in range(3)]
    browser = signed_in(cast.subdistrict_officer)
    first = browser.get("/hazards/upkeep/")
    assert "3 处中有 3 处" in first.content.decode()
    second = browser.get(f"/hazards/upkeep/{first.context['stale'].next_url}")
    shown = [[row for row, _lines in page.context["stale"].rows] for page in (first, second)]
    assert shown == [places[:2], places[2:]]
    assert (first.content.decode().count('name="site"'), second.context["stale"].next_url) == (2, "")


def test_an_earlier_day_never_goes_over_a_later_one(cast: Cast, now: datetime) -> None:
    place = site()
    for day in (date(2026, 7, 1), date(2026, 6, 1)):
        keep_facts(sites=[place], facts=[Fact.LIMIT], on=day, by=cast.duty_officer)
    (found,) = sites(WHOLE, now=now)
    lines = {line.fact: line for line in kept_of([found], now=now)[place.pk]}
    assert lines[Fact.LIMIT].verified_at == date(2026, 7, 1)
    assert lines[Fact.PERSONS].is_stale
    assert [row.pk for row, _old in unverified(WHOLE, now=now)] == [place.pk]


def test_who_leaves_within_a_month_with_nobody_to_follow_is_told(cast: Cast, now: datetime) -> None:
    open_end, followed, later = site(), site(), site()
    for place, days in ((open_end, 10), (followed, 10), (later, 40)):
        place.responsibilities.create(
            role="patrol_resp",
            person=cast.grid_worker,
            during=DateTimeTZRange(now - timedelta(days=9), now + timedelta(days=days)),
        )
    followed.responsibilities.create(
        role="patrol_resp", person=cast.site_keeper, during=DateTimeTZRange(now + timedelta(days=10), None)
    )
    assert [one.site for one in ending(WHOLE, now=now)] == [open_end]
    assert ending(scope_of("410403002"), now=now) == []


def test_two_codes_within_five_metres_are_a_pair(cast: Cast) -> None:
    one = site(code="A", geometry=Point(113.35, 33.77, srid=4326))
    other = site(code="B", geometry=Point(113.35004, 33.77, srid=4326))
    site(code="C", geometry=Point(113.3502, 33.77, srid=4326))
    (pair,) = twins(WHOLE)
    assert (pair.one, pair.other, round(pair.metres, 1)) == (one, other, 3.7)


def test_a_dragged_point_is_stored_and_verified_and_a_drawn_line_is_not_replaced(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    place = site()  # the clock runs: versions are told apart by it
    browser = signed_in(cast.subdistrict_officer)
    base = browser.get(f"/hazards/sites/{place.code}/position/").context["form"]["base_version"].value()
    moved = {"longitude": "113.351", "latitude": "33.771", "base_version": base}
    browser.post(f"/hazards/sites/{place.code}/position/", moved)
    place.refresh_from_db()
    assert place.geometry is not None
    assert place.geometry.coords == (113.351, 33.771)
    assert KeptFact.objects.get().fact == Fact.POSITION
    again = browser.post(f"/hazards/sites/{place.code}/position/", moved)
    assert again.context["form"].errors  # somebody was faster
    river = site(geometry=LineString((113.3, 33.7), (113.31, 33.7), srid=4326))
    with pytest.raises(Refused):
        move_site(site=river, place=(113.3, 33.7), base_version=river.updated_at, by=cast.duty_officer, now=NIGHT)


def test_a_site_comes_back_with_a_reason(cast: Cast, signed_in: Callable[[User], Client], now: datetime) -> None:
    place = site(retired_at=now, retired_reason="误删")
    browser = signed_in(cast.subdistrict_officer)
    page = f"/hazards/sites/{place.code}/restore/"
    assert browser.post(page, {"reason": ""}).status_code == 200
    browser.post(page, {"reason": "实际还在"})
    place.refresh_from_db()
    assert place.retired_at is None
    assert place.area_code.startswith(SUBDISTRICT)
    assert browser.get(page).status_code == 404
