"""断行: closed at once by whoever stands there, opened by another person, read by everybody."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from assignments import actions as duties
from assignments.enums import State
from assignments.models import Assignment
from command import actions, queries
from command.enums.dangers import FieldObjection, RoadState
from command.models import Closure, TimelineEntry
from command.rules.closure import check_reopening, closes, limit_of, road_state
from core.rules import Refused
from tests.casts import NIGHT, OTHER_GRID, Cast
from tests.factories import site

MINUTE = timedelta(minutes=1)


def closed(by: User, *, depth_cm: int = 40, **fields: Any) -> Closure:
    """Water above the limit at an underpass of the first grid."""
    values: dict[str, Any] = {"client_uuid": uuid.uuid4(), "depth_cm": depth_cm, "now": NIGHT}
    return actions.report_water(**(values | {"site": fields.pop("site", None) or site()} | fields), by=by)[0]


# --- without a database


def test_the_sites_own_limit_goes_before_the_example() -> None:
    assert (limit_of(15), limit_of(None)) == (15, 27)
    assert closes(27, 27)
    assert not closes(26, 27)


def test_the_states_of_a_road_in_their_order() -> None:
    assert road_state(closed=False, asked=False, reopened=False) == RoadState.SLOW
    assert road_state(closed=True, asked=False, reopened=False) == RoadState.CLOSED
    assert road_state(closed=True, asked=True, reopened=False) == RoadState.REOPENING
    assert road_state(closed=True, asked=True, reopened=True) == RoadState.REOPENED


@pytest.mark.parametrize(("by", "depth"), [(1, 0), (2, 0), (3, 27)])
def test_neither_the_closer_nor_the_asker_opens_and_nobody_opens_above_the_limit(by: int, depth: int) -> None:
    with pytest.raises(Refused):
        check_reopening(was_closed=True, closed_by=1, asked_by=2, by=by, depth_cm=depth, limit_cm=27)
    check_reopening(was_closed=True, closed_by=1, asked_by=2, by=3, depth_cm=26, limit_cm=27)
    with pytest.raises(Refused):  # closed by somebody without account: whoever asked is still one of the two
        check_reopening(was_closed=True, closed_by=None, asked_by=2, by=2, depth_cm=0, limit_cm=27)
    check_reopening(was_closed=False, closed_by=None, asked_by=None, by=2, depth_cm=0, limit_cm=27)


# --- closing, telling, opening


def test_the_keeper_closes_an_underpass_and_the_agencies_tick_that_they_know(cast: Cast, now: datetime) -> None:
    row = closed(cast.site_keeper)
    told = {duty.assignee: duty for duty in Assignment.objects.filter(kind="closure").select_related("assignee")}
    assert set(told) == {cast.agency_liaison}  # the officer owes the tick of the watch
    duties.acknowledge(assignment=told[cast.agency_liaison], by=cast.agency_liaison, now=NIGHT + MINUTE)
    assert [duty.state for duty in queries.told_of(row)].count(State.VERIFIED) == 1
    assert TimelineEntry.objects.filter(ref=f"closure:{row.pk}").count() == 1


def test_shallow_water_only_slows_and_deeper_water_closes_the_same_episode(cast: Cast, now: datetime) -> None:
    place = site()
    slow = closed(cast.site_keeper, depth_cm=10, site=place)
    assert queries.state_of(slow) == RoadState.SLOW
    assert not Assignment.objects.exists()
    shut = closed(cast.site_keeper, depth_cm=35, site=place)
    assert (shut.pk, queries.state_of(shut)) == (slow.pk, RoadState.CLOSED)
    assert [act.depth_cm for act in queries.closure_acts(shut)] == [10, 35]


def test_only_a_second_person_opens_and_only_below_the_limit(cast: Cast, now: datetime) -> None:
    row = closed(cast.subdistrict_officer)
    actions.ask_reopening(closure=row, depth_cm=5, by=cast.site_keeper, now=NIGHT)
    with pytest.raises(Refused) as refusal:
        actions.reopen(closure=row, by=cast.subdistrict_officer, now=NIGHT, depth_cm=0)
    assert refusal.value.code == FieldObjection.TWO_PERSONS
    with pytest.raises(Refused) as refusal:
        actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT, depth_cm=30)
    assert refusal.value.code == FieldObjection.TOO_DEEP
    with pytest.raises(Refused) as refusal:
        actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT, depth_cm=None)
    assert refusal.value.code == FieldObjection.MEASURE
    with pytest.raises(Refused) as refusal:
        actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT, depth_cm=0, reason="")
    assert refusal.value.code == FieldObjection.REOPEN_REASON
    done = actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT + MINUTE, depth_cm=2, reason="pumped")
    assert queries.state_of(done) == RoadState.REOPENED
    assert (done.reopen_reason, done.reopen_depth_cm) == ("pumped", 2)
    assert queries.closures_in_force(None, NIGHT) == []


def test_whoever_only_keeps_the_place_does_not_decide(cast: Cast, now: datetime) -> None:
    row = closed(cast.subdistrict_officer)
    with pytest.raises(Refused):
        actions.reopen(closure=row, by=cast.site_keeper, now=NIGHT, depth_cm=0)
    with pytest.raises(Refused):
        closed(cast.other_worker)


def test_the_database_refuses_the_same_person_and_two_open_episodes(cast: Cast, now: datetime) -> None:
    row = closed(cast.duty_officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.filter(pk=row.pk).update(reopened_at=NIGHT, reopened_by=cast.duty_officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(
            client_uuid=uuid.uuid4(), site=row.site, area_code=row.area_code, began_at=NIGHT, recorded_at=NIGHT,
            depth_cm=5, measured_at=NIGHT, source="field",
        )  # fmt: skip


def test_whoever_asked_does_not_open_what_somebody_without_account_closed(cast: Cast, now: datetime) -> None:
    row, _new = actions.report_water(
        client_uuid=uuid.uuid4(), site=site(), depth_cm=40, by=None, by_name="物业 老张", now=NIGHT
    )
    actions.ask_reopening(closure=row, depth_cm=0, by=cast.duty_officer, now=NIGHT)
    with pytest.raises(Refused) as refusal:
        actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT, depth_cm=0)
    assert refusal.value.code == FieldObjection.TWO_PERSONS
    opened = {"reopened_at": NIGHT, "reopen_depth_cm": 0, "reopen_reason": "gone"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.filter(pk=row.pk).update(reopened_by=cast.duty_officer, **opened)
    actions.reopen(closure=row, by=cast.leader, now=NIGHT, depth_cm=0)


def test_the_same_number_is_the_same_report(cast: Cast, now: datetime) -> None:
    place, number = site(), uuid.uuid4()
    first = closed(cast.duty_officer, site=place, client_uuid=number)
    assert closed(cast.duty_officer, site=place, client_uuid=number) == first
    assert first.acts.count() == 1
    with pytest.raises(Refused):
        closed(cast.duty_officer, site=place, client_uuid=number, depth_cm=60)


# --- what residents read


def test_residents_read_a_closure_at_once_and_that_the_road_is_open_again(cast: Cast, now: datetime) -> None:
    before = Client().get("/p/")
    row = closed(cast.subdistrict_officer)
    page = Client().get("/p/", headers={"If-None-Match": before["ETag"]})
    assert page.status_code == 200
    assert row.site.name in page.content.decode()
    actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT, depth_cm=0)
    later = Client().get("/p/", headers={"If-None-Match": page["ETag"]})
    assert [line.state for line in later.context["closures"]] == [RoadState.REOPENED]
    assert queries.public_closures(NIGHT + timedelta(hours=3)) == []


def test_a_subdistrict_reads_its_own_roads(cast: Cast, now: datetime) -> None:
    closed(cast.duty_officer, site=site(area_code=OTHER_GRID))
    assert Client().get("/p/410403001/").context["closures"] == []
    assert len(Client().get("/p/410403002/").context["closures"]) == 1


def test_nothing_of_an_exercise_is_on_the_public_page(cast: Cast, now: datetime) -> None:
    before = Client().get("/p/")
    row = closed(cast.duty_officer, exercise=uuid.uuid4())
    again = Client().get("/p/", headers={"If-None-Match": before["ETag"]})
    assert again.status_code == 304
    scope = cast.commander.scope
    assert row.site.name not in queries.closed_sites_geojson(scope)
    assert queries.closure_counts(scope, NIGHT).closed == 0


def test_the_list_names_what_is_closed_before_what_is_only_slow(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    shut = closed(cast.duty_officer)
    slow = closed(cast.duty_officer, depth_cm=5)
    page = signed_in(cast.duty_officer).get(reverse("command:closures"))
    assert [line.closure for line in page.context["lines"]] == [shut, slow]


# --- two taps


def test_two_taps_and_a_depth_close_the_road(cast: Cast, now: datetime, signed_in: Callable[[User], Client]) -> None:
    place = site()
    phone = signed_in(cast.site_keeper)
    assert place.name in phone.get(reverse("command:roads")).content.decode()
    tap = reverse("command:water", args=[place.code])
    page = phone.get(tap)
    assert (27, True) in page.context["depths"]
    number = uuid.uuid4()
    answer = phone.post(tap, {"client_uuid": number, "depth_cm": 40})
    assert answer["Location"] == reverse("command:closure", args=[number])
    assert phone.get(answer["Location"]).status_code == 200
    desk = signed_in(cast.duty_officer)
    assert desk.get(reverse("command:closures")).context["counts"].closed == 1
    desk.post(reverse("command:closure_reopen", args=[number]), {"depth_cm": 3, "reason": "gone"})
    assert Closure.objects.get().reopened_by == cast.duty_officer


def test_the_api_reports_water_lists_it_and_asks_to_open(
    cast: Cast, now: datetime, api: Callable[[User], APIClient]
) -> None:
    number, client = uuid.uuid4(), api(cast.site_keeper)
    body = {"client_uuid": str(number), "site": site().code, "depth_cm": 45}
    assert client.post("/api/v1/command/closures/", body, format="json").json()["state"] == "closed"
    assert client.post("/api/v1/command/closures/", body, format="json").status_code == 200
    asked = client.post(f"/api/v1/command/closures/{number}/ask/", {"depth_cm": 2}, format="json")
    assert asked.json()["state"] == "reopening"
    assert client.post(f"/api/v1/command/closures/{number}/reopen/", {}, format="json").status_code == 400
    shown = client.get("/api/v1/command/closures/?format=geojson").json()
    assert [feature["properties"]["tone"] for feature in shown["features"]] == ["waiting"]
