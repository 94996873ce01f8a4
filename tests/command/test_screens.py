"""The command's screens: each answers its question, lets in whom it should, and acts by the same rules."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from command import actions, queries
from command.enums import EntryKind
from command.models import CallOut, Order, Response
from tests.casts import DISTRICT, Cast
from tests.command import situations

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def nobody_on_duty(settings: Any) -> None:
    """The test's own roster."""
    situations.ON_DUTY.clear()
    settings.RESOLVERS = settings.RESOLVERS | {"ON_DUTY": "tests.command.situations.who_is_on_duty"}


def test_every_page_opens_quiet_and_full(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    officer = signed_in(cast.commander)
    pages = [
        "",
        "responses/",
        "responses/start/",
        "orders/",
        "orders/new/",
        "calls/",
        "calls/new/",
        "timeline/",
        "plans/",
    ]
    for page in pages:
        assert officer.get(f"/command/{page}").status_code == 200, page
    plan = situations.plan_in_force(cast)
    response = actions.start(area_code=DISTRICT, level=3, basis="橙色预警", by=cast.commander, now=now, calls_out=True)
    order = actions.give_order(
        title="封控三号涵洞", text="立即到场", receivers=[actions.Receiver(person=cast.subdistrict_officer)],
        due_at=now + timedelta(minutes=30), by=cast.commander, now=now,
    )  # fmt: skip
    call_out = CallOut.objects.get()
    of_rows = [
        f"responses/{response.uuid}/", f"responses/{response.uuid}/raise/", f"responses/{response.uuid}/lower/",
        f"responses/{response.uuid}/end/", f"orders/{order.uuid}/", f"orders/{order.uuid}/withdraw/",
        f"calls/{call_out.uuid}/", "orders/?state=late", "timeline/?kind=response",
    ]  # fmt: skip
    for page in [*pages, *of_rows]:
        assert officer.get(f"/command/{page}").status_code == 200, page
    assert signed_in(cast.duty_officer).get(f"/command/plans/{plan.pk}/").status_code == 200


def test_whoever_may_not_see_the_command_is_kept_out(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    for person in (cast.grid_worker, cast.outsider, cast.storekeeper):
        assert signed_in(person).get("/command/").status_code == 403
    assert signed_in(cast.duty_officer).get("/command/responses/start/").status_code == 403
    response = actions.start(area_code="410403002", level=3, basis="橙色预警", by=cast.commander, now=now)
    assert signed_in(cast.subdistrict_officer).get(f"/command/responses/{response.uuid}/").status_code == 404


def test_the_numbers_shown_before_pressing_are_those_of_the_press(
    cast: Cast, now: datetime, signed_in: SignedIn
) -> None:
    situations.plan_in_force(cast)
    page = signed_in(cast.commander).get("/command/responses/start/?level=2").content.decode()
    assert "5" in page
    signed_in(cast.commander).post(
        "/command/responses/start/?level=2", {"level": "2", "basis": "橙色预警", "calls_out": "on"}
    )
    response = Response.objects.get()
    assert response.level == 2
    assert queries.task_figures(response, now=now)["total"] == 5
    assert CallOut.objects.get().response_id == response.pk


def test_a_decision_without_basis_comes_back_with_its_field_named(
    cast: Cast, now: datetime, signed_in: SignedIn
) -> None:
    answer = signed_in(cast.commander).post("/command/responses/start/?level=3", {"level": "3", "basis": ""})
    assert answer.status_code == 200
    assert "basis" in answer.context["form"].errors
    assert not Response.objects.exists()


def test_an_order_goes_out_from_the_form_to_people_and_to_a_telephone(
    cast: Cast, now: datetime, signed_in: SignedIn
) -> None:
    form = signed_in(cast.duty_officer).get("/command/orders/new/").context["form"]
    sent = {
        "client_uuid": str(form.initial["client_uuid"]), "title": "送泵", "text": "三台", "due_minutes": "30",
        "receivers": [cast.storekeeper.pk], "found": "东安路网格员", "outside": "供电公司 13911112222",
        "ref": "danger:7",
    }  # fmt: skip
    for _press in range(2):
        answer = signed_in(cast.duty_officer).post("/command/orders/new/", sent)
        assert answer.status_code == 302
    order = Order.objects.get()
    assert order.ref == "danger:7"
    assert sorted(order.receivers.values_list("name", flat=True)) == sorted(["仓库管理员", "东安路网格员", "供电公司"])


def test_two_presses_handle_the_silent_one(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    desk = signed_in(cast.duty_officer)
    desk.post("/command/calls/new/", {"text": "立即上岗", "area_code": DISTRICT})
    call_out = CallOut.objects.get()
    first, second, *_rest = call_out.targets.all()
    desk.post(f"/command/calls/targets/{first.pk}/by-hand/")
    first.refresh_from_db()
    assert first.by_hand
    desk.post(f"/command/calls/targets/{second.pk}/deputy/")
    desk.post(f"/command/calls/{call_out.uuid}/close/")
    call_out.refresh_from_db()
    assert call_out.closed_at == now


def test_the_timeline_pages_by_key_and_leaves_as_a_sheet(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    for number in range(120):
        actions.record(
            kind=EntryKind.NOTE, text=f"第{number}条", area_code=DISTRICT, by=cast.duty_officer, now=now,
            at=now - timedelta(seconds=number // 3),
        )  # fmt: skip
    desk = signed_in(cast.duty_officer)
    first = desk.get("/command/timeline/")
    second = desk.get(f"/command/timeline/{first.context['more_url']}")
    shown = [row.pk for row in [*first.context["rows"], *second.context["rows"]]]
    assert len(shown) == len(set(shown)) == 120
    sheet = load_workbook(BytesIO(desk.get("/command/timeline/export/").content)).active
    assert sheet is not None
    assert sheet.max_row == 121
    desk.post("/command/timeline/note/", {"text": "=1+1"})
    sheet = load_workbook(BytesIO(desk.get("/command/timeline/export/").content)).active
    assert sheet is not None
    assert str(sheet["D2"].value).startswith("'") or not str(sheet["D2"].value).startswith("=")


def test_a_plan_is_written_published_and_then_only_copied(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    desk = signed_in(cast.duty_officer)
    made = desk.post("/command/plans/new/", {"title": "防汛预案", "version": "2026", "basis": ""})
    page = made["Location"]
    task = {"level": "4", "title": "值班", "receives": "role", "role": "duty_officer", "due_minutes": "30"}
    assert desk.post(f"{page}tasks/", task | {"role": ""}).status_code == 200
    assert desk.post(f"{page}tasks/", task).status_code == 302
    desk.post(f"{page}tasks/", task | {"title": "供电保障", "receives": "contact", "who": "供电公司 13911112222"})
    desk.post(f"{page}publish/")
    plan = queries.plan_in_force(DISTRICT)
    assert plan is not None
    assert plan.templates.count() == 2
    desk.post(f"{page}tasks/", task | {"title": "又一项"})
    assert plan.templates.count() == 2
    copied = desk.post(f"{page}copy/", {"version": "2027"})
    assert copied["Location"] != page
    assert "值班" in desk.get(copied["Location"]).content.decode()


def test_the_home_asks_as_often_for_many_orders_as_for_one(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    situations.plan_in_force(cast)
    actions.start(area_code=DISTRICT, level=2, basis="橙色预警", by=cast.commander, now=now, calls_out=True)
    desk = signed_in(cast.commander)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get("/command/").status_code == 200
        return len(seen)

    def order() -> None:
        actions.give_order(
            title="送泵", text="三台", receivers=[actions.Receiver(person=cast.storekeeper)],
            due_at=now + timedelta(minutes=30), by=cast.commander, now=now,
        )  # fmt: skip

    order()
    one = asked()
    for _ in range(6):
        order()
    actions.call_out(area_code=DISTRICT, text="再次叫应", by=cast.duty_officer, now=now)
    assert asked() <= one
