"""The command over HTTP: the same rules, refusals as problem details."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from command.models import CallOut, Order
from tests.casts import DISTRICT, Cast
from tests.command import situations

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_on_duty(settings: Any) -> None:
    """The test's own roster."""
    situations.ON_DUTY.clear()
    settings.RESOLVERS = settings.RESOLVERS | {"ON_DUTY": "tests.command.situations.who_is_on_duty"}


def test_a_response_is_started_raised_and_ended(cast: Cast, now: datetime, api: Callable[[User], APIClient]) -> None:
    situations.plan_in_force(cast)
    client = api(cast.commander)
    start = {"area_code": DISTRICT, "level": 4, "basis": "黄色预警"}
    made = client.post("/api/v1/command/responses/", start)
    assert made.status_code == 201
    one = f"/api/v1/command/responses/{made.data['uuid']}/"
    assert client.post(f"{one}raise/", {"level": 2, "basis": "橙色预警"}).data["level"] == 2
    refused = client.post(f"{one}raise/", {"level": 3, "basis": "黄色预警"})
    assert (refused.status_code, refused.data["code"]) == (409, "conflict.not_higher")
    assert client.get(one).data["tasks"]["total"] == 5
    assert client.post(f"{one}end/", {"basis": "雨停"}).status_code == 200
    assert [step["verb"] for step in client.get(one).data["steps"]] == ["end", "raise", "activate"]
    assert client.get("/api/v1/command/timeline/").data["results"][0]["kind"] == "response"
    assert api(cast.duty_officer).post("/api/v1/command/responses/", start).status_code == 403


def test_an_order_is_given_once_and_withdrawn(cast: Cast, now: datetime, api: Callable[[User], APIClient]) -> None:
    client = api(cast.duty_officer)
    sent = {
        "client_uuid": str(uuid4()), "title": "送泵", "text": "三台", "due_at": now + timedelta(minutes=30),
        "receivers": [{"person": cast.storekeeper.pk}, {"name": "供电公司", "phone": "13911112222"}],
    }  # fmt: skip
    answers = [client.post("/api/v1/command/orders/", sent) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data["uuid"] == sent["client_uuid"]
    one = f"/api/v1/command/orders/{sent['client_uuid']}/"
    assert [row["state"] for row in client.get(one).data["each"]] == ["assigned", "assigned"]
    assert client.post(one, {"reason": "不需要了"}).data["withdrawn_reason"] == "不需要了"
    assert Order.objects.count() == 1
    assert client.get("/api/v1/command/orders/?state=open").data["results"] == []


def test_a_call_out_counts_its_answers(cast: Cast, now: datetime, api: Callable[[User], APIClient]) -> None:
    made = api(cast.duty_officer).post("/api/v1/command/call-outs/", {"area_code": DISTRICT, "text": "立即上岗"})
    assert (made.status_code, made.data["answered"], made.data["total"]) == (201, 0, 4)
    assert CallOut.objects.count() == 1
    assert api(cast.grid_worker).get("/api/v1/command/call-outs/").status_code == 403
