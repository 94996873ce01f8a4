"""What anybody reads, and a household's own page."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from alerts import actions, queries
from alerts.enums import Choice, Reach, Via, WarningSource
from alerts.models import Answer, AudienceHousehold, Notice, ReceivedWarning
from alerts.rules import answer_token
from command.enums.dangers import DangerSource
from command.models import Closure, WayRound
from tests.alerts.cap_messages import cap
from tests.alerts.situations import issued, submitted
from tests.casts import NIGHT, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import household, site

LIMIT = 50_000
STYLE = (settings.BASE_DIR / "static/css/residents.css").stat().st_size


@pytest.fixture
def audience(cast: Cast, now: datetime) -> AudienceHousehold:
    """A household under a notice in force."""
    household()
    return issued(cast).households.get()


def test_everybody_reads_the_notice_in_force_with_issuer_and_measures(audience: AudienceHousehold) -> None:
    page = Client().get("/p/")
    body = page.content.decode()
    notice = audience.notice
    for words in (notice.headline, notice.issuer, notice.measures, notice.caution, notice.affected_area):
        assert words in body
    assert "<script" not in body
    assert len(page.content) + STYLE < LIMIT


def test_without_a_notice_the_page_says_so(cast: Cast, now: datetime) -> None:
    household()
    submitted(cast)
    page = Client().get("/p/")
    assert page.context["notices"] == []


@pytest.mark.parametrize("change", [{"expires_at": NIGHT}, {"exercise": "6f2b3c1e-0000-4000-8000-000000000001"}])
def test_what_is_over_or_rehearsed_is_not_shown(audience: AudienceHousehold, change: dict[str, object]) -> None:
    Notice.objects.update(starts_at=NIGHT - timedelta(hours=1), **change)
    assert Client().get("/p/").context["notices"] == []


def test_a_subdistrict_sees_its_own_and_the_districts(cast: Cast, now: datetime) -> None:
    household()
    issued(cast, areas=(SUBDISTRICT,))
    assert len(Client().get(reverse("residents:area", args=[SUBDISTRICT])).context["notices"]) == 1
    assert len(Client().get(reverse("residents:area", args=[SUBDISTRICT + "001001"])).context["notices"]) == 1
    assert Client().get(reverse("residents:area", args=[OTHER_SUBDISTRICT])).context["notices"] == []
    assert Client().get("/p/nowhere/").status_code == 404


def test_a_page_read_before_costs_nothing_until_something_changes(audience: AudienceHousehold, cast: Cast) -> None:
    first = Client().get("/p/")
    again = Client().get("/p/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert "max-age=30" in first["Cache-Control"]
    actions.withdraw(notice=audience.notice, reason="误发", by=cast.commander, now=NIGHT)
    assert Client().get("/p/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_looking_at_ones_link_answers_nothing(audience: AudienceHousehold) -> None:
    page = Client().get(queries.answer_path(audience.pk))
    assert page.status_code == 200
    assert len(page.content) + STYLE < LIMIT
    assert Client().head(queries.answer_path(audience.pk)).status_code == 200
    assert not Answer.objects.exists()


def test_a_household_answers_and_may_change_its_answer_but_help_stays(audience: AudienceHousehold) -> None:
    address, reader = queries.answer_path(audience.pk), Client()
    reader.post(address, {"choice": "away"})
    assert reader.get(address).context["audience"].answer == Choice.AWAY
    reader.post(address, {"choice": "need_help"})
    reader.post(address, {"choice": "safe"})
    assert [one.choice for one in Answer.objects.order_by("pk")] == ["away", "need_help", "safe"]
    assert queries.line(audience, audience.notice).reach == Reach.NEED_HELP
    assert reader.get(address).context["asks_for_help"]


def test_pressing_twice_is_one_answer_and_nonsense_is_none(audience: AudienceHousehold) -> None:
    address, reader = queries.answer_path(audience.pk), Client()
    for _ in range(2):
        reader.post(address, {"choice": "safe"})
    reader.post(address, {"choice": "gone fishing"})
    reader.post(address)
    assert Answer.objects.count() == 1


def test_a_link_that_nobody_made_opens_nothing(audience: AudienceHousehold) -> None:
    forged = answer_token(audience.pk, secret="guessed")
    assert Client().get(f"/p/a/{forged}/").status_code == 404
    assert Client().post(f"/p/a/{forged}/", {"choice": "safe"}).status_code == 404
    assert Client().get("/p/a/x/").status_code == 404
    assert not Answer.objects.exists()


def test_an_answer_needs_the_forms_own_token(audience: AudienceHousehold) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(queries.answer_path(audience.pk), {"choice": "safe"}).status_code == 403
    assert not Answer.objects.exists()


def test_a_correction_takes_the_place_of_the_notice_and_an_all_clear_of_both(
    audience: AudienceHousehold, cast: Cast
) -> None:
    row, client = audience.notice, Client()
    link = reverse("residents:answer", args=[answer_token(audience.pk, secret=settings.SECRET_KEY)])
    actions.record_answer(audience=audience, choice=Choice.SAFE, via=Via.LINK, now=NIGHT)
    before = client.get("/p/")["ETag"]
    for begin, words in ((actions.correct, "绕行下穿桥"), (actions.all_clear, "积水正在退去")):
        draft = begin(notice=row, by=cast.duty_officer, now=NIGHT, changes={"measures": words})
        assert words not in client.get("/p/").content.decode(), "nobody reads what is not signed"
        draft = actions.submit(notice=draft, by=cast.duty_officer, now=NIGHT)
        row = actions.approve(notice=draft, version=draft.version, by=cast.commander, now=NIGHT)
        page = client.get("/p/", headers={"If-None-Match": before})
        before = page["ETag"]
        assert words in page.content.decode()
        assert words in client.get(link).content.decode(), "an old link leads to what holds now"
    assert page.context["notices"] == []
    assert "绕行下穿桥" not in page.content.decode()


@pytest.fixture
def storm(cast: Cast, now: datetime) -> list[ReceivedWarning]:
    """Ten warnings of two thousand characters each, thirty places under water, a notice."""
    household()
    issued(cast)
    for number in range(30):
        place = site(name=f"建设路与东环路交叉口下穿桥 {number:02d}", address="建设路与东环路交叉口向北二百米路东")
        WayRound.objects.create(site=place, words="由东环路改走建设路，再经开源路向南，勿进地下通道")
        Closure.objects.create(
            **dict.fromkeys(("began_at", "recorded_at", "measured_at", "closed_at"), NIGHT),
            site=place,
            area_code=place.area_code,
            client_uuid=uuid4(),
            depth_cm=40,
            closed_by_name="值班员",
            source=DangerSource.FIELD,
        )
    return [
        actions.receive_warning(
            data=cap({"identifier": f"w{number}"}, {"description": f"第{number}条" + "雨" * 1990 + "完"}),
            source=WarningSource.FEED,
            now=NIGHT,
        ).warning
        for number in range(10)
    ]


def test_in_the_worst_night_the_first_page_stays_small_and_every_text_is_a_press_away(
    storm: list[ReceivedWarning],
) -> None:
    for language in ("zh-hans", "en"):
        reader = Client()
        reader.get(f"/p/language/{language}/")
        page = reader.get("/p/")
        assert len(page.content) + STYLE < LIMIT
        body = page.content.decode()
        assert all(f"/p/warning/{row.uuid}/" in body for row in storm)
        whole = reader.get(f"/p/warning/{storm[3].uuid}/")
        assert storm[3].description in whole.content.decode()
        assert len(whole.content) + STYLE < LIMIT


def test_whoever_chooses_no_kind_of_danger_reports_no_dike_giving_way(cast: Cast, now: datetime) -> None:
    assert Client().get("/p/danger/").context["form"]["kind"].value() == "other"


def test_a_warning_that_is_over_leads_to_the_first_page(cast: Cast, now: datetime) -> None:
    row = actions.receive_warning(data=cap(), source=WarningSource.FEED, now=NIGHT).warning
    assert Client().get(f"/p/warning/{row.uuid}/").status_code == 200
    head = {"identifier": "over", "sent": "2026-07-19T23:00:00+08:00", "msgType": "Cancel"}
    over = cap({**head, "references": f"{row.sender},{row.identifier},2026-07-19T22:58:00+08:00"}, {"effective": None})
    actions.receive_warning(data=over, source=WarningSource.FEED, now=NIGHT)
    assert Client().get(f"/p/warning/{row.uuid}/")["Location"] == "/p/"
