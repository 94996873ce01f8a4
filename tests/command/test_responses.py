"""Starting, raising, lowering and ending a response over real tables."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.enums import Role
from assignments import actions as duties
from assignments.enums import State
from assignments.models import Assignment
from command import actions, queries
from command.models import PlanTask, Response, ResponseStep, TimelineEntry
from command.queries.responses import level_in_force
from core.rules import Refused
from messaging.models import Delivery
from territory.rules import scope_of
from tests import casts
from tests.casts import DISTRICT, GRID, SUBDISTRICT, Cast
from tests.command import situations

pytestmark = pytest.mark.django_db
EVERYWHERE = scope_of(DISTRICT)
BASIS = "气象台暴雨黄色预警"


@pytest.fixture(autouse=True)
def nobody_on_duty(settings: Any) -> None:
    """The test's own roster."""
    situations.ON_DUTY.clear()
    settings.RESOLVERS = settings.RESOLVERS | {"ON_DUTY": "tests.command.situations.who_is_on_duty"}


def titles(response: Response) -> list[str]:
    return sorted(task.template.title for task in queries.given_tasks(response))


def test_raising_from_four_to_two_gives_only_what_is_missing(cast: Cast, now: datetime) -> None:
    situations.plan_in_force(cast)
    response = actions.start(area_code=DISTRICT, level=4, basis=BASIS, by=cast.commander, now=now)
    assert titles(response) == ["值班加密", "清点抢险物资"]
    first = {task.assignment_id for task in queries.given_tasks(response)}
    before = Delivery.objects.count()

    raised = actions.raise_level(response=response, level=2, basis="橙色预警", by=cast.commander, now=now)

    assert titles(raised) == ["值班加密", "巡查涵洞", "巡查涵洞", "清点抢险物资", "集结抢险队"]
    assert first < {task.assignment_id for task in queries.given_tasks(raised)}
    assert Delivery.objects.count() - before == 3  # two officers and the agency; the first two hear nothing again
    patrols = PlanTask.objects.filter(template__title="巡查涵洞").select_related("assignment")
    assert {(task.area_code, task.assignment and task.assignment.assignee_id) for task in patrols} == {
        (SUBDISTRICT, cast.subdistrict_officer.pk),
        (casts.OTHER_SUBDISTRICT, cast.other_officer.pk),
    }


def test_the_preview_says_what_raising_then_does(cast: Cast, now: datetime) -> None:
    situations.plan_in_force(cast)
    response = actions.start(area_code=DISTRICT, level=4, basis=BASIS, by=cast.commander, now=now)
    told = queries.preview(DISTRICT, 2, now=now, response=response, but=cast.commander)
    before = (PlanTask.objects.count(), Delivery.objects.count())
    actions.raise_level(response=response, level=2, basis=BASIS, by=cast.commander, now=now)
    after = (PlanTask.objects.count(), Delivery.objects.count())
    assert (told.tasks, told.messages) == (after[0] - before[0], after[1] - before[1])


def test_a_task_that_nobody_can_take_is_shown_and_given_once_somebody_is_named(cast: Cast, now: datetime) -> None:
    cast.storekeeper.is_active = False
    cast.storekeeper.save()
    situations.plan_in_force(cast)
    assert queries.preview(DISTRICT, 4, now=now).nobody
    response = actions.start(area_code=DISTRICT, level=4, basis=BASIS, by=cast.commander, now=now)
    assert queries.task_figures(response, now=now) == {
        "total": 2, "acknowledged": 0, "done": 0, "late": 0, "nobody": 1
    }  # fmt: skip
    lines = queries.task_lines(response, now=now)
    assert lines[0].duty is None
    assert [(group.stand, group.count, group.is_urgent) for group in queries.task_groups(lines, limit=8)] == [
        ("nobody", 1, True), ("waiting", 1, False)
    ]  # fmt: skip
    late = queries.task_groups(queries.task_lines(response, now=now + timedelta(days=1)), limit=0)
    assert [(group.stand, group.lines, group.more) for group in late] == [("nobody", [], 1), ("late", [], 1)]
    successor = casts.make_person("store2", name="新仓管员", phone="+8613900000099", role=Role.STOREKEEPER)
    given = actions.give_missing(response=response, by=cast.duty_officer, now=now)
    assert [task.assignment and task.assignment.assignee for task in given] == [successor]
    assert PlanTask.objects.filter(response=response).count() == 2


def test_lowering_takes_back_what_is_not_done_and_rising_again_gives_it_anew(cast: Cast, now: datetime) -> None:
    situations.plan_in_force(cast)
    response = actions.start(area_code=DISTRICT, level=2, basis=BASIS, by=cast.commander, now=now)
    done = PlanTask.objects.get(response=response, area_code=SUBDISTRICT)
    duties.fulfil(assignment=done.assignment, by=cast.subdistrict_officer, now=now)  # type: ignore[arg-type]
    told = queries.preview(DISTRICT, 4, now=now, response=response)
    response = actions.lower(response=response, level=4, basis="雨势减弱", by=cast.leader, now=now)
    gone = Assignment.objects.filter(state=State.CANCELLED)
    assert told.withdrawn == gone.count() == 2
    later = now + timedelta(minutes=5)
    response = actions.raise_level(response=response, level=2, basis=BASIS, by=cast.leader, now=later)
    again = queries.given_tasks(response)
    assert len(again) == 5
    assert [task.assignment.state for task in again if task.assignment].count(State.ASSIGNED) == 4
    assert PlanTask.objects.get(pk=done.pk).assignment_id == done.assignment_id


