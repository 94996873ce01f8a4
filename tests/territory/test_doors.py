"""Who sees and imports what, on screens and over the API."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import User
from territory.models import Area, Household, SheetImport
from tests import factories
from tests.casts import GRID, OTHER_GRID, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.territory.sheets import roll

SignedIn = Callable[[User], Client]
Api = Callable[[User], APIClient]


def upload(content: bytes, name: str = "户册.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def codes(answer: Any) -> list[str]:
    return [row["code"] for row in answer.json()["results"]]


def test_everybody_signed_in_sees_the_areas_of_his_scope(cast: Cast, api: Api) -> None:
    assert len(codes(api(cast.commander).get("/api/v1/areas/"))) == 10
    assert codes(api(cast.grid_worker).get("/api/v1/areas/")) == [GRID]
    assert codes(api(cast.outsider).get("/api/v1/areas/")) == []
    assert APIClient().get("/api/v1/areas/").status_code == 403


def test_areas_are_asked_by_level_and_parent(cast: Cast, api: Api) -> None:
    ask = api(cast.commander).get
    assert codes(ask("/api/v1/areas/?level=subdistrict")) == [SUBDISTRICT, OTHER_SUBDISTRICT]
    assert len(codes(ask(f"/api/v1/areas/?parent={SUBDISTRICT}001"))) == 3
    assert ask("/api/v1/areas/?level=planet").status_code == 400
    assert ask("/api/v1/areas/?parent=1").json()["errors"][0]["field"] == "parent"


def test_the_layer_holds_the_scope_and_nothing_else(cast: Cast, api: Api) -> None:
    answer = api(cast.subdistrict_officer).get("/api/v1/areas/?format=geojson")
    assert answer["Content-Type"].startswith("application/geo+json")
    found = [feature["properties"]["code"] for feature in answer.json()["features"]]
    assert len(found) == 5
    assert all(code.startswith(SUBDISTRICT) for code in found)
    assert api(cast.outsider).get("/api/v1/areas/?format=geojson").json()["features"] == []
    assert api(cast.commander).get("/api/v1/areas/?format=geojson&level=planet").status_code == 400


def test_households_are_masked_and_stay_in_scope(cast: Cast, api: Api) -> None:
    own = factories.household(area_code=GRID, phone="+8613800000021")
    factories.household(area_code=OTHER_GRID)
    answer = api(cast.grid_worker).get("/api/v1/households/")
    assert codes(answer) == [own.code]
    (row,) = answer.json()["results"]
    assert row["phones"] == ["138****0021"]
    assert row["head_name"] == own.head_name[:1] + "*" * (len(own.head_name) - 1)
    assert codes(api(cast.grid_worker).get(f"/api/v1/households/?area_code={OTHER_GRID}")) == []
    assert len(codes(api(cast.commander).get("/api/v1/households/"))) == 2
    for stranger in (cast.storekeeper, cast.outsider):
        assert api(stranger).get("/api/v1/households/").status_code == 403


def test_households_are_asked_by_reason(cast: Cast, api: Api) -> None:
    ordinary = factories.household(area_code=GRID)
    alone = factories.household(area_code=GRID, must_reach="alone")
    ask = api(cast.commander).get
    assert codes(ask("/api/v1/households/?must_reach=any")) == [alone.code]
    assert codes(ask("/api/v1/households/?must_reach=alone")) == [alone.code]
    assert codes(ask("/api/v1/households/?must_reach=ordinary")) == [ordinary.code]
    assert ask("/api/v1/households/?must_reach=rich").status_code == 400


def test_the_number_of_questions_does_not_grow_with_households(
    cast: Cast, api: Api, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        factories.household(area_code=GRID)
    client = api(cast.commander)
    with django_assert_max_num_queries(8):
        assert len(codes(client.get("/api/v1/households/"))) == 20


def test_the_administrator_checks_and_stores_a_roll_over_the_api(cast: Cast, api: Api, now: datetime) -> None:
    client = api(cast.administrator)
    checked = client.post("/api/v1/households/import/", {"file": upload(roll({}))}, format="multipart")
    assert (checked.status_code, checked.json()["new"], Household.objects.count()) == (200, 1, 0)
    body = {"file": upload(roll({})), "confirm": "1"}
    stored = client.post("/api/v1/households/import/", body, format="multipart")
    assert (stored.status_code, stored.json()["state"], Household.objects.count()) == (201, "stored", 1)


def test_a_roll_with_faults_answers_with_the_first_in_both_languages(cast: Cast, api: Api, now: datetime) -> None:
    body = {"file": upload(roll({"电话": "12"})), "confirm": "1"}
    answer = api(cast.administrator).post("/api/v1/households/import/", body, format="multipart")
    assert answer.status_code == 400
    assert answer.json()["code"] == "sheet_has_faults"
    assert "row 2" in answer.json()["title_en"]
    assert not Household.objects.exists()


def test_the_administrator_imports_areas_over_the_api(cast: Cast, api: Api, now: datetime) -> None:
    csv = "编码,名称,级别\n410403003,五一路街道,街道".encode()
    client = api(cast.administrator)
    address = "/api/v1/areas/import/"
    assert client.post(address, {"file": upload(csv)}, format="multipart").status_code == 200
    assert client.post(address, {"file": upload(csv), "confirm": "1"}, format="multipart").status_code == 201
    assert Area.objects.filter(code="410403003").exists()
    outside = "编码,名称,级别\n410404,石龙区,区".encode()
    answer = client.post(address, {"file": upload(outside), "confirm": "1"}, format="multipart")
    assert answer.status_code == 400


@pytest.mark.parametrize("address", ["/api/v1/areas/import/", "/api/v1/households/import/"])
def test_only_those_who_may_import_do(address: str, cast: Cast, api: Api) -> None:
    for person in (cast.commander, cast.subdistrict_officer, cast.grid_worker, cast.outsider):
        assert api(person).post(address, {"file": upload(roll({}))}, format="multipart").status_code == 403
    assert api(cast.administrator).get(address).status_code in (403, 405)
    missing = api(cast.administrator).post(address, {}, format="multipart")
    assert missing.json()["errors"][0]["field"] == "file"


SCREENS = ["territory:areas", "territory:import_areas", "territory:import_roll"]


@pytest.mark.parametrize("screen", SCREENS)
def test_set_up_is_the_administrators(screen: str, cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    assert signed_in(cast.administrator).get(reverse(screen)).status_code == 200
    for person in (cast.commander, cast.grid_worker, cast.outsider):
        assert signed_in(person).get(reverse(screen)).status_code == 403
    assert Client().get(reverse(screen)).status_code == 302


def test_a_roll_goes_from_upload_over_the_check_into_the_record(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    browser = signed_in(cast.administrator)
    page = browser.post(reverse("territory:import_roll"), {"file": upload(roll({}))}, follow=True)
    assert not Household.objects.exists()
    address = page.redirect_chain[-1][0]
    report = browser.get(f"{address}report.xlsx")
    assert load_workbook(io.BytesIO(report.content)).worksheets[0].max_row == 2
    stored = browser.post(address, follow=True)
    assert (stored.status_code, Household.objects.count()) == (200, 1)
    assert browser.get(f"{address}report.xlsx").status_code == 404  # nothing personal is kept after storing
    again = browser.post(reverse("territory:import_roll"), {"file": upload(roll({}))}, follow=True)
    assert (again.status_code, SheetImport.objects.count()) == (200, 1)


def test_the_first_load_offers_its_good_rows(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    browser = signed_in(cast.administrator)
    content = roll({}, {"户编号": "DA-0002", "电话": "12"})
    page = browser.post(reverse("territory:import_roll"), {"file": upload(content)}, follow=True)
    address = page.redirect_chain[-1][0]
    assert browser.post(address).status_code == 200
    assert not Household.objects.exists()
    browser.post(address, {"keep_good": "1"})
    assert Household.objects.count() == 1


def test_areas_go_from_upload_over_the_check_into_the_record(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    browser = signed_in(cast.administrator)
    csv = upload("编码,名称,级别\n410403003,五一路街道,街道".encode(), "区划.csv")
    page = browser.post(reverse("territory:import_areas"), {"file": csv}, follow=True)
    assert not Area.objects.filter(code="410403003").exists()
    assert browser.post(page.redirect_chain[-1][0], follow=True).status_code == 200
    assert Area.objects.filter(code="410403003").exists()


def test_another_persons_upload_is_not_there(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    page = signed_in(cast.administrator).post(reverse("territory:import_roll"), {"file": upload(roll({}))}, follow=True)
    SheetImport.objects.update(actor_id=cast.commander.pk)
    address = page.redirect_chain[-1][0]
    browser = signed_in(cast.administrator)
    assert [browser.get(address).status_code, browser.post(address).status_code] == [404, 404]
    assert not Household.objects.exists()


@pytest.mark.parametrize("screen", ["territory:import_areas", "territory:import_roll"])
def test_a_file_that_is_no_sheet_is_refused_at_its_field(
    screen: str, cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    browser = signed_in(cast.administrator)
    answer = browser.post(reverse(screen), {"file": upload(b"PK\x03\x04broken")})
    assert answer.context["form"].errors["file"]
    assert browser.post(reverse(screen), {}).context["form"].errors["file"]


def test_the_set_up_pages_of_the_admin_open(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    factories.household(area_code=GRID)
    cast.administrator.is_staff = cast.administrator.is_superuser = True
    cast.administrator.save()
    browser = signed_in(cast.administrator)
    for model in ("area", "household", "season", "calendarday", "sheetimport"):
        assert browser.get(reverse(f"admin:territory_{model}_changelist")).status_code == 200
    page = browser.get(reverse("admin:territory_area_change", args=[GRID]))
    assert b"leaflet" in page.content
    household = Household.objects.get()
    page = browser.get(reverse("admin:territory_household_change", args=[household.pk]))
    assert household.head_name.encode() not in page.content


def test_set_up_lists_dead_numbers_masked_and_brings_one_back(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    keeper = cast.administrator
    keeper.is_staff = keeper.is_superuser = True
    keeper.save()
    client, point = signed_in(keeper), factories.contact_point("+8615011112222")
    point.dead_since = now
    point.save()
    page = client.get("/admin/territory/contactpoint/").content.decode()
    assert "150****2222" in page
    assert "15011112222" not in page
    assert "139****" not in page
    client.post(f"/admin/territory/contactpoint/{point.pk}/change/", {"dead_since_0": "", "dead_since_1": ""})
    point.refresh_from_db()
    assert point.dead_since is None
    assert client.post(f"/admin/territory/contactpoint/{point.pk}/delete/").status_code == 403
