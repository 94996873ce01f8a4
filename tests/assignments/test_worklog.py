"""The work log: it fills itself, whoever keeps the record; what is added later says so; nobody ranks anybody."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assignments import actions, queries
from assignments.models import WorkLog
from assignments.queries import Period
from assignments.rules import Done, by_day, counted, is_afterwards, may_remark, span
from core.rules import Refused
from hazards import actions as hazards
from hazards.models import PatrolPoint
from hazards.rules import AnswerGiven
from territory.rules import scope_of
from tests.casts import GRID, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import checklist, duty, household, site
from tests.hazards.doors import checked
from tests.hazards.test_patrols import checked as walked
from tests.hazards.test_patrols import pressed, route

SignedIn = Callable[[User], Client]
SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 7, 19)
DAY = Period(*span(TODAY, TODAY, zone=SHANGHAI))


def done(at: datetime, recorded_at: datetime | None = None, what: str = "排查") -> Done:
    return Done(1, at, recorded_at or at, what, "示例点")


def test_a_day_is_a_local_day_in_the_order_in_which_things_happened() -> None:
    late, early = datetime(2026, 7, 19, 15, 59, tzinfo=UTC), datetime(2026, 7, 18, 16, 0, tzinfo=UTC)
    assert by_day([done(late), done(early)], SHANGHAI) == {TODAY: [done(early), done(late)]}
    after = datetime(2026, 7, 19, 16, 0, tzinfo=UTC)
    assert list(by_day([done(after)], SHANGHAI)) == [date(2026, 7, 20)]


def test_what_was_recorded_when_the_day_was_over_says_so() -> None:
    at = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)
    assert not is_afterwards(done(at, at + timedelta(minutes=59)), SHANGHAI)
    assert is_afterwards(done(at, at + timedelta(minutes=60)), SHANGHAI)


def test_a_remark_is_taken_on_the_day_and_until_noon_of_the_next() -> None:
    noon = datetime(2026, 7, 20, 4, 0, tzinfo=UTC)
    assert may_remark(TODAY, now=noon - timedelta(minutes=1), zone=SHANGHAI)
    assert not may_remark(TODAY, now=noon, zone=SHANGHAI)
    assert not may_remark(date(2026, 7, 21), now=noon, zone=SHANGHAI)


def test_things_are_counted_by_their_word() -> None:
    at = datetime(2026, 7, 19, tzinfo=UTC)
    assert counted([done(at, what="乙"), done(at, what="甲"), done(at, what="乙")]) == [("乙", 2), ("甲", 1)]


def inspected(cast: Cast, now: datetime, *, at: datetime | None = None, area_code: str = GRID) -> None:
    place = site(area_code=area_code)
    given = [AnswerGiven(item.pk, "pass") for item in checklist(place.kind).items.all()]
    hazards.record_inspection(
        client_uuid=uuid.uuid4(), site=place, answers=given, by=cast.grid_worker, now=now, occurred_at=at
    )


@pytest.mark.django_db
def test_the_day_fills_itself_from_what_was_done(cast: Cast, now: datetime) -> None:
    inspected(cast, now)
    checked(household(), by=cast.grid_worker, now=now)
    owed = duty(of=cast.grid_worker, now=now)
    actions.acknowledge(assignment=owed, by=cast.grid_worker, now=now)
    actions.add_remark(text="二号楼电梯停运", day=TODAY, by=cast.grid_worker, now=now)
    log = queries.work_log(cast.grid_worker, DAY)[TODAY]
    assert sorted(log.counts) == sorted([("任务", 1), ("入户排查", 1), ("排查", 1)])
    assert [remark.text for remark in log.remarks] == ["二号楼电梯停运"]
    assert queries.work_log(cast.other_worker, DAY) == {}


@pytest.mark.django_db
def test_what_an_officer_records_for_a_worker_stands_in_the_workers_log(cast: Cast, now: datetime) -> None:
    owed = duty(of=cast.grid_worker, now=now)
    actions.acknowledge(assignment=owed, by=cast.subdistrict_officer, now=now, on_behalf_of=cast.grid_worker.name)
    assert len(queries.work_log(cast.grid_worker, DAY)[TODAY].lines) == 1
    assert queries.work_log(cast.subdistrict_officer, DAY) == {}


@pytest.mark.django_db
def test_a_point_of_a_patrol_is_work_signed_in_or_over_the_link(cast: Cast, now: datetime) -> None:
    route(cast, now)
    pressed(cast, now)
    for point, by in zip(PatrolPoint.objects.order_by("order"), (cast.grid_worker, None), strict=True):
        walked(point, now, by)
    log = queries.work_log(cast.grid_worker, DAY)[TODAY]
    assert dict(log.counts)["巡查点位"] == 2


@pytest.mark.django_db
def test_a_rehearsal_is_no_work(cast: Cast, now: datetime) -> None:
    owed = duty(of=cast.grid_worker, now=now, exercise=uuid.uuid4())
    actions.acknowledge(assignment=owed, by=cast.grid_worker, now=now)
    assert queries.work_log(cast.grid_worker, DAY) == {}


@pytest.mark.django_db
def test_a_past_day_keeps_what_it_said_and_what_came_later_says_when(cast: Cast, now: datetime) -> None:
    inspected(cast, now)
    before = queries.work_log(cast.grid_worker, DAY)[TODAY]
    inspected(cast, now + timedelta(days=1), at=now + timedelta(minutes=10))
    after = queries.work_log(cast.grid_worker, DAY)[TODAY]
    assert [line for line in after.lines if not line.afterwards] == before.lines
    assert sum(line.afterwards for line in after.lines) == 1
    with pytest.raises(Refused) as caught:
        actions.add_remark(text="补一句", day=TODAY, by=cast.grid_worker, now=now + timedelta(days=2))
    assert caught.value.code == "log.day_over"


@pytest.mark.django_db
def test_a_remark_is_pressed_twice_and_stands_once_and_for_good(cast: Cast, now: datetime) -> None:
    for _each in range(2):
        actions.add_remark(text=" 电梯  停运 ", day=TODAY, by=cast.grid_worker, now=now)
    assert WorkLog.objects.get().text == "电梯 停运"
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkLog.objects.update(text="改过")
    with pytest.raises(Refused) as caught:
        actions.add_remark(text="  ", day=TODAY, by=cast.grid_worker, now=now)
    assert caught.value.code == "log.empty"


@pytest.mark.django_db
def test_a_supervisor_sees_what_lies_in_his_areas(cast: Cast, now: datetime) -> None:
    inspected(cast, now)
    inspected(cast, now, area_code=OTHER_GRID)
    lines = queries.logs_of_people(scope_of(SUBDISTRICT), DAY, now=now)
    worker = next(line for line in lines if line.person == cast.grid_worker)
    assert worker.counts == [("排查", 1)]
    assert cast.other_worker not in [line.person for line in lines]
    assert [line.area_code for line in lines] == sorted(line.area_code for line in lines)


@pytest.mark.django_db
def test_the_list_asks_no_more_for_more(
    cast: Cast, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(16):
        queries.logs_of_people(scope_of(SUBDISTRICT), DAY, now=now)
    for _each in range(3):
        inspected(cast, now)
        checked(household(), by=cast.grid_worker, now=now)
    with django_assert_num_queries(16):
        queries.logs_of_people(scope_of(SUBDISTRICT), DAY, now=now)


@pytest.mark.django_db
def test_the_worker_writes_on_his_own_page_and_the_officer_reads_it(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    inspected(cast, now)
    worker = signed_in(cast.grid_worker)
    worker.post(f"{reverse('assignments:log')}?day={TODAY}", {"text": "已告知物业"})
    page = worker.get(reverse("assignments:log")).content.decode()
    assert "已告知物业" in page
    person = reverse("assignments:log_person", args=[cast.grid_worker.pk])
    assert "已告知物业" in signed_in(cast.subdistrict_officer).get(person).content.decode()


@pytest.mark.django_db
def test_the_sheet_holds_ones_own_area_and_runs_no_formula(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    inspected(cast, now)
    actions.add_remark(text="=1+1", day=TODAY, by=cast.grid_worker, now=now)
    url = reverse("assignments:log_export")
    for whole in ("", "month"):
        answer = signed_in(cast.subdistrict_officer).get(url, {"whole": whole})
        rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(min_row=2, values_only=True))  # type: ignore[union-attr]
        assert [(row[3], row[5]) for row in rows] == [("东安路网格员", "排查"), ("东安路网格员", "补充说明")]
        assert rows[1][6] == "'=1+1"
    other = signed_in(cast.other_officer).get(url)
    assert "东安路网格员" not in str(
        list(load_workbook(BytesIO(other.content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    )


DOORS = {
    "log": {"grid_worker": 200, "subdistrict_officer": 200, "storekeeper": 200, "outsider": 403},
    "log_people": {"subdistrict_officer": 200, "auditor": 200, "grid_worker": 403, "leader": 403},
    "log_export": {"subdistrict_officer": 200, "grid_worker": 403, "duty_officer": 403},
    "log_person": {"subdistrict_officer": 200, "other_officer": 404, "auditor": 200, "grid_worker": 403},
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOORS)
def test_logs_are_seen_by_the_person_his_subdistrict_and_the_auditor(
    cast: Cast, signed_in: SignedIn, name: str
) -> None:
    url = reverse(f"assignments:{name}", args=[cast.grid_worker.pk] if name == "log_person" else [])
    assert {member: signed_in(getattr(cast, member)).get(url).status_code for member in DOORS[name]} == DOORS[name]


@pytest.mark.django_db
def test_programs_read_and_add_to_ones_own_day(cast: Cast, api: SignedIn, now: datetime) -> None:
    inspected(cast, now)
    worker, url = api(cast.grid_worker), "/api/v1/assignments/log/"
    assert worker.post(url, {"text": "已告知物业"}).status_code == 201
    told = worker.get(url, {"day": "2026-07-19"}).json()
    assert [line["what"] for line in told["lines"]] == ["排查"]
    assert [remark["text"] for remark in told["remarks"]] == ["已告知物业"]
    assert worker.post(url, {"text": "x", "day": "2026-07-10"}).status_code == 400
    assert api(cast.outsider).get(url).status_code == 403
