"""The public pages of subscribing, of shelters, of advice and of asking for help."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.test import Client

from accounts.models import User
from alerts.models import Subscription, SubscriptionCode
from command import actions as command
from command.enums.dangers import HelpSource
from command.models import HelpRequest, Shelter, TimelineEntry, WayRound
from residents.enums import ADVICE
from residents.views import help as help_page
from residents.views import subscribe
from territory.models import Area
from tests.alerts.situations import issued
from tests.casts import DISTRICT, NIGHT, SUBDISTRICT, Cast
from tests.factories import household, site

LIMIT = 50_000
STYLE = (settings.BASE_DIR / "static/css/residents.css").stat().st_size
SCRIPT = (settings.BASE_DIR / "static/js/nearest.js").stat().st_size


@pytest.fixture(autouse=True)
def code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code is 000042."""
    monkeypatch.setattr("secrets.randbelow", lambda _most: 42)


def test_from_the_number_to_the_end_without_an_account(areas: Any, now: datetime) -> None:
    reader = Client()
    page = reader.post("/p/subscribe/", {"phone": "138 1234 5678", "area_code": SUBDISTRICT, "begin": "1"})
    done = reader.post(page["Location"], {"code": "000042"}, follow=True)
    own = done.request["PATH_INFO"]
    assert "138****5678" in done.content.decode()
    assert len(done.content) + STYLE < LIMIT
    assert Client().get(own).status_code == 200
    assert Subscription.objects.get().ended_at is None, "reading the link ends nothing"
    assert "东安路街道" in reader.post(own, follow=True).content.decode()
    assert Subscription.objects.get().ended_at == NIGHT


