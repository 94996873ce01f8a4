"""The screens and the API of drills, as the cast sees them."""

from collections.abc import Callable
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import User
from core.rules import Refused
from drills import actions
from drills.enums import RunVerb
from drills.models import DrillPlan, DrillRun, Finding
from tests.casts import DISTRICT, NIGHT, Cast
from tests.drills.situations import inject, plan, started

pytestmark = pytest.mark.django_db

BAND = "exercise-band"


def test_a_plan_is_written_finished_and_run_from_the_desk(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    desk = signed_in(cast.duty_officer)
    answer = desk.post(
        "/drills/plans/new/", {"title": "夜间演练", "scenario": "", "objectives": "甲\n乙", "area_code": DISTRICT}
    )
    row = DrillPlan.objects.get()
    assert answer.url == f"/drills/plans/{row.pk}/"  # type: ignore[attr-defined]  # a redirect
    fields = {
        "number": 1, "minute": 0, "kind": "duty", "title": "叫应", "area_code": DISTRICT, "receiver": "role",
        "role": "subdistrict_officer", "expect_ack_minutes": 5, "objective": "甲",
    }  # fmt: skip
    wrong = desk.post(f"/drills/plans/{row.pk}/injects/new/", fields | {"role": ""})
    assert "role" in wrong.context["form"].errors
    desk.post(f"/drills/plans/{row.pk}/injects/new/", fields)
    desk.post(f"/drills/plans/{row.pk}/act/", {"verb": "finish"})
    desk.post(f"/drills/plans/{row.pk}/runs/new/", {"people": [cast.subdistrict_officer.pk]})
    run = DrillRun.objects.get()
    page = desk.get(f"/drills/runs/{run.uuid}/").content.decode()
    assert BAND in page
    desk.post(f"/drills/runs/{run.uuid}/clock/", {"verb": "start"})
    assert desk.get("/drills/").context["live"]
    desk.post(f"/drills/runs/{run.uuid}/injects/{row.injects.get().pk}/", {"verb": "fire"})
    assert run.fired.count() == 1
    fragment = desk.get(f"/drills/runs/{run.uuid}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert fragment.strip() in desk.get(f"/drills/runs/{run.uuid}/").content.decode() or "drill-clock" in fragment


def test_stop_leads_to_the_look_back_where_findings_become_duties(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    run, desk = started(cast), signed_in(cast.duty_officer)
    actions.fire_due(now=NIGHT)
    with time_machine.travel(NIGHT, tick=False):
        answer = desk.post(f"/drills/runs/{run.uuid}/clock/", {"verb": "stop"})
        assert answer.url == f"/drills/runs/{run.uuid}/review/"  # type: ignore[attr-defined]  # a redirect
        desk.post(f"/drills/runs/{run.uuid}/findings/", {"kind": "mend", "text": "叫应名单不全", "inject": ""})
        found = Finding.objects.get()
        desk.post(
            f"/drills/runs/{run.uuid}/findings/{found.pk}/improve/",
            {"assignee": cast.leader.pk, "due_on": "2026-08-01"},
        )
        page = desk.get(f"/drills/runs/{run.uuid}/review/").content.decode()
        assert BAND in page
        assert "叫应名单不全" in desk.get("/drills/").content.decode()
    found.refresh_from_db()
    assert found.assignment is not None
    sheet = load_workbook(BytesIO(desk.get(f"/drills/runs/{run.uuid}/review/sheet/").content)).worksheets[0]
    assert sheet["D3"].value == cast.subdistrict_officer.name


def test_a_sub_district_looks_and_does_not_press(
    cast: Cast, signed_in: Callable[[User], Client], api: Callable[[User], APIClient]
) -> None:
    """The district's drill is not of his area: he neither sees nor stops it. Whoever has no role sees nothing."""
    run = started(cast)
    officer = signed_in(cast.subdistrict_officer)
    assert officer.get(f"/drills/runs/{run.uuid}/").status_code == 404
    assert officer.post(f"/drills/runs/{run.uuid}/clock/", {"verb": "stop"}).status_code == 403
    assert signed_in(cast.grid_worker).get("/drills/").status_code == 403
    assert api(cast.auditor).get(f"/api/v1/drills/runs/{run.uuid}/").status_code == 200
    assert api(cast.auditor).post(f"/api/v1/drills/runs/{run.uuid}/clock/", {"verb": "stop"}).status_code == 403


def test_machines_turn_the_clock_and_are_told_what_leads_nowhere(cast: Cast, api: Callable[[User], APIClient]) -> None:
    row = plan(cast, inject(1, 0), inject(2, 30))
    run = actions.make_run(plan=row, people=[cast.subdistrict_officer], by=cast.duty_officer)
    duty = api(cast.duty_officer)
    base = f"/api/v1/drills/runs/{run.uuid}/"
    assert duty.post(f"{base}clock/", {"verb": "pause"}).status_code == 409
    assert duty.post(f"{base}clock/", {"verb": "start"}).json()["state"] == "running"
    assert duty.post(f"{base}injects/2/", {"verb": "fire"}).status_code == 200
    assert duty.post(f"{base}injects/2/", {"verb": "skip"}).status_code == 409
    seen = duty.get(base).json()
    assert (seen["waiting"], [one["number"] for one in seen["out"]]) == ([1], [2])
    assert duty.get(f"{base}review/").json()["counted"]["open"] == 2
    assert len(duty.get(f"/api/v1/drills/plans/{row.pk}/").json()["injects"]) == 2
    assert duty.get("/api/v1/drills/runs/").json()["results"][0]["uuid"] == str(run.uuid)


def test_the_console_asks_as_many_questions_for_one_inject_as_for_twenty(
    cast: Cast, signed_in: Callable[[User], Client], django_assert_max_num_queries: Callable[..., object]
) -> None:
    run = started(cast, *(inject(number, 0) for number in range(1, 21)), inject(30, 60))
    actions.fire_due(now=NIGHT)
    desk = signed_in(cast.duty_officer)
    with time_machine.travel(NIGHT, tick=False):
        desk.get(f"/drills/runs/{run.uuid}/")
        with django_assert_max_num_queries(22):  # type: ignore[attr-defined]  # a context manager
            assert desk.get(f"/drills/runs/{run.uuid}/").status_code == 200
        with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
            assert desk.get(f"/drills/runs/{run.uuid}/review/").status_code == 200


def test_two_controllers_stop_at_once_and_one_is_told(cast: Cast) -> None:
    run = started(cast)
    actions.turn_clock(run=run, verb=RunVerb.STOP, by=cast.duty_officer, now=NIGHT)
    with pytest.raises(Refused) as refused:
        actions.turn_clock(run=run, verb=RunVerb.STOP, by=cast.leader, now=NIGHT)
    assert refused.value.code == "conflict.stopped"
