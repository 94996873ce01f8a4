"""Official warnings on screens and over HTTP: what people see, and who may do what where."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from alerts import actions
from alerts.enums import EntryState, WarningSource
from alerts.models import Consultation, FeedEntry, Notice, ReceivedWarning, WarningFeed
from tests.alerts.cap_messages import CITY, cap, native
from tests.casts import DISTRICT, NIGHT, Cast
from tests.factories import household

SignedIn = Callable[[User], Client]
Api = Callable[[User], APIClient]
SENDER, ALERT = "pdsqxt@cma.gov.cn", "41040041600000_20260719225800"
IMPORT = "/api/v1/alerts/warnings/import-cap/"


@pytest.fixture
def red(cast: Cast, now: datetime) -> ReceivedWarning:
    """The city's red rainstorm warning, two minutes ago."""
    return actions.receive_warning(data=cap(), source=WarningSource.FEED, now=NIGHT).warning


def lift() -> None:
    head = {"identifier": "over", "sent": "2026-07-19T23:00:00+08:00", "msgType": "Cancel"}
    data = cap({**head, "references": f"{SENDER},{ALERT},2026-07-19T22:58:00+08:00"}, {"effective": None})
    actions.receive_warning(data=data, source=WarningSource.FEED, now=NIGHT)


def post_xml(client: APIClient, data: bytes, kind: str = "application/xml") -> Any:
    return client.generic("POST", IMPORT, data.decode(), content_type=kind)


SEES = {"commander", "leader", "duty_officer", "subdistrict_officer", "other_officer", "auditor", "administrator"}
TAKES_IN = {"commander", "leader", "duty_officer"}
ROWS = [
    ("get", "alerts:warnings", SEES),
    ("get", "alerts:warning", SEES),
    ("get", "alerts:warning_file", SEES),
    ("get", "alerts:feeds", SEES),
    ("get", "alerts:enter_warning", TAKES_IN),
    ("post", "alerts:upload_warning", TAKES_IN),
    ("post", "alerts:relay_warning", TAKES_IN | {"subdistrict_officer", "other_officer"}),  # into their own areas
    ("post", "alerts:consultation", TAKES_IN),
]


@pytest.mark.parametrize(("method", "route", "allowed"), ROWS, ids=[row[1] for row in ROWS])
def test_each_door_opens_to_its_roles_only(
    red: ReceivedWarning, cast: Cast, signed_in: SignedIn, client: Client, method: str, route: str, allowed: set[str]
) -> None:
    household()
    one = route.split(":")[1] not in ("warnings", "feeds", "enter_warning", "upload_warning")
    address = reverse(route, args=[red.uuid] if one else [])
    let_in = {
        member
        for member, person in vars(cast).items()
        if getattr(signed_in(person), method)(address).status_code not in (403, 404)
    }
    assert let_in == allowed
    assert getattr(client, method)(address).status_code == 302


@pytest.mark.parametrize("member", ["commander", "subdistrict_officer", "grid_worker", "auditor", "outsider"])
def test_the_interface_opens_to_the_same_roles(red: ReceivedWarning, cast: Cast, api: Api, member: str) -> None:
    client = api(getattr(cast, member))
    assert (client.get("/api/v1/alerts/warnings/").status_code == 200) is (member in SEES)
    assert (client.get(f"/api/v1/alerts/warnings/{red.uuid}/").status_code == 200) is (member in SEES)
    assert (post_xml(client, native()).status_code != 403) is (member in TAKES_IN)


