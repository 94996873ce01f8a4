"""险情: clocks, who is told, who may what, and the ways in."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from assignments import actions as duties
from assignments.enums import State
from assignments.models import Assignment
from command import actions, queries
from command.enums.dangers import DangerSource, DangerState, DangerStep, DangerVerb, FieldObjection
from command.models import Danger, DangerAct, TimelineEntry
from command.rules.danger import DangerTimes, danger_state, happened, legs
from core.models import Media
from core.rules import Refused
from dutyroster import actions as log
from tests.casts import GRID, NIGHT, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import photograph, site

MINUTE = timedelta(minutes=1)


def reported(by: User | None, **fields: Any) -> Danger:
    """Water in the street of the first grid, unless said otherwise."""
    values: dict[str, Any] = {
        "client_uuid": uuid.uuid4(),
        "kind": "waterlogging",
        "source": DangerSource.FIELD,
        "place": "东安路口",
        "area_code": GRID,
        "now": NIGHT,
    }
    return actions.report_danger(**(values | fields), by=by)[0]


def picture() -> SimpleUploadedFile:
    """As a phone sends it."""
    return SimpleUploadedFile("a.jpg", photograph(), "image/jpeg")


# --- the clocks, without a database


def test_each_clock_counts_from_the_step_before_and_only_the_first_open_one_runs() -> None:
    times = DangerTimes(NIGHT, NIGHT + 4 * MINUTE, NIGHT + 6 * MINUTE)
    found = {leg.step: leg for leg in legs(times, now=NIGHT + 20 * MINUTE)}
    assert (found[DangerStep.REPORTED].minutes, found[DangerStep.ACKNOWLEDGED].minutes) == (4, 2)
    assert found[DangerStep.DISPATCHED].running
    assert found[DangerStep.DISPATCHED].minutes == 14
    assert found[DangerStep.DISPATCHED].late
    assert not found[DangerStep.ON_SCENE].running
    assert found[DangerStep.ON_SCENE].minutes is None


def test_a_step_that_was_passed_over_has_no_minutes_and_does_not_run() -> None:
    times = DangerTimes(NIGHT, NIGHT, controlled_at=NIGHT + 30 * MINUTE)
    found = {leg.step: leg for leg in legs(times, now=NIGHT + 60 * MINUTE)}
    assert [leg.step for leg in found.values() if leg.running] == []
    assert found[DangerStep.ACKNOWLEDGED].minutes is None
    assert found[DangerStep.CONTROLLED].minutes == 30
    assert danger_state(times, is_duplicate=False) == DangerState.CONTROLLED


def test_a_closed_danger_has_no_clock_that_runs() -> None:
    times = DangerTimes(NIGHT, NIGHT, closed_at=NIGHT + MINUTE)
    assert not any(leg.running for leg in legs(times, now=NIGHT + 600 * MINUTE))


def test_a_step_lies_neither_in_the_future_nor_before_the_danger_was_found() -> None:
    times = DangerTimes(NIGHT + timedelta(seconds=30), NIGHT + MINUTE)
    assert happened(NIGHT, times, now=NIGHT + MINUTE) == times.found_at
    for wrong in (NIGHT + 2 * MINUTE, NIGHT - MINUTE):
        with pytest.raises(Refused):
            happened(wrong, times, now=NIGHT + MINUTE)


# --- reported, told, sent, under control


def test_a_grid_workers_report_is_owed_to_the_duty_room_and_stands_on_the_timeline(cast: Cast, now: datetime) -> None:
    row = reported(cast.grid_worker)
    assert row.receipt is not None
    assert row.receipt.assignee == cast.duty_officer
    assert row.acknowledged_at is None
    assert TimelineEntry.objects.filter(ref=f"danger:{row.pk}").count() == 1
    duties.acknowledge(assignment=row.receipt, by=cast.duty_officer, now=NIGHT + 3 * MINUTE)
    row.refresh_from_db()
    assert row.acknowledged_at == NIGHT + 3 * MINUTE
    assert Assignment.objects.get(danger_to_read=row).state == State.VERIFIED


def test_an_officer_who_writes_one_down_has_acknowledged_it(cast: Cast, now: datetime) -> None:
    row = reported(cast.subdistrict_officer, source=DangerSource.PHONE)
    assert (row.acknowledged_by, row.receipt) == (cast.subdistrict_officer, None)


def test_what_the_person_sent_says_of_his_duty_moves_the_clocks(cast: Cast, now: datetime) -> None:
    row = actions.dispatch(danger=reported(cast.duty_officer), to=cast.grid_worker, by=cast.duty_officer, now=NIGHT)
    assert row.assignment is not None
    duties.start(assignment=row.assignment, by=cast.grid_worker, now=NIGHT + 10 * MINUTE)
    duties.report(assignment=row.assignment, by=cast.grid_worker, now=NIGHT + 40 * MINUTE)
    row.refresh_from_db()
    assert (row.on_scene_at, row.controlled_at) == (NIGHT + 10 * MINUTE, NIGHT + 40 * MINUTE)
    line = queries.danger_lines([row], now=NIGHT + 50 * MINUTE)[0]
    assert line.state == DangerState.CONTROLLED


def test_sending_another_calls_the_first_back(cast: Cast, now: datetime) -> None:
    row = actions.dispatch(danger=reported(cast.duty_officer), to=cast.grid_worker, by=cast.duty_officer, now=NIGHT)
    first = row.assignment
    again = actions.dispatch(danger=row, to=cast.other_worker, by=cast.duty_officer, now=NIGHT)
    assert first is not None
    assert Assignment.objects.get(pk=first.pk).state == State.CANCELLED
    assert again.assignment is not None
    assert again.assignment.assignee == cast.other_worker


def test_closing_wants_a_reason_and_ends_every_duty_of_it(cast: Cast, now: datetime) -> None:
    row = actions.dispatch(danger=reported(cast.grid_worker), to=cast.grid_worker, by=cast.duty_officer, now=NIGHT)
    with pytest.raises(Refused):
        actions.close_danger(danger=row, reason=" ", by=cast.duty_officer, now=NIGHT)
    actions.close_danger(danger=row, reason="水已退", by=cast.duty_officer, now=NIGHT + MINUTE)
    assert set(Assignment.objects.values_list("state", flat=True)) == {State.VERIFIED}
    with pytest.raises(Refused) as refusal:
        actions.step_danger(danger=row, verb=DangerVerb.ARRIVE, by=cast.duty_officer, now=NIGHT + MINUTE)
    assert refusal.value.code == FieldObjection.DANGER_CLOSED


def test_an_officer_of_another_subdistrict_handles_nothing_here(cast: Cast, now: datetime) -> None:
    row = reported(cast.grid_worker)
    with pytest.raises(Refused):
        actions.dispatch(danger=row, to=cast.other_worker, by=cast.other_officer, now=NIGHT)
    with pytest.raises(Refused):
        actions.close_danger(danger=row, reason="看过", by=cast.other_officer, now=NIGHT)


def test_two_reports_of_one_danger_become_one_and_both_stay_readable(cast: Cast, now: datetime) -> None:
    place = site()
    first, second = reported(cast.grid_worker, site=place), reported(cast.site_keeper, site=place)
    assert queries.perhaps_the_same(second) == [first]
    actions.merge_danger(danger=second, into=first, by=cast.duty_officer, now=NIGHT)
    assert queries.danger_counts(cast.commander.scope, NIGHT).open == 1
    assert queries.danger_lines([Danger.objects.get(pk=second.pk)], now=NIGHT)[0].state == DangerState.DUPLICATE


def test_the_same_number_is_the_same_report_and_another_body_is_refused(cast: Cast, now: datetime) -> None:
    number = uuid.uuid4()
    first = reported(cast.grid_worker, client_uuid=number)
    assert reported(cast.grid_worker, client_uuid=number) == first
    with pytest.raises(Refused) as refusal:
        reported(cast.grid_worker, client_uuid=number, place="别处")
    assert refusal.value.code == FieldObjection.DANGER_OTHER_BODY


def test_what_happened_to_a_danger_is_never_rewritten(cast: Cast, now: datetime) -> None:
    reported(cast.grid_worker)
    with pytest.raises(InternalError), transaction.atomic():
        DangerAct.objects.update(note="anders")


def test_a_note_of_the_log_becomes_one_danger_however_often_it_is_pressed(cast: Cast, now: datetime) -> None:
    entry = log.note(text="西斜街积水没膝", by=cast.duty_officer, now=NIGHT, caller_phone="13800000001")
    made = {actions.danger_from_note(entry=entry, by=cast.duty_officer, now=NIGHT).pk for _ in range(2)}
    assert len(made) == 1
    assert entry.follow_ups.get().url == reverse("command:danger", args=[entry.uuid])


def test_an_exercise_stays_out_of_lists_figures_and_maps(cast: Cast, now: datetime) -> None:
    reported(cast.grid_worker, exercise=uuid.uuid4(), site=site())
    scope = cast.commander.scope
    assert queries.danger_counts(scope, NIGHT).open == 0
    assert not queries.dangers(scope)
    assert "Point" not in queries.dangers_geojson(scope, NIGHT)
    assert not queries.open_items(scope, NIGHT)


# --- the ways in


def test_a_grid_worker_reports_with_one_thumb_and_a_photo(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    phone = signed_in(cast.grid_worker)
    number = uuid.uuid4()
    given = {"client_uuid": number, "kind": "trapped", "longitude": "113.31", "latitude": "33.74", "accuracy_m": "12"}
    answer = phone.post(reverse("field:danger"), given | {"photo": picture()})
    assert answer["Location"] == reverse("field:danger_sent", args=[number])
    row = Danger.objects.get()
    assert (row.reporter, row.area_code, row.accuracy_m) == (cast.grid_worker, GRID, 12)
    assert DangerAct.objects.get(verb=DangerVerb.REPORT).photo == Media.objects.get()
    assert phone.get(answer["Location"]).status_code == 200
    assert signed_in(cast.other_worker).get(answer["Location"]).status_code == 404


def test_a_report_without_any_place_is_sent_back_and_keeps_its_photo(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    given = {
        "client_uuid": uuid.uuid4(),
        "kind": "piping",
        "photo": picture(),
    }
    page = signed_in(cast.grid_worker).post(reverse("field:danger"), given)
    assert page.context["form"].errors["place"]
    assert page.context["form"]["kept"].value() == Media.objects.get().pk
    assert not Danger.objects.exists()


def test_a_resident_reports_without_account_and_reads_what_became_of_it(cast: Cast, now: datetime) -> None:
    given = {"client_uuid": uuid.uuid4(), "kind": "overtopping", "place": "湛河北路 12 号", "area_code": SUBDISTRICT}
    answer = Client().post(reverse("residents:danger"), given)
    row = Danger.objects.get()
    assert (row.source, row.reporter, row.area_code) == (DangerSource.RESIDENT, None, SUBDISTRICT)
    actions.acknowledge_danger(danger=row, by=cast.duty_officer, now=NIGHT)
    page = Client().get(answer["Location"])
    assert page.context["line"].state == DangerState.ACKNOWLEDGED
    assert cast.duty_officer.name not in page.content.decode()


def test_a_machine_that_floods_the_public_form_is_stopped(cast: Cast, now: datetime) -> None:
    reader = Client()
    codes = {reader.post(reverse("residents:danger"), {"kind": "nonsense"}).status_code for _ in range(25)}
    assert codes == {400, 429}


def test_the_api_stores_once_and_names_photos_still_missing(
    cast: Cast, now: datetime, api: Callable[[User], APIClient]
) -> None:
    body = {"client_uuid": str(uuid.uuid4()), "kind": "landslide", "place": "后山", "photos": ["0" * 64]}
    client = api(cast.grid_worker)
    first = client.post("/api/v1/command/dangers/", body, format="json")
    again = client.post("/api/v1/command/dangers/", body, format="json")
    other = client.post("/api/v1/command/dangers/", body | {"place": "前山"}, format="json")
    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 409]
    assert first.json()["missing_photos"] == ["0" * 64]
    assert api(cast.outsider).post("/api/v1/command/dangers/", body, format="json").status_code == 403


def test_the_desk_handles_a_danger_from_its_page(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    row = reported(cast.grid_worker)
    desk = signed_in(cast.duty_officer)
    assert desk.get(reverse("command:dangers")).context["counts"].new == 1
    desk.post(reverse("command:danger_act", args=[row.uuid, "acknowledge"]))
    desk.post(reverse("command:danger_act", args=[row.uuid, "dispatch"]), {"person": cast.grid_worker.pk})
    desk.post(reverse("command:danger_act", args=[row.uuid, "control"]), {"note": "已围堰"})
    desk.post(reverse("command:danger_act", args=[row.uuid, "close"]), {"note": "水退"})
    row.refresh_from_db()
    assert all((row.acknowledged_at, row.dispatched_at, row.controlled_at, row.closed_at))
    assert desk.get(reverse("command:danger", args=[row.uuid])).status_code == 200
    assert signed_in(cast.grid_worker).get(reverse("command:dangers")).status_code == 403
    assert desk.get(reverse("command:dangers_export")).status_code == 200


def test_officers_see_the_dangers_of_their_own_areas_only(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    row = reported(cast.other_worker, area_code=OTHER_GRID)
    assert not queries.dangers(cast.subdistrict_officer.scope)
    officer = signed_in(cast.subdistrict_officer)
    assert officer.get(reverse("command:danger", args=[row.uuid])).status_code == 404
