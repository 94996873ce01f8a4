"""Routine inspections: each date once, its one duty, the visit that keeps it, and what stays missed."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from assignments.enums import State
from assignments.models import Assignment
from core import clock
from core.rules import Refused
from hazards import actions, queries, rules
from hazards.enums import Base, DueState
from hazards.models import HazardSite, Inspection, RoutineDue, RoutineSchedule, RoutineTerm
from hazards.rules.routine import due_state, ends_at
from territory.models import Season
from territory.rules import scope_of
from tests.casts import DISTRICT, GRID, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import checklist, site

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)


@pytest.fixture(autouse=True)
def every_week() -> None:
    RoutineTerm.objects.all().delete()
    RoutineTerm.objects.bulk_create(
        RoutineTerm(kind="underpass", circumstance=circumstance, days=7) for circumstance in ("dry", "flood")
    )


def started(cast: Cast, now: datetime, *, base: str = Base.SCHEDULED, in_days: int = 0) -> int:
    first = timezone.localdate(now) + timedelta(in_days)
    return actions.start_routines(scope=WHOLE, kind="", base=base, first_on=first, by=cast.duty_officer, now=now)


def seen(place: HazardSite, by: User, at: datetime) -> Inspection:
    items = checklist(place.kind).items.all()
    return actions.record_inspection(
        client_uuid=uuid.uuid4(),
        site=HazardSite.objects.get(pk=place.pk),
        answers=[rules.AnswerGiven(item.pk, "pass") for item in items],
        by=by,
        now=at,
    )


def test_every_site_gets_a_routine_once(cast: Cast, now: datetime) -> None:
    site(), site()
    assert started(cast, now) == 2
    with pytest.raises(Refused):
        started(cast, now)
    later = site()
    assert started(cast, now) == 1
    actions.stop_routine(site=later, by=cast.duty_officer, now=now)
    assert started(cast, now) == 1
    assert RoutineSchedule.objects.count() == 3


def test_a_sub_district_starts_the_routine_of_its_own_sites_only(cast: Cast, now: datetime) -> None:
    site()
    with pytest.raises(Refused) as caught:
        actions.start_routines(
            scope=WHOLE,
            kind="",
            base="scheduled",
            first_on=timezone.localdate(now),
            by=cast.subdistrict_officer,
            now=now,
        )
    assert caught.value.code == "outside_area"
    with pytest.raises(Refused):
        started(cast, now, in_days=-1)


def test_a_date_is_written_once_and_gives_the_grid_worker_one_duty(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now)
    done = actions.write_dates(now=now)
    assert (done.dates, done.duties, done.missed) == (1, 1, 0)
    assert actions.write_dates(now=now) == type(done)()
    (row,) = RoutineDue.objects.all()
    assert row.assignment is not None
    assert (row.assignment.assignee, row.assignment.kind) == (cast.grid_worker, "reinspection")
    assert row.assignment.due_at == ends_at(timezone.localdate(now), timezone.get_default_timezone())
    assert RoutineSchedule.objects.get(site=place).next_on == row.due_date + timedelta(7)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutineDue.objects.create(
            schedule=row.schedule, site=place, area_code=GRID, due_date=row.due_date, opens_on=row.due_date, days=7
        )


def test_a_pass_that_was_broken_off_is_repeated_without_doubling(cast: Cast, now: datetime) -> None:
    site()
    started(cast, now)
    actions.write_dates(now=now)
    RoutineSchedule.objects.update(
        reckoned_to=timezone.localdate(now) - timedelta(1), next_on=timezone.localdate(now), last_on=None
    )
    actions.write_dates(now=now)
    assert RoutineDue.objects.count() == 1
    assert Assignment.objects.filter(kind="reinspection").count() == 1


def test_after_downtime_every_lost_date_stands_as_missed_and_one_duty_makes_them_up(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now)
    actions.write_dates(now=now)
    later = now + timedelta(days=22)  # dates on days 7, 14 and 21 fell into the downtime
    done = actions.write_dates(now=later)
    assert (done.dates, done.duties, done.missed) == (3, 1, 3)
    missed = queries.routine_dates(WHOLE, queries.DueFilter(), now=later)
    assert [row.due_date - timezone.localdate(now) for row in missed] == [timedelta(n) for n in (0, 7, 14, 21)]
    told = [row.due_date for row in missed if row.assignment]
    assert [day - timezone.localdate(now) for day in told] == [timedelta(0), timedelta(21)]
    seen(place, cast.grid_worker, later + timedelta(hours=1))
    assert not Assignment.objects.filter(kind="reinspection").exclude(state=State.REPORTED).exists()
    assert not queries.routine_dates(WHOLE, queries.DueFilter(), now=later).exists()
    assert queries.routine_dates(WHOLE, queries.DueFilter(DueState.MADE_UP), now=later).count() == 4


def test_a_visit_keeps_the_date_and_another_person_verifies_the_duty(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now)
    actions.write_dates(now=now)
    visit = seen(place, cast.grid_worker, now + timedelta(minutes=10))
    row = RoutineDue.objects.get()
    assert row.inspection == visit
    assert row.assignment is not None
    assert row.assignment.state == State.REPORTED
    actions.verify_inspection(inspection=visit, by=cast.subdistrict_officer, now=now + timedelta(minutes=20))
    row.assignment.refresh_from_db()
    assert row.assignment.state == State.VERIFIED


def test_a_visit_that_is_sent_back_leaves_the_date_owed(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now)
    actions.write_dates(now=now)
    visit = seen(place, cast.grid_worker, now + timedelta(minutes=10))
    actions.send_back_inspection(
        inspection=visit, reason="照片不清", by=cast.subdistrict_officer, now=now + timedelta(minutes=20)
    )
    row = RoutineDue.objects.select_related("assignment").get()
    assert (row.done_at, row.inspection) == (None, None)
    assert row.assignment is not None
    assert row.assignment.state == State.RETURNED


def test_the_other_visit_of_the_grid_worker_keeps_the_date_when_the_first_is_sent_back(
    cast: Cast, now: datetime
) -> None:
    place = site()
    started(cast, now)
    actions.write_dates(now=now)
    first, second = (seen(place, cast.grid_worker, now + timedelta(minutes=minutes)) for minutes in (10, 20))
    assert RoutineDue.objects.get().inspection == first
    later = now + timedelta(minutes=30)
    actions.send_back_inspection(inspection=first, reason="照片不清", by=cast.subdistrict_officer, now=later)
    row = RoutineDue.objects.select_related("assignment").get()
    assert row.assignment is not None
    assert (row.inspection, row.assignment.state) == (second, State.REPORTED)


def test_a_visit_from_before_its_date_was_written_counts(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now)
    visit = seen(place, cast.grid_worker, now)
    done = actions.write_dates(now=now + timedelta(minutes=10))
    assert (done.dates, done.duties) == (1, 0)
    assert RoutineDue.objects.get().inspection == visit


def test_counted_from_completion_the_next_date_follows_the_visit(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now, base=Base.COMPLETED)
    actions.write_dates(now=now)
    assert actions.write_dates(now=now + timedelta(days=10)).dates == 0
    seen(place, cast.grid_worker, now + timedelta(days=10, minutes=5))
    actions.write_dates(now=now + timedelta(days=11))
    assert RoutineSchedule.objects.get().next_on == timezone.localdate(now) + timedelta(17)


def test_the_season_of_the_district_decides_the_interval(cast: Cast, now: datetime) -> None:
    actions.set_interval(kind="underpass", circumstance="flood", days=3, ahead=0, by=cast.duty_officer, now=now)
    today = timezone.localdate(now)
    Season.objects.create(name="汛期", starts=today - timedelta(30), ends=today + timedelta(30))
    place = site()
    started(cast, now)
    actions.write_dates(now=now)
    assert RoutineSchedule.objects.get(site=place).next_on == today + timedelta(3)


def test_a_site_off_the_register_owes_nothing_and_loses_nothing_when_it_comes_back(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now, in_days=5)
    actions.retire_site(site=place, reason="改造", by=cast.duty_officer, now=now)
    assert actions.write_dates(now=now + timedelta(days=20)).dates == 0
    HazardSite.objects.update(retired_at=None, retired_reason="")
    done = actions.write_dates(now=now + timedelta(days=21))
    assert (done.dates, done.missed) == (1, 0)


def test_what_a_routine_still_asks_for_ends_with_the_site(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now)
    actions.write_dates(now=now)
    actions.retire_site(site=place, reason="已拆除", by=cast.duty_officer, now=now)
    assert Assignment.objects.get(kind="reinspection").state == State.CANCELLED
    assert not queries.routine_dates(WHOLE, queries.DueFilter(""), now=now).exists()


def test_states_in_the_database_are_those_of_the_rule(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now)
    schedule = RoutineSchedule.objects.get()
    visit = seen(place, cast.grid_worker, now)
    zone = timezone.get_default_timezone()
    for offset in range(-3, 3):
        day = timezone.localdate(now) + timedelta(offset)
        at = None if offset % 2 else ends_at(day, zone) + timedelta(minutes=offset)
        RoutineDue.objects.create(
            schedule=schedule, site=place, area_code=GRID, due_date=day, opens_on=day, days=1,
            inspection=visit if at else None, done_at=at,
        )  # fmt: skip
    for state in DueState:
        asked = set(queries.routine_dates(WHOLE, queries.DueFilter(state), now=now))
        ruled = {
            row
            for row in RoutineDue.objects.all()
            if due_state(ends_at(row.due_date, zone), row.done_at, now=now) == state
        }
        assert asked == ruled
    counts = queries.due_counts(WHOLE, queries.DueFilter(""), now=now)
    assert sum(counts["state"].values()) == sum(counts["kind"].values()) == 6


def test_reckoning_asks_as_often_for_many_sites_as_for_few(cast: Cast, now: datetime) -> None:
    def statements(count: int, at: datetime) -> int:
        for _number in range(count):
            site()
        actions.start_routines(
            scope=WHOLE, kind="", base="scheduled", first_on=timezone.localdate(at), by=cast.duty_officer, now=at
        )
        with CaptureQueriesContext(connection) as asked:
            actions.write_dates(now=at)
        return len(asked)

    statements(1, now)  # the first sign of life is an insert
    assert statements(2, now) == statements(15, now)


def test_by_night_nothing_is_given_and_the_command_gives_it_anyway(cast: Cast, now: datetime) -> None:
    site()
    today = clock.now()
    actions.start_routines(
        scope=WHOLE, kind="", base="scheduled", first_on=timezone.localdate(today), by=cast.duty_officer, now=today
    )
    night = datetime.combine(date(2026, 7, 19), datetime.min.time(), timezone.get_default_timezone())
    assert actions.write_dates_by_day(now=night).reckoned == 0
    said = StringIO()
    call_command("write_routine_dates", stdout=said)
    assert "dates 1 duties 1 missed 0" in said.getvalue()


def test_the_list_shows_a_sub_district_its_own_and_leaves_as_a_sheet(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    here, there = site(area_code=GRID), site(area_code=OTHER_GRID)
    then = clock.now() - timedelta(days=3)
    started(cast, then)
    actions.write_dates(now=then)
    page = signed_in(cast.subdistrict_officer).get("/hazards/routine/").content.decode()
    assert here.name in page
    assert there.name not in page
    assert cast.grid_worker.name in page
    sheet = signed_in(cast.duty_officer).get("/hazards/routine/export/?state=missed").content
    rows = list(load_workbook(BytesIO(sheet)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert {row[0] for row in rows[1:]} == {here.code, there.code}
    assert {row[11] for row in rows[1:]} == {3}
    assert signed_in(cast.grid_worker).get("/hazards/routine/").status_code == 403
    kept = signed_in(cast.duty_officer).get("/hazards/routine/?state=all&kind=river").content.decode()
    assert here.name not in kept


def test_the_pages_start_change_and_stop_a_routine(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    place = site()
    officer = signed_in(cast.duty_officer)
    first = timezone.localdate(clock.now())
    wrong = officer.post(
        "/hazards/routine/terms/set/", {"kind": "underpass", "circumstance": "level1", "days": 2, "ahead": 2}
    )
    assert wrong.status_code == 200
    officer.post("/hazards/routine/terms/set/", {"kind": "underpass", "circumstance": "level1", "days": 1, "ahead": 0})
    assert RoutineTerm.objects.get(circumstance="level1").days == 1
    officer.post("/hazards/routine/terms/underpass/level1/drop/")
    assert not RoutineTerm.objects.filter(circumstance="level1").exists()
    street = signed_in(cast.subdistrict_officer)
    assert street.post("/hazards/routine/terms/underpass/dry/drop/").status_code == 403
    street.post("/hazards/routine/start/", {"area_code": SUBDISTRICT, "base": "completed", "first_on": first})
    assert RoutineSchedule.objects.get(site=place).base == Base.COMPLETED
    home = f"/hazards/sites/{place.code}/"
    street.post(f"{home}routine/", {"base": "scheduled", "next_on": first + timedelta(2)})
    assert RoutineSchedule.objects.get(site=place).next_on == first + timedelta(2)
    assert f"{first + timedelta(2)}" in street.get(home).content.decode()
    street.post(f"{home}routine/", {"stop": "1"})
    assert RoutineSchedule.objects.get(site=place).stopped_at
    assert signed_in(cast.other_officer).post(f"{home}routine/", {"stop": "1"}).status_code == 404


def test_the_api_lists_dates_with_their_state(cast: Cast, api: Callable[[User], Client]) -> None:
    place = site()
    then = clock.now() - timedelta(days=3)
    started(cast, then)
    actions.write_dates(now=then)
    (row,) = api(cast.subdistrict_officer).get("/api/v1/hazards/routine/?state=missed").json()["results"]
    assert (row["site"], row["state"], row["who"]) == (place.code, "missed", cast.grid_worker.name)
    assert api(cast.other_officer).get("/api/v1/hazards/routine/").json()["results"] == []
    assert api(cast.grid_worker).get("/api/v1/hazards/routine/").status_code == 403


def test_a_missed_date_is_handed_over_with_the_shift(cast: Cast, now: datetime) -> None:
    place = site()
    started(cast, now)
    actions.write_dates(now=now)
    (item,) = queries.missed_items(WHOLE, now + timedelta(days=8))
    assert item.title.startswith(place.name)
    assert queries.missed_items(WHOLE, now) == []