def test_wrong_codes_and_numbers_say_what_to_mend(areas: Any, now: datetime) -> None:
    reader = Client()
    bad = reader.post("/p/subscribe/", {"phone": "12", "area_code": DISTRICT, "begin": "1"})
    assert (bad.status_code, list(bad.context["form"].errors)) == (400, ["phone"])
    page = reader.post("/p/subscribe/", {"phone": "13812345678", "area_code": DISTRICT, "begin": "1"})["Location"]
    wrong = reader.post(page, {"code": "1"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["code"])
    assert Client().get("/p/s/6f2b3c1e-0000-4000-8000-000000000001/").status_code == 404
    assert Client().get("/p/subscribe/6f2b3c1e-0000-4000-8000-000000000001/").status_code == 200, "as for any number"


def test_a_code_to_stop_ends_them(areas: Any, now: datetime) -> None:
    reader = Client()
    for wish in ("begin", "end"):
        with_code = reader.post("/p/subscribe/", {"phone": "13812345678", "area_code": DISTRICT, wish: "1"})
        reader.post(with_code["Location"], {"code": "000042"})
        SubscriptionCode.objects.update(sent_at=NIGHT - timedelta(minutes=2))
    assert Subscription.objects.get().ended_how == "code"


def test_one_address_asks_for_ten_codes_in_ten_minutes(areas: Any, now: datetime) -> None:
    reader = Client()
    answers = [
        reader.post(
            "/p/subscribe/", {"phone": f"138000000{number:02d}", "area_code": DISTRICT, "begin": "1"}
        ).status_code
        for number in range(subscribe.CODES + 1)
    ]
    assert answers == [302] * subscribe.CODES + [429]


def test_the_forms_need_their_own_token(areas: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in ("/p/subscribe/", "/p/help/"):
        assert strict.post(address, {}).status_code == 403


@pytest.fixture
def places(areas: dict[str, Area]) -> list[Shelter]:
    """Sixty of them, and the borders of two sub-districts."""
    for number, code in enumerate((SUBDISTRICT, SUBDISTRICT[:-1] + "2")):
        box = Polygon.from_bbox((113.30 + number / 50, 33.74, 113.32 + number / 50, 33.78))
        Area.objects.filter(pk=code).update(border=MultiPolygon(box, srid=4326))
    return Shelter.objects.bulk_create(
        Shelter(
            code=f"BX{number:02d}",
            name=f"第{number}小学体育馆避险场所",
            name_en=f"School {number}",
            area_code=SUBDISTRICT,
            address="东安路与建设路交叉口向北二百米路东",
            position=Point(113.301 + number / 2500, 33.741 + number / 1500, srid=4326),
            room_for=300,
            phone="+863752900001",
        )
        for number in range(60)
    )


def test_the_list_of_shelters_needs_no_script_and_stays_small(places: list[Shelter], now: datetime) -> None:
    assert len(Client().get("/p/shelters/").content) + STYLE + SCRIPT < LIMIT
    page = Client().get(f"/p/shelters/{SUBDISTRICT}/")
    body = page.content.decode()
    assert len(page.context["lines"]) == 12
    assert body.count("步行约") == 12 + 1, "each with its way, and the words for the script"
    assert "<path d=" in body
    assert Client().get("/p/shelters/nowhere/").status_code == 404
    first = page.context["lines"][0]
    assert first.leg
    assert all(first.leg.metres <= line.leg.metres for line in page.context["lines"])


def test_the_first_page_names_the_nearest_three_and_stays_small(
    places: list[Shelter], cast: Cast, now: datetime
) -> None:
    household()
    issued(cast)
    page = Client().get(f"/p/{SUBDISTRICT}/")
    assert [line.shelter.code for line in page.context["shelters"]] == [
        line.shelter.code for line in Client().get(f"/p/shelters/{SUBDISTRICT}/").context["lines"][:3]
    ]
    assert len(page.content) + STYLE < LIMIT
    assert Client().get("/p/").context["shelters"] == [], "none is open, and three of sixty are nobody's nearest"
    command.open_shelter(shelter=places[7], by=cast.duty_officer, now=NIGHT)
    assert [line.shelter for line in Client().get("/p/").context["shelters"]] == [places[7]]


def test_what_changes_on_a_shelter_is_read_at_once(places: list[Shelter], cast: Cast, now: datetime) -> None:
    before = Client().get("/p/shelters/")
    tag = before["ETag"]
    assert Client().get("/p/shelters/", headers={"If-None-Match": tag}).status_code == 304
    command.open_shelter(shelter=places[0], by=cast.duty_officer, now=NIGHT)
    after = Client().get("/p/shelters/", headers={"If-None-Match": tag})
    assert (before.context["open"], after.context["open"]) == (0, 1)


def test_closed_roads_come_first_with_since_when_and_the_way_round(cast: Cast, now: datetime) -> None:
    household()
    issued(cast)
    place = site(name="东苑下穿桥")
    WayRound.objects.create(site=place, words="走建设路", words_en="take Jianshe Road")
    command.report_water(client_uuid=uuid4(), site=place, depth_cm=40, by=cast.duty_officer, now=NIGHT)
    chinese, english = Client(), Client()
    english.get("/p/language/en/")
    body = chinese.get("/p/").content.decode()
    assert body.index("东苑下穿桥") < body.index("今夜有大暴雨")
    assert "走建设路" in body
    assert "take Jianshe Road" in english.get("/p/").content.decode()


def test_english_is_whole_and_comes_back_to_the_same_page(cast: Cast, now: datetime) -> None:
    household()
    issued(cast)
    reader = Client()
    assert reader.get("/p/language/en/?next=/p/shelters/")["Location"] == "/p/shelters/"
    for foreign in ("https://example.org/p/", "//example.org/p/", "/admin/"):
        assert reader.get("/p/language/en/", {"next": foreign})["Location"] == "/p/"
    assert reader.get("/p/language/fr/").status_code == 404
    page = reader.get("/p/")
    body = page.content.decode()
    assert "Stay indoors." in body
    assert "Rainstorm risk notice (Orange)" in body
    assert '<html lang="en">' in body
    assert "Cookie" in page["Vary"], "a cache must not hand it to a Chinese reader"


def test_every_kind_of_notice_has_its_advice(cast: Cast, now: datetime) -> None:
    from alerts.enums import NoticeKind

    assert set(ADVICE) == set(NoticeKind.values)
    assert "Never go back for belongings" not in Client().get("/p/").content.decode()
    assert Client().get("/p/advice/").status_code == 200


def test_a_cry_from_the_public_page_is_a_call_for_help(cast: Cast, now: datetime) -> None:
    reader = Client()
    form = reader.get("/p/help/").context["form"]
    given = {
        "client_uuid": form["client_uuid"].value(),
        "place": "东安路 1 号 2 楼",
        "phone": "13812345678",
        "need": "进水",
    }
    for _ in range(2):
        sent = reader.post("/p/help/", given, follow=True)
    request = HelpRequest.objects.get()
    assert (request.source, request.place, request.area_code) == (HelpSource.RESIDENT, "东安路 1 号 2 楼", DISTRICT)
    assert "13812345678" not in sent.content.decode()
    missing = reader.post("/p/help/", {"client_uuid": form["client_uuid"].value()})
    assert (missing.status_code, sorted(missing.context["form"].errors)) == (400, ["phone", "place"])


def test_a_storm_of_cries_from_one_address_is_stored_whole_and_the_desk_sees_it(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    answers = [
        Client().post("/p/help/", {"client_uuid": uuid4(), "place": f"东安路 {number} 号", "phone": "13812345678"})
        for number in range(help_page.CRIES + 1)
    ]
    assert {answer.status_code for answer in answers} == {302}
    marked = HelpRequest.objects.filter(many_from_address=True)
    assert [row.place for row in marked] == [f"东安路 {help_page.CRIES} 号"]
    desk = signed_in(cast.duty_officer)
    assert desk.get("/command/help/").content.decode().count("同一网络地址来得多") == 1


FORM = {"place": "东安路 1 号", "phone": "13812345678", "need": "进水"}


def pressed_again(form: dict[str, Any]) -> HelpRequest:
    """What the page leads to."""
    sent = Client().post("/p/help/", form)
    assert sent.status_code == 302
    return HelpRequest.objects.get(uuid=sent["Location"].rstrip("/").rsplit("/", 1)[1])


def test_a_form_sent_again_with_more_words_is_the_same_call_with_more_to_read(cast: Cast, now: datetime) -> None:
    form = FORM | {"client_uuid": str(uuid4())}
    first = pressed_again(form)
    more = form | {"place": "东安路 1 号三楼", "persons": 3}
    assert [pressed_again(more) for _ in range(2)] == [first, first]
    assert pressed_again(form) == first
    first.refresh_from_db()
    assert (first.place, first.need) == ("东安路 1 号", "进水 / 东安路 1 号三楼 / 3 人")
    assert TimelineEntry.objects.filter(ref=f"help:{first.pk}", text__contains="三楼").count() == 1


@pytest.mark.parametrize("change", ["telephone", "helper named", "too long"])
def test_words_that_nobody_would_read_on_the_old_call_are_a_call_of_their_own(
    cast: Cast, now: datetime, change: str
) -> None:
    form = FORM | {"client_uuid": str(uuid4())}
    first = pressed_again(form)
    more = form | {"place": "东安路 1 号三楼"}
    if change == "telephone":
        more["phone"] = "13912345678"
    elif change == "helper named":
        command.name_helper(request=first, helper=cast.grid_worker, by=cast.duty_officer, now=NIGHT)
    else:
        more["need"] = "水" * 299
    own = [pressed_again(more) for _ in range(2)]
    assert own[0] == own[1] != first
    assert (own[0].place, HelpRequest.objects.count()) == ("东安路 1 号三楼", 2)
