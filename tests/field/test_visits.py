"""Household checks, check-ins on patrol and interim measures through the one intake: kept however late they come."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from assignments.enums import State
from field.models import SealedRecord
from field.queries import offline_pack, refused_lines
from hazards import actions as hazards
from hazards.enums import RainStage
from hazards.models import Checklist, ChecklistItem, HouseholdCheck, PatrolPoint, PatrolRun, RollProposal
from territory.models import Household
from tests import factories
from tests.casts import GRID, LONG_AGO, NIGHT, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import household, must_reach_household, photograph
from tests.field.test_intake import RECORDS, put, said, sha
from tests.field.test_reports import at, given
from tests.hazards.doors import checked, door_questions

MINUTE = timedelta(minutes=1)
Api = Callable[[User], APIClient]


def asked(home: Household, *, failing: int = 0, body: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    used = door_questions()
    answers = [
        {"item": item.pk, "result": "fail" if number < failing else "pass"}
        for number, item in enumerate(used.items.all())
    ]
    told = {"household": home.pk, "outcome": "checked", "checklist": used.pk, "answers": answers}
    return said("household", told | (body or {}), **more)


def walk(cast: Cast, *, points: int = 2) -> PatrolRun:
    """A walk of the worker that began forty minutes ago, its points twenty minutes apart."""
    begun = NIGHT - 40 * MINUTE
    route = hazards.make_route(name="东安路河堤线", area_code=SUBDISTRICT, by=cast.duty_officer, now=begun)
    places = [(factories.site(), 20) for _number in range(points)]
    hazards.set_points(route=route, points=places, by=cast.duty_officer)
    hazards.set_term(
        route=route, stage=RainStage.DURING, interval_minutes=600, person=cast.grid_worker, by=cast.duty_officer
    )
    watch = hazards.open_watch(area_code=SUBDISTRICT, stage=RainStage.DURING, by=cast.subdistrict_officer, now=begun)
    return watch.runs.get()


def there(point: PatrolPoint, *, minutes: int = 25, **more: Any) -> dict[str, Any]:
    return said("patrol_point", {"point": point.pk, **more.pop("body", {})}, captured_at=at(minutes), **more)


def safe(uuid_: Any, **more: Any) -> dict[str, Any]:
    body = {"finding": str(uuid_), "measure": "拉警戒线，专人看守", "kept_by": "老王"} | more.pop("body", {})
    return said("control", body, **more)


# --- what holds for every kind


def test_each_comes_twice_and_is_one(cast: Cast, api: Api, now: datetime) -> None:
    worker = api(cast.grid_worker)
    home, point, row = household(), walk(cast).points.earliest("order"), given(cast)
    for record in (asked(home), there(point), safe(row.uuid)):
        first, again = worker.post(RECORDS, record), worker.post(RECORDS, record)
        assert ([first.status_code, again.status_code], first.json()) == ([201, 200], again.json())
        other = worker.post(RECORDS, record | {"captured_at": at(19)})
        assert (other.status_code, other.json()["code"]) == (409, "conflict_other_body")
    assert HouseholdCheck.objects.get().occurred_at == NIGHT - 20 * MINUTE
    point.refresh_from_db()
    row.refresh_from_db()
    assert (point.checked_at, point.recorded_at) == (NIGHT - 25 * MINUTE, now)
    assert (row.measure_at, row.measure_by, row.state) == (NIGHT - 20 * MINUTE, "老王", "controlled")
    assert row.steps.filter(step="control").count() == 1


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("household", {"household": 0, "outcome": "nobody"}, "no_household"),
        ("household", {"household": 0, "outcome": "vanished"}, "invalid"),
        ("household", {"household": 0, "outcome": "nobody", "phone": "12"}, "invalid"),
        ("household", {"household": 0, "outcome": "nobody", "must_reach": "lonely"}, "invalid"),
        ("patrol_point", {"point": 0}, "no_point"),
        ("patrol_point", {}, "invalid"),
        ("control", {"finding": str(uuid.uuid4()), "measure": "看守"}, "no_finding"),
        ("control", {"finding": str(uuid.uuid4()), "measure": " "}, "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_of_it_is_kept(
    cast: Cast, api: Api, now: datetime, kind: str, body: dict[str, Any], code: str
) -> None:
    answer = api(cast.grid_worker).post(RECORDS, said(kind, body))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not SealedRecord.objects.exists()


def test_doors_walks_and_findings_of_others_are_refused(cast: Cast, api: Api, now: datetime) -> None:
    home, point, row = household(area_code=OTHER_GRID), walk(cast).points.earliest("order"), given(cast)
    for person, record, code in (
        (cast.grid_worker, asked(home), "no_household"),
        (cast.other_worker, there(point), "no_point"),
        (cast.other_worker, safe(row.uuid), "no_finding"),
        (cast.site_keeper, safe(row.uuid), "not_allowed"),
    ):
        answer = api(person).post(RECORDS, record)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


# --- household checks


def test_a_check_is_asked_from_the_version_that_lay_on_the_phone(cast: Cast, api: Api, now: datetime) -> None:
    record = asked(household(), failing=1)
    newer = Checklist.objects.create(kind="household", version=9, published_at=LONG_AGO)
    ChecklistItem.objects.create(checklist=newer, order=1, text="新问题", photo_when_failed=False)
    assert api(cast.grid_worker).post(RECORDS, record).status_code == 201
    stored = HouseholdCheck.objects.get()
    assert (stored.checklist_id, stored.failed_items) == (record["body"]["checklist"], 1)
    draft = Checklist.objects.create(kind="household", version=10)
    refused = api(cast.grid_worker).post(RECORDS, asked(household(), body={"checklist": draft.pk}))
    assert refused.json()["code"] == "no_checklist"


def test_a_check_waits_for_its_photo_and_has_it_then(cast: Cast, api: Api, now: datetime) -> None:
    worker, data = api(cast.grid_worker), photograph("裂缝")
    record = asked(household(), photos=[{"sha256": sha(data)}])
    assert worker.post(RECORDS, record).json()["state"] == "incomplete"
    assert not HouseholdCheck.objects.exists()
    put(worker, data)
    assert HouseholdCheck.objects.get().photo_id == sha(data)


def test_a_later_check_stands_and_the_earlier_one_is_kept_beside_it(cast: Cast, api: Api, now: datetime) -> None:
    home = household()
    checked(home, by=cast.subdistrict_officer, now=NIGHT - 5 * MINUTE, failing=1, must_reach="bedridden")
    late = api(cast.grid_worker).post(RECORDS, asked(home, body={"must_reach": "alone"}))
    news = late.json()["news"]
    assert (late.status_code, news["code"]) == (201, "checked_later")
    assert (cast.subdistrict_officer.name in news["title"], "22:55" in news["title"]) == (True, True)
    assert home.door in news["stored"].values()
    assert HouseholdCheck.objects.count() == 2
    # The proposal of whoever was there last is not overwritten by one from before.
    assert RollProposal.objects.get().value == "bedridden"


def test_what_is_wrong_in_the_roll_is_proposed_from_the_outbox_too(cast: Cast, api: Api, now: datetime) -> None:
    home = must_reach_household()
    body = {"phone": "138 0000 1234", "must_reach": ""}
    assert api(cast.grid_worker).post(RECORDS, asked(home, body=body)).status_code == 201
    proposed = {row.field: (row.value, row.was) for row in RollProposal.objects.filter(household=home)}
    assert proposed["phone"][0] == "+8613800001234"
    assert proposed["must_reach"] == ("", "alone")


def test_a_household_that_left_the_roll_is_gone_for_good(cast: Cast, api: Api, now: datetime) -> None:
    home = household(retired_at=now)
    answer = api(cast.grid_worker).post(RECORDS, asked(home))
    assert (answer.status_code, answer.json()["code"]) == (410, "household_left_roll")


# --- patrols


def test_a_point_reached_in_time_is_no_missed_one_however_late_the_word_comes(
    cast: Cast, api: Api, now: datetime
) -> None:
    run = walk(cast)
    first, second = run.points.order_by("order")
    hazards.watch_patrols(now=NIGHT - 15 * MINUTE)
    first.refresh_from_db()
    assert first.alarm is not None
    assert first.missed_at is not None
    assert api(cast.grid_worker).post(RECORDS, there(first, minutes=22)).status_code == 201
    stands = PatrolPoint.objects.filter(pk=first.pk).values_list("missed_at", "alarm__state").get()
    assert stands == (None, State.VERIFIED)
    hazards.watch_patrols(now=NIGHT + MINUTE)
    api(cast.grid_worker).post(RECORDS, there(second, minutes=-1))
    second.refresh_from_db()
    assert second.missed_at is not None  # it came after its time: that stays


def test_the_check_in_that_stands_is_told_of_and_its_photo_stays(cast: Cast, api: Api, now: datetime) -> None:
    point = walk(cast).points.earliest("order")
    hazards.check_in(point=point, by=cast.subdistrict_officer, given=hazards.CheckIn(), now=NIGHT - 30 * MINUTE)
    worker, data = api(cast.grid_worker), photograph("桥下")
    answer = worker.post(RECORDS, there(point, photos=[{"sha256": sha(data)}]))
    news = answer.json()["news"]
    assert (answer.status_code, news["code"]) == (201, "checked_before")
    assert cast.subdistrict_officer.name in news["title"]
    assert any("22:30" in told for told in news["stored"].values())
    put(worker, data)
    point.refresh_from_db()
    assert (point.by, point.photo_id) == (cast.subdistrict_officer, None)


def test_a_check_in_counts_at_once_and_its_photo_follows(cast: Cast, api: Api, now: datetime) -> None:
    point = walk(cast, points=1).points.get()
    worker, data = api(cast.grid_worker), photograph("河堤")
    assert worker.post(RECORDS, there(point, photos=[{"sha256": sha(data)}])).json()["state"] == "incomplete"
    run = PatrolRun.objects.select_related("assignment").get()
    assert run.ended_at == now
    put(worker, data)
    point.refresh_from_db()
    assert point.photo_id == sha(data)


def test_a_walk_that_was_stopped_keeps_who_was_there_before_and_refuses_who_came_after(
    cast: Cast, api: Api, now: datetime
) -> None:
    run = walk(cast)
    first, second = run.points.order_by("order")
    hazards.stop_run(run=run, reason="雨停", by=cast.subdistrict_officer, now=NIGHT - 10 * MINUTE)
    worker = api(cast.grid_worker)
    assert worker.post(RECORDS, there(first)).status_code == 201
    refused = worker.post(RECORDS, there(second, minutes=5))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict_patrol_ended")
    assert any("雨停" in told for told in refused.json()["stored"].values())
    first.refresh_from_db()
    run.refresh_from_db()
    assert (first.checked_at, run.ended_at) == (NIGHT - 25 * MINUTE, NIGHT - 10 * MINUTE)


# --- interim measures


def test_an_earlier_measure_stands_in_the_history_and_displaces_no_later_one(
    cast: Cast, api: Api, now: datetime
) -> None:
    row = given(cast)
    hazards.control_finding(finding=row, measure="水马封闭", by=cast.duty_officer, now=NIGHT - 5 * MINUTE)
    answer = api(cast.grid_worker).post(RECORDS, safe(row.uuid))
    assert (answer.status_code, answer.json()["news"]["code"]) == (201, "controlled_later")
    assert any("水马封闭" in told for told in answer.json()["news"]["stored"].values())
    row.refresh_from_db()
    assert row.measure == "水马封闭"
    assert [step.note for step in row.steps.filter(step="control")][-1] == "拉警戒线，专人看守 (老王)"


def test_a_measure_for_what_was_mended_meanwhile_shows_both_versions(cast: Cast, api: Api, now: datetime) -> None:
    row, worker = given(cast), api(cast.grid_worker)
    hazards.submit_finding(finding=row, words="修好", by=cast.grid_worker, now=NIGHT - MINUTE)
    waits = worker.post(RECORDS, safe(row.uuid))
    assert (waits.status_code, waits.json()["code"]) == (409, "conflict_finding_waits")
    assert any("修好" in told for told in waits.json()["stored"].values())
    hazards.close_finding(finding=row, by=cast.duty_officer, now=NIGHT, note="现场看过")
    assert worker.post(RECORDS, safe(row.uuid)).status_code == 410


# --- the pack and the list of refused records


def test_the_pack_carries_the_doors_left_the_walk_and_whom_to_keep_safe(cast: Cast, now: datetime) -> None:
    door_questions()
    home = must_reach_household()
    household(area_code=OTHER_GRID)
    checked(household(), by=cast.grid_worker, now=NIGHT)
    run, row = walk(cast), given(cast)
    pack = offline_pack(cast.grid_worker, now=now)
    [door] = pack["homes"]
    assert (door["id"], door["door"], door["must_reach"]) == (home.pk, home.door, home.get_must_reach_display())
    assert home.head_name not in str(pack)
    assert [point["name"] for point in pack["walks"][0]["points"]] == [
        point.site.name for point in run.points.select_related("site").order_by("order")
    ]
    assert {duty["walk"] for duty in pack["duties"]} == {0, run.pk}
    assert "household" in {each["kind"] for each in pack["checklists"]}
    may = {each["uuid"]: each["may_control"] for each in pack["findings"]}
    assert may == {str(row.uuid): True}
    assert [each["may_control"] for each in offline_pack(cast.site_keeper, now=now)["findings"]] == [False]
    officer = offline_pack(cast.subdistrict_officer, now=now)
    assert (officer["homes"], officer["walks"]) == ([], [])


def test_the_pack_costs_as_many_statements_for_nine_doors_as_for_one(cast: Cast, now: datetime) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            offline_pack(cast.grid_worker, now=now)
        return len(captured)

    door_questions()
    household(area_code=GRID)
    walk(cast, points=1)
    statements()  # the person's roles are read once
    few = statements()
    for _number in range(8):
        household(area_code=GRID)
    assert statements() == few


def test_a_check_that_could_not_be_taken_in_names_the_household_to_whoever_looks_after_it(
    cast: Cast, api: Api, now: datetime
) -> None:
    worker, data = api(cast.grid_worker), photograph("来晚了")
    home = household()
    worker.post(RECORDS, asked(home, photos=[{"sha256": sha(data)}]))
    Household.objects.filter(pk=home.pk).update(retired_at=now)
    put(worker, data)
    [line] = refused_lines(SealedRecord.objects.exclude(refusal=""))
    assert line.url == f"/hazards/households/{home.pk}/"
    assert home.door not in f"{line.about} {line.mend}"