def test_ending_takes_back_every_open_task_and_nothing_that_is_done(cast: Cast, now: datetime) -> None:
    situations.plan_in_force(cast)
    response = actions.start(area_code=DISTRICT, level=4, basis=BASIS, by=cast.commander, now=now)
    first, _second = queries.given_tasks(response)
    duties.fulfil(assignment=first.assignment, by=None, now=now)  # type: ignore[arg-type]
    ended = actions.end(response=response, basis="降雨结束", by=cast.commander, now=now)
    assert ended.ended_at == now
    assert sorted(task.assignment.state for task in queries.given_tasks(ended) if task.assignment) == [
        State.CANCELLED,
        State.VERIFIED,
    ]
    with situations.refused("response_ended"):
        actions.raise_level(response=ended, level=2, basis=BASIS, by=cast.leader, now=now)
    assert [step.verb for step in queries.steps(ended)] == ["end", "activate"]


def test_only_who_signs_for_the_area_decides_and_a_basis_is_wanted(cast: Cast, now: datetime) -> None:
    for nobody in (cast.duty_officer, cast.subdistrict_officer, cast.grid_worker, cast.outsider):
        with situations.refused("not_allowed"):
            actions.start(area_code=DISTRICT, level=4, basis=BASIS, by=nobody, now=now)
    with situations.refused("basis"):
        actions.start(area_code=DISTRICT, level=4, basis="  ", by=cast.commander, now=now)
    assert not Response.objects.exists()


def test_the_level_in_force_is_that_of_the_area_or_above_and_no_exercise_counts(cast: Cast, now: datetime) -> None:
    assert level_in_force(GRID, now) is None
    actions.start(area_code=SUBDISTRICT, level=2, basis=BASIS, by=cast.commander, now=now)
    actions.start(area_code=DISTRICT, level=1, basis="演练", by=cast.duty_officer, now=now, exercise=uuid4())
    assert (level_in_force(GRID, now), level_in_force(DISTRICT, now)) == (2, None)
    actions.start(area_code=DISTRICT, level=3, basis=BASIS, by=cast.commander, now=now)
    assert (level_in_force(GRID, now), level_in_force(casts.OTHER_GRID, now)) == (2, 3)
    current = queries.current_response(scope_of(casts.OTHER_SUBDISTRICT))
    assert current is not None
    assert current.level == 3


def test_a_second_open_response_over_an_area_is_refused_by_the_database(cast: Cast, now: datetime) -> None:
    actions.start(area_code=DISTRICT, level=4, basis=BASIS, by=cast.commander, now=now)
    with situations.refused("response_open"):
        actions.start(area_code=DISTRICT, level=3, basis=BASIS, by=cast.leader, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(area_code=DISTRICT, level=3, opened_at=now)


@pytest.mark.parametrize("model", [ResponseStep, TimelineEntry])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_decisions_and_timeline_are_never_changed(cast: Cast, now: datetime, model: Any, verb: str) -> None:
    actions.start(area_code=DISTRICT, level=4, basis=BASIS, by=cast.commander, now=now)
    table = model._meta.db_table
    statement = f"UPDATE {table} SET id = id" if verb == "UPDATE" else f"DELETE FROM {table}"  # noqa: S608
    with pytest.raises(Exception, match="append_only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_raising_pressed_twice_at_once_gives_every_task_once(now: datetime, settings: Any) -> None:
    casts.make_areas()
    cast = casts.make_cast()
    situations.plan_in_force(cast)
    response = actions.start(area_code=DISTRICT, level=4, basis=BASIS, by=cast.commander, now=now)

    def press(_: int) -> int:
        try:
            return actions.raise_level(response=response, level=2, basis=BASIS, by=cast.commander, now=now).level
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        levels = list(pool.map(press, range(4)))
    assert levels == [2, 2, 2, 2]
    assert ResponseStep.objects.filter(response=response).count() == 2
    assert PlanTask.objects.filter(response=response).count() == Assignment.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_starting_pressed_by_two_at_once_opens_one_response(now: datetime) -> None:
    casts.make_areas()
    cast = casts.make_cast()
    situations.plan_in_force(cast)

    def press(who: Any) -> str:
        try:
            actions.start(area_code=DISTRICT, level=3, basis=BASIS, by=who, now=now)
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "started"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(press, [cast.commander, cast.leader]))
    assert said == ["conflict.response_open", "started"]
    assert Response.objects.count() == 1