def test_a_warning_for_one_subdistrict_is_not_shown_in_another(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    area = CITY.replace("410400000000", "410403001000")
    row = actions.receive_warning(data=cap(area=area), source=WarningSource.FEED, now=NIGHT).warning
    own, foreign = signed_in(cast.subdistrict_officer), signed_in(cast.other_officer)
    page = reverse("alerts:warning", args=[row.uuid])
    assert (own.get(page).status_code, foreign.get(page).status_code) == (200, 404)
    for client, shown in ((own, True), (foreign, False)):
        for address in ("/alerts/", "/alerts/warnings/", "/alerts/warnings/?tab=all", "/"):
            assert (str(row.headline) in client.get(address).content.decode()) is shown, address
    anyone = Client()
    assert row.description in anyone.get("/p/410403001/").content.decode()
    assert row.description not in anyone.get("/p/410403002/").content.decode()


def test_board_and_public_page_name_issuer_and_time_and_what_was_lifted(
    red: ReceivedWarning, cast: Cast, signed_in: SignedIn, client: Client
) -> None:
    for page in (signed_in(cast.leader).get("/"), client.get("/p/")):
        words = page.content.decode()
        assert "平顶山市气象台" in words
        assert "22:58" in words
        assert "暴雨红色预警" in words
    unlifted = client.get("/p/")
    lift()
    public = client.get("/p/", headers={"If-None-Match": unlifted["ETag"]}).content.decode()
    assert "气象预警已解除" in public
    assert "发布预警" not in public
    own = signed_in(cast.duty_officer).get(reverse("alerts:warning", args=[red.uuid])).content.decode()
    assert "气象预警已解除" in own
    assert "转发气象预警" not in own


@pytest.mark.parametrize(
    "address", ["/alerts/warnings/?tab=all", "/alerts/warnings/", "/api/v1/alerts/warnings/", "/p/"]
)
def test_a_list_asks_as_often_for_many_as_for_few(
    red: ReceivedWarning, cast: Cast, signed_in: SignedIn, address: str
) -> None:
    desk = signed_in(cast.duty_officer)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        return len(queries)

    few = asked()
    for number in range(5):
        info = {"severity": "Minor", "headline": f"大风蓝色预警{number}"}
        data = cap({"identifier": str(number)}, info)
        actions.receive_warning(data=data, source=WarningSource.FEED, now=NIGHT)
    assert asked() == few


def test_one_press_leads_to_the_draft(red: ReceivedWarning, cast: Cast, signed_in: SignedIn) -> None:
    household()
    desk = signed_in(cast.duty_officer)
    page = desk.get("/alerts/").content.decode()
    assert "转发气象预警" in page
    assert "发布预警" not in page
    answer = desk.post(reverse("alerts:relay_warning", args=[red.uuid]))
    draft = Notice.objects.get()
    assert answer["Location"] == reverse("alerts:edit", args=[draft.uuid])
    assert draft.headline in desk.get(answer["Location"]).content.decode()


def typed(**changes: object) -> dict[str, object]:
    def local(at: datetime) -> str:
        return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")

    return {
        "issuer": "平顶山市气象台",
        "number": "",
        "event": "暴雨",
        "level": 2,
        "sent": local(NIGHT),
        "starts_at": local(NIGHT),
        "expires_at": local(NIGHT + timedelta(hours=3)),
        "areas": [DISTRICT],
        "text": "发布暴雨橙色预警信号。",
        **changes,
    }


def test_a_pasted_text_is_two_presses_from_being_stored(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    desk, address = signed_in(cast.duty_officer), reverse("alerts:enter_warning")
    text = "平顶山市气象台2026年7月19日22时58分发布暴雨红色预警信号：预计未来3小时降雨量将达100毫米以上。"
    form = desk.post(address, {"paste": "1", "text": text}).context["form"]
    filled = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    for name in ("sent", "starts_at", "expires_at"):
        filled[name] = filled[name].strftime("%Y-%m-%dT%H:%M")
    desk.post(address, filled)
    row = ReceivedWarning.objects.get()
    assert (row.issuer, row.event, row.level, row.received_by) == ("平顶山市气象台", "暴雨", 1, cast.duty_officer)
    assert row.expires_at == NIGHT + timedelta(hours=3, minutes=-2)


def test_the_form_names_what_is_wrong_and_a_lifting_names_what_it_lifts(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    desk, address = signed_in(cast.duty_officer), reverse("alerts:enter_warning")
    assert set(desk.post(address, typed(is_lifting="on")).context["form"].errors) == {"refers_to"}
    assert set(desk.post(address, typed(areas=[])).context["form"].errors) == {"areas"}
    before = timezone.localtime(NIGHT - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    assert set(desk.post(address, typed(expires_at=before)).context["form"].errors) == {"__all__"}
    assert desk.post(address, typed()).status_code == 302
    row = ReceivedWarning.objects.get()
    over = typed(is_lifting="on", refers_to=str(row.uuid), text="解除暴雨橙色预警信号。")
    assert desk.post(address, over).status_code == 302
    assert ReceivedWarning.objects.count() == 2


def test_a_file_is_taken_in_or_every_fault_is_named(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    desk, address = signed_in(cast.duty_officer), reverse("alerts:upload_warning")
    bad = cap({"sender": ""}, {"expires": None})
    answer = desk.post(address, {"file": SimpleUploadedFile("w.xml", bad)})
    assert answer.status_code == 400
    assert len(answer.context["upload"].errors["file"]) == 2
    assert not ReceivedWarning.objects.exists()
    answer = desk.post(address, {"file": SimpleUploadedFile("w.xml", native())})
    row = ReceivedWarning.objects.get()
    assert answer["Location"] == reverse("alerts:warning", args=[row.uuid])
    kept = desk.get(reverse("alerts:warning_file", args=[row.uuid]))
    assert kept.content == native()
    assert kept["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("kind", ["application/xml", "text/xml", "application/cap+xml"])
def test_the_interface_takes_xml_and_the_same_again_is_the_same(cast: Cast, api: Api, now: datetime, kind: str) -> None:
    client = api(cast.duty_officer)
    first, again = post_xml(client, cap(), kind), post_xml(client, cap(), kind)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["uuid"] == again.json()["uuid"]
    assert client.get("/api/v1/alerts/warnings/").json()["results"][0]["level"] == 1


def test_the_interface_names_every_fault_with_its_code_in_both_languages(cast: Cast, api: Api, now: datetime) -> None:
    answer = post_xml(api(cast.duty_officer), cap({"sender": ""}, {"expires": None})).json()
    assert answer["code"] == "cap.sender"
    assert [error["code"] for error in answer["errors"]] == ["cap.sender", "cap.expires_missing"]
    assert all(error["detail"] != error["detail_en"] for error in answer["errors"])
    assert post_xml(api(cast.duty_officer), b"").status_code == 400


def test_the_minutes_are_typed_on_the_warnings_own_page(red: ReceivedWarning, cast: Cast, signed_in: SignedIn) -> None:
    desk, page = signed_in(cast.duty_officer), reverse("alerts:warning", args=[red.uuid])
    address = reverse("alerts:consultation", args=[red.uuid])
    assert desk.post(address, {"attendees": "", "conclusion": "x", "decision": "watch"}).status_code == 400
    desk.post(address, {"attendees": "带班领导", "conclusion": "启动Ⅲ级响应", "decision": "response"})
    assert Consultation.objects.get().held_at == NIGHT
    assert "启动Ⅲ级响应" in desk.get(page).content.decode()


def test_a_silent_feed_stands_on_the_board_and_on_its_page(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    feed = WarningFeed.objects.create(name="省气象局", url="https://severeweather.wmo.int/x")
    WarningFeed.objects.update(created_at=NIGHT - timedelta(minutes=15))
    desk = signed_in(cast.duty_officer)
    for address in ("/", reverse("alerts:feeds"), reverse("alerts:warnings")):
        assert feed.name in desk.get(address).content.decode(), address


def test_a_message_that_could_not_be_taken_in_stands_on_the_board(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    feed = WarningFeed.objects.create(name="省气象局", url="https://severeweather.wmo.int/x")
    refused = {"feed": feed, "url": feed.url, "state": EntryState.REFUSED, "tried_at": now}
    FeedEntry.objects.create(guid="yesterday", first_at=now - timedelta(hours=25), **refused)
    desk = signed_in(cast.duty_officer)
    assert "条未能接收" not in desk.get("/").content.decode()
    FeedEntry.objects.create(guid="today", first_at=now - timedelta(hours=23), **refused)
    assert "1 条未能接收" in desk.get("/").content.decode()
