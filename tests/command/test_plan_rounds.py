"""A level of the plan opens a round of re-inspection, once a response."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from command import actions
from command.models import ContingencyPlan, PlanRound, RoundTemplate, TimelineEntry
from core.rules import Refused
from hazards.enums import Trigger
from hazards.models import InspectionRound
from tests.casts import DISTRICT, GRID, NIGHT, Cast
from tests.command import situations
from tests.factories import site

pytestmark = pytest.mark.django_db
BASIS = "气象台暴雨红色预警"


@pytest.fixture(autouse=True)
def nobody_on_duty(settings: Any) -> None:
    """The test's own roster."""
    situations.ON_DUTY.clear()
    settings.RESOLVERS = settings.RESOLVERS | {"ON_DUTY": "tests.command.situations.who_is_on_duty"}


def plan_with_rounds(cast: Cast) -> ContingencyPlan:
    """At level III one round, at level I another."""
    plan = actions.make_plan(
        area_code=DISTRICT, version="2026", title="预案", by=cast.duty_officer, now=NIGHT, tasks=situations.tasks(cast)
    )
    actions.add_round(plan=plan, level=3, title="雨前再排查", due_hours=12, by=cast.duty_officer)
    actions.add_round(plan=plan, level=1, title="红色再排查", due_hours=4, by=cast.duty_officer)
    return actions.publish_plan(plan=plan, by=cast.duty_officer, now=NIGHT)


def titles() -> list[str]:
    return list(InspectionRound.objects.order_by("number").values_list("title", flat=True))


def test_each_level_opens_what_is_missing_and_no_round_twice(cast: Cast, now: datetime) -> None:
    site(area_code=GRID)
    plan_with_rounds(cast)
    response = actions.start(area_code=DISTRICT, level=4, basis=BASIS, by=cast.commander, now=now)
    assert titles() == []
    actions.raise_level(response=response, level=2, basis=BASIS, by=cast.commander, now=now)
    assert titles() == ["雨前再排查"]
    round = InspectionRound.objects.get()
    assert (round.trigger, round.due_at, round.members.count()) == (Trigger.RESPONSE, now + timedelta(hours=12), 1)
    actions.raise_level(response=response, level=1, basis=BASIS, by=cast.commander, now=now + timedelta(hours=1))
    assert titles() == ["雨前再排查", "红色再排查"]
    actions.lower(response=response, level=3, basis=BASIS, by=cast.commander, now=now + timedelta(hours=2))
    actions.raise_level(response=response, level=1, basis=BASIS, by=cast.commander, now=now + timedelta(hours=3))
    assert titles() == ["雨前再排查", "红色再排查"]
    assert PlanRound.objects.filter(response=response).count() == 2
    assert not InspectionRound.objects.filter(closed_at__isnull=False).exists()


def test_an_area_without_sites_does_not_stop_the_level_and_the_timeline_says_so(cast: Cast, now: datetime) -> None:
    plan_with_rounds(cast)
    response = actions.start(area_code=DISTRICT, level=1, basis=BASIS, by=cast.commander, now=now)
    assert response.level == 1
    assert titles() == []
    assert TimelineEntry.objects.filter(text__contains="雨前再排查").count() == 1
    site(area_code=GRID)
    actions.give_missing(response=response, by=cast.commander, now=now)
    assert titles() == ["雨前再排查", "红色再排查"]


def test_an_exercise_opens_a_round_of_its_own(cast: Cast, now: datetime) -> None:
    site(area_code=GRID)
    plan_with_rounds(cast)
    exercise = uuid4()
    actions.start(area_code=DISTRICT, level=3, basis=BASIS, by=cast.commander, now=now, exercise=exercise)
    assert InspectionRound.objects.get().exercise == exercise


def test_rounds_are_written_into_a_draft_and_copied_with_it(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    plan = plan_with_rounds(cast)
    with pytest.raises(Refused):
        actions.add_round(plan=plan, level=2, title="迟了", due_hours=4, by=cast.duty_officer)
    copy = actions.copy_plan(plan=plan, version="2027", by=cast.duty_officer, now=now)
    assert [each.title for each in copy.round_templates.all()] == ["雨前再排查", "红色再排查"]
    officer = signed_in(cast.duty_officer)
    officer.post(f"/command/plans/{copy.pk}/rounds/", {"level": 2, "title": "橙色再排查", "due_hours": 8})
    added = RoundTemplate.objects.get(title="橙色再排查")
    assert "橙色再排查" in officer.get(f"/command/plans/{copy.pk}/").content.decode()
    assert officer.post(f"/command/plans/{copy.pk}/rounds/", {"level": 2, "title": ""}).status_code == 200
    officer.post(f"/command/plans/rounds/{added.pk}/remove/")
    assert not RoundTemplate.objects.filter(title="橙色再排查").exists()
    assert signed_in(cast.subdistrict_officer).post(f"/command/plans/rounds/{added.pk}/remove/").status_code == 403
