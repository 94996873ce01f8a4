"""What a phone recorded before its person heard that another has the duty now: seen is seen, and nothing is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from rest_framework.test import APIClient

from accounts.enums import Role
from accounts.models import RoleHeld, User
from alerts import actions
from alerts.models import DoorKnock
from assignments import actions as duties
from assignments.enums import State, Verb
from assignments.models import Assignment
from core.models import Media
from field.models import SealedRecord
from field.queries import offline_pack, refused_lines
from hazards import actions as hazards
from hazards.enums import FindingState
from hazards.models import PatrolRun
from tests import factories
from tests.alerts.situations import household_of, issued
from tests.casts import GRIDS, NIGHT, OTHER_GRID, Cast
from tests.factories import household, must_reach_household, photograph
from tests.field.test_intake import RECORDS, inspected, put, said, sha
from tests.field.test_reports import at, given, mended, water
from tests.field.test_visits import asked, safe, there, walk
from tests.hazards.doors import door_questions
from weidong_ops.resolvers import may_see_photo

MINUTE = timedelta(minutes=1)
Api = Callable[[User], APIClient]


def taken_away(cast: Cast, run: PatrolRun, *, minutes: int = 15) -> None:
    """The silent walk is given to the officer of the sub-district."""
    at = NIGHT - minutes * MINUTE
    duties.hand_over(assignment=run.assignment, to=cast.subdistrict_officer, by=cast.duty_officer, now=at)


def test_a_point_reached_before_the_walk_was_given_to_another_is_checked_in_when_the_word_comes(
    cast: Cast, api: Api, now: datetime
) -> None:
    run = walk(cast)
    first, second = run.points.order_by("order")
    taken_away(cast, run)
    worker, data = api(cast.grid_worker), photograph("河堤")
    answer = worker.post(RECORDS, there(first, minutes=22, photos=[{"sha256": sha(data)}]))
    assert answer.status_code == 201, answer.json()
    news = answer.json()["news"]
    assert (news["code"], cast.subdistrict_officer.name in news["title"], "22:45" in news["title"]) == (
        "handed_on",
        True,
        True,
    )
    put(worker, data)
    first.refresh_from_db()
    assert (first.checked_at, first.by, first.photo_id) == (NIGHT - 22 * MINUTE, cast.grid_worker, sha(data))
    # The one who walks now has answered nothing by it, and goes on with what is left.
    run.assignment.refresh_from_db()
    assert (run.assignment.state, run.assignment.started_at) == (State.ASSIGNED, None)
    # Who has not heard of it walks on: that he was there is seen as well, and the last point ends the walk.
    assert worker.post(RECORDS, there(second, minutes=5)).status_code == 201
    run.refresh_from_db()
    run.assignment.refresh_from_db()
    assert (run.ended_at, run.assignment.state) == (now, State.VERIFIED)
    assert not run.assignment.events.filter(verb=Verb.START).exists()


def test_who_never_had_the_walk_and_who_was_there_before_he_had_it_checks_nothing_in(
    cast: Cast, api: Api, now: datetime
) -> None:
    run = walk(cast)
    point = run.points.earliest("order")
    duties.hand_over(assignment=run.assignment, to=cast.other_worker, by=cast.duty_officer, now=NIGHT - 15 * MINUTE)
    taken_away(cast, run, minutes=10)
    other = api(cast.other_worker)
    early = other.post(RECORDS, there(point, minutes=16))
    assert (early.status_code, early.json()["code"]) == (400, "no_point")
    assert other.post(RECORDS, there(point, minutes=12)).status_code == 201
    stranger = api(cast.site_keeper).post(RECORDS, there(run.points.latest("order")))
    assert (stranger.status_code, stranger.json()["code"]) == (400, "no_point")


def test_the_phone_of_whoever_walks_no_more_forgets_the_walk(cast: Cast, now: datetime) -> None:
    run = walk(cast)
    taken_away(cast, run)
    assert offline_pack(cast.grid_worker, now=now)["walks"] == []


# --- what is mended, made safe, answered


def passed_on(cast: Cast, duty: Assignment | None, *, minutes: int = 15) -> Assignment:
    assert duty is not None
    at = NIGHT - minutes * MINUTE
    [row] = duties.hand_over(assignment=duty, to=cast.subdistrict_officer, by=cast.duty_officer, now=at)
    return row


def test_a_finding_mended_before_it_was_given_to_another_stands_on_the_list_with_its_words_and_photo(
    cast: Cast, api: Api, signed_in: Callable[[User], Client], now: datetime
) -> None:
    row, data = given(cast), photograph("挡水板")
    passed_on(cast, row.assignment)
    worker = api(cast.grid_worker)
    record = mended(row, photos=[{"sha256": sha(data)}])
    first = worker.post(RECORDS, record)
    assert (first.status_code, first.json()["missing"]) == (201, [sha(data)])
    put(worker, data)
    receipt = worker.get(f"{RECORDS}{record['client_uuid']}/").json()
    assert (receipt["state"], receipt["refusal"]) == ("complete", "")  # nothing is left to do for the phone
    assert "改派" in receipt["news"]["title"]
    row.refresh_from_db()
    assert row.state == FindingState.ASSIGNED  # whoever mends it now has reported nothing
    officer = signed_in(cast.subdistrict_officer)
    page = officer.get("/field/refused/").content.decode()
    for words in (cast.grid_worker.name, "已更换", row.what, f"/media/{sha(data)}/"):
        assert words in page
    assert may_see_photo(cast.subdistrict_officer, Media.objects.get(pk=sha(data)))
    assert not may_see_photo(cast.other_officer, Media.objects.get(pk=sha(data)))
    assert worker.post(RECORDS, record).status_code == 200
    assert SealedRecord.objects.count() == 1


def test_a_photo_that_comes_after_the_finding_was_given_to_another_mends_nothing_in_his_name(
    cast: Cast, api: Api, now: datetime
) -> None:
    row, data = given(cast), photograph("挡水板")
    worker = api(cast.grid_worker)
    record = mended(row, photos=[{"sha256": sha(data)}])
    assert worker.post(RECORDS, record).json()["refusal"] == ""
    passed_on(cast, row.assignment)
    put(worker, data)
    stored = SealedRecord.objects.get()
    assert (stored.applied_at, "改派" in stored.refusal) == (None, True)
    row.refresh_from_db()
    assert row.state == FindingState.ASSIGNED


def test_who_was_never_to_mend_it_reports_nothing_mended(cast: Cast, api: Api, now: datetime) -> None:
    row = given(cast, to=cast.subdistrict_officer)
    answer = api(cast.grid_worker).post(RECORDS, mended(row))
    assert (answer.status_code, answer.json()["code"]) == (400, "no_finding")
    # It came to him after he says he mended it: that cannot be.
    assert row.assignment is not None
    duties.hand_over(assignment=row.assignment, to=cast.grid_worker, by=cast.duty_officer, now=NIGHT - 18 * MINUTE)
    passed_on(cast, row.assignment)
    assert api(cast.grid_worker).post(RECORDS, mended(row)).json()["code"] == "no_finding"


def test_a_measure_taken_before_the_finding_was_given_to_another_keeps_people_safe_all_the_same(
    cast: Cast, api: Api, now: datetime
) -> None:
    row = given(cast)
    passed_on(cast, row.assignment)
    answer = api(cast.grid_worker).post(RECORDS, safe(row.uuid))
    assert (answer.status_code, answer.json()["news"]["code"]) == (201, "handed_on"), answer.json()
    row.refresh_from_db()
    assert (row.measure_at, row.state) == (NIGHT - 20 * MINUTE, FindingState.CONTROLLED)
    # The grid worker of the same grid who never had it keeps nothing safe in its name.
    with pytest.raises(PermissionDenied):
        hazards.control_finding(finding=row, measure="看守", by=cast.site_keeper, now=now)


@pytest.mark.parametrize("verb", ["acknowledge", "start", "decline"])
def test_what_somebody_said_while_the_duty_was_his_stands_in_its_history_and_answers_for_nobody_else(
    cast: Cast, api: Api, now: datetime, verb: str
) -> None:
    duty = factories.duty(of=cast.grid_worker)
    passed_on(cast, duty)
    body = {"duty": str(duty.uuid), "verb": verb, "note": "路被淹"}
    answer = api(cast.grid_worker).post(RECORDS, said("duty_answer", body))
    assert (answer.status_code, answer.json()["news"]["code"]) == (201, "handed_on"), answer.json()
    event = duty.events.latest("pk")
    assert (event.verb, event.by, event.occurred_at, event.note) == (
        verb,
        cast.grid_worker,
        NIGHT - 20 * MINUTE,
        "路被淹",
    )
    duty.refresh_from_db()
    assert (duty.state, duty.acknowledged_at, duty.started_at) == (State.ASSIGNED, None, None)
    assert duty.assignee == cast.subdistrict_officer


def test_that_a_duty_is_done_is_for_the_sub_district_to_judge_once_another_has_it(
    cast: Cast, api: Api, now: datetime
) -> None:
    duty = factories.duty(of=cast.grid_worker)
    passed_on(cast, duty)
    body = {"duty": str(duty.uuid), "verb": "report", "note": "已办完"}
    answer = api(cast.grid_worker).post(RECORDS, said("duty_answer", body))
    assert (answer.status_code, "改派" in answer.json()["news"]["title"]) == (201, True)
    [line] = refused_lines(SealedRecord.objects.all())
    assert (line.about, line.said, str(duty.uuid) in line.url) == (duty.title, "已办完", True)
    duty.refresh_from_db()
    assert duty.state == State.ASSIGNED


def test_nobody_notes_a_word_on_a_duty_that_was_never_his(cast: Cast, now: datetime) -> None:
    duty = factories.duty(of=cast.grid_worker)
    passed_on(cast, duty)
    for person, verb in ((cast.other_worker, Verb.START), (cast.grid_worker, Verb.VERIFY)):
        with pytest.raises(PermissionDenied):
            duties.note_earlier(assignment=duty, verb=verb, by=person, now=now, occurred_at=NIGHT - 20 * MINUTE)


# --- whose grid it was


def test_what_was_seen_while_the_grid_was_his_is_stored_and_what_came_after_is_not(
    cast: Cast, api: Api, now: datetime
) -> None:
    door_questions()
    place, home = factories.site(), household()
    worker = cast.grid_worker
    RoleHeld.objects.filter(user=worker).update(until=NIGHT - 10 * MINUTE)
    RoleHeld.objects.create(user=worker, role=Role.GRID_WORKER, area_code=OTHER_GRID, since=NIGHT - 10 * MINUTE)
    phone = api(User.objects.get(pk=worker.pk))
    for record in (asked(home), inspected(place), water(place)):
        answer = phone.post(RECORDS, record)
        assert answer.status_code == 201, (record["kind"], answer.json())
    late: dict[str, Any] = {"captured_at": at(5)}
    for record, code in (
        (asked(home, **late), "no_household"),
        (inspected(place, **late), "no_site"),
        (water(place, **late), "no_road"),
    ):
        answer = phone.post(RECORDS, record)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_door_knocked_at_before_the_list_went_to_a_neighbour_is_knocked_at(
    cast: Cast, api: Api, now: datetime
) -> None:
    home = must_reach_household(area_code=GRIDS[1])
    row = issued(cast)
    actions.send_knocks(notice=row, by=cast.duty_officer, now=NIGHT - 40 * MINUTE)
    knock = DoorKnock.objects.select_related("assignment").get(notice=row, area_code=GRIDS[1])
    duties.hand_over(assignment=knock.assignment, to=cast.other_worker, by=cast.duty_officer, now=NIGHT - 30 * MINUTE)
    door = household_of(row, home)
    visit = said("door_visit", {"audience": door.pk, "outcome": "told"})
    duties.hand_over(
        assignment=knock.assignment, to=cast.subdistrict_officer, by=cast.duty_officer, now=NIGHT - 15 * MINUTE
    )
    assert api(cast.other_worker).post(RECORDS, visit).status_code == 201
    before = said("door_visit", {"audience": door.pk, "outcome": "told"}, captured_at=at(35))
    assert api(cast.other_worker).post(RECORDS, before).json()["code"] == "no_door"
