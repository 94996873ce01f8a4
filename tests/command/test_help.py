"""求助: one list, a named helper, and no end without having spoken."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from alerts import actions as alerts
from alerts import queries as notices
from alerts.enums import Choice, Via, VisitOutcome
from alerts.models import AudienceHousehold
from assignments import actions as duties
from assignments.enums import State
from assignments.models import Assignment
from command import actions, queries
from command.enums.dangers import FieldObjection, HelpOutcome, HelpSource, HelpState
from command.models import HelpRequest
from core.rules import Refused
from dutyroster import actions as log
from tests.alerts.situations import issued
from tests.casts import GRID, NIGHT, Cast
from tests.factories import household

MINUTE = timedelta(minutes=1)


def asked(cast: Cast, **fields: Any) -> HelpRequest:
    """An old woman telephones; the duty officer writes it down."""
    values: dict[str, Any] = {"client_uuid": uuid.uuid4(), "source": HelpSource.PHONE, "area_code": GRID, "now": NIGHT}
    given = values | {"who": "王奶奶", "phone": "13700000001", "place": "1 号楼"} | fields
    return actions.request_help(**given, by=cast.duty_officer)[0]


def cry(cast: Cast, via: Via = Via.LINK) -> AudienceHousehold:
    """A household answers a notice: we need help."""
    household()
    row = issued(cast).households.get()
    by = cast.grid_worker if via == Via.WORKER else None
    return alerts.record_answer(audience=row, choice=Choice.NEED_HELP, via=via, now=NIGHT, by=by)


def test_a_call_closes_only_after_somebody_has_spoken_with_them(cast: Cast, now: datetime) -> None:
    row = asked(cast)
    with pytest.raises(Refused) as refusal:
        actions.close_help_request(request=row, outcome="helped", by=cast.duty_officer, now=NIGHT)
    assert refusal.value.code == FieldObjection.NOT_SPOKEN
    actions.record_spoken(request=row, by=cast.duty_officer, now=NIGHT)
    done = actions.close_help_request(request=row, outcome="helped", by=cast.duty_officer, now=NIGHT + MINUTE)
    assert done.closed_by == cast.duty_officer


def test_the_database_itself_refuses_a_call_closed_unspoken(cast: Cast, now: datetime) -> None:
    row = asked(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpRequest.objects.filter(pk=row.pk).update(closed_at=NIGHT, outcome="helped")


def test_the_helper_is_named_owes_it_and_his_report_is_having_spoken(cast: Cast, now: datetime) -> None:
    row = actions.name_helper(request=asked(cast), helper=cast.grid_worker, by=cast.duty_officer, now=NIGHT)
    assert row.assignment is not None
    assert queries.help_counts(cast.commander.scope, NIGHT).without_helper == 0
    duties.report(assignment=row.assignment, by=cast.grid_worker, now=NIGHT + 9 * MINUTE)
    row.refresh_from_db()
    assert (row.spoken_at, row.spoken_by) == (NIGHT + 9 * MINUTE, cast.grid_worker)
    assert row.closed_at is None


def test_desk_and_helper_lock_the_duty_before_the_call_so_that_neither_waits_for_the_other(
    cast: Cast, now: datetime
) -> None:
    row = actions.name_helper(request=asked(cast), helper=cast.grid_worker, by=cast.duty_officer, now=now)
    assert row.assignment
    order = []
    for press in (
        lambda: duties.acknowledge(assignment=row.assignment, by=cast.grid_worker, now=now),
        lambda: actions.record_spoken(request=row, by=cast.duty_officer, now=now),
        lambda: actions.name_helper(request=row, helper=cast.duty_officer, by=cast.duty_officer, now=now),
    ):
        with CaptureQueriesContext(connection) as run:
            press()
        locks = [query["sql"] for query in run if "FOR UPDATE" in query["sql"] or "FOR NO KEY UPDATE" in query["sql"]]
        order.append('FROM "assignments_assignment"' in locks[0])
    assert order == [True] * 3


def test_a_helper_who_cannot_leaves_the_call_without_helper_again(cast: Cast, now: datetime) -> None:
    row = actions.name_helper(request=asked(cast), helper=cast.grid_worker, by=cast.duty_officer, now=NIGHT)
    assert row.assignment is not None
    duties.decline(assignment=row.assignment, by=cast.grid_worker, now=NIGHT, note="路被淹")
    counts = queries.help_counts(cast.commander.scope, NIGHT)
    assert (counts.open, counts.without_helper) == (1, 1)
    line = queries.help_lines(queries.help_requests(cast.commander.scope), now=NIGHT)[0]
    assert (line.state, line.helper) == (HelpState.ALONE, "")
    again = actions.name_helper(request=row, helper=cast.other_worker, by=cast.duty_officer, now=NIGHT)
    assert again.assignment is not None
    assert again.assignment.assignee == cast.other_worker


def test_a_household_that_answers_stands_on_the_list_once_and_both_pages_agree(cast: Cast, now: datetime) -> None:
    row = cry(cast)
    alerts.record_answer(audience=row, choice=Choice.NEED_HELP, via=Via.SMS, now=NIGHT)
    request = HelpRequest.objects.get()
    assert (request.source, request.audience, request.area_code) == (HelpSource.ANSWER, row, GRID)
    scope = cast.commander.scope
    assert queries.help_counts(scope, NIGHT).open == len(notices.calls_for_help(row.notice, scope)) == 1
    actions.record_spoken(request=request, by=cast.duty_officer, now=NIGHT)
    actions.close_help_request(request=request, outcome="moved", by=cast.duty_officer, now=NIGHT, note="已到安置点")
    assert queries.help_counts(scope, NIGHT).open == len(notices.calls_for_help(row.notice, scope)) == 0
    row.refresh_from_db()
    assert row.help_closed_at == NIGHT


def test_closing_it_under_the_notice_closes_it_here(cast: Cast, now: datetime) -> None:
    row = cry(cast)
    alerts.close_help(audience=row, note="网格员已背下楼", by=cast.subdistrict_officer, now=NIGHT + MINUTE)
    request = HelpRequest.objects.get()
    assert (request.closed_by, request.spoken_by) == (cast.subdistrict_officer, cast.subdistrict_officer)
    assert (request.outcome, request.outcome_note) == (HelpOutcome.HELPED, "网格员已背下楼")


def test_a_second_cry_after_the_first_was_closed_is_a_new_call(cast: Cast, now: datetime) -> None:
    row = cry(cast)
    alerts.close_help(audience=row, note="已帮", by=cast.subdistrict_officer, now=NIGHT)
    row.refresh_from_db()
    alerts.record_answer(audience=row, choice=Choice.NEED_HELP, via=Via.LINK, now=NIGHT + MINUTE)
    assert HelpRequest.objects.count() == 2
    assert queries.help_counts(cast.commander.scope, NIGHT).open == 1


def test_a_worker_at_the_door_has_spoken_with_them(cast: Cast, now: datetime) -> None:
    household()
    row = issued(cast).households.get()
    alerts.record_visit(
        client_uuid=uuid.uuid4(), audience=row, outcome=VisitOutcome.NEED_HELP, by=cast.grid_worker, now=NIGHT
    )
    request = HelpRequest.objects.get()
    assert (request.source, request.spoken_by) == (HelpSource.DOOR, cast.grid_worker)


def test_help_asked_in_an_exercise_is_on_no_list(cast: Cast, now: datetime) -> None:
    asked(cast, exercise=uuid.uuid4())
    assert queries.help_counts(cast.commander.scope, NIGHT).open == 0
    assert not queries.open_items(cast.commander.scope, NIGHT)


def test_a_noted_call_is_handed_on_with_two_presses(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    entry = log.note(
        text="老人被困一楼",
        by=cast.duty_officer,
        now=NIGHT,
        caller_name="李大爷",
        caller_phone="13700000002",
        place="3 号楼",
    )
    desk = signed_in(cast.duty_officer)
    page = desk.post(reverse("command:help_from_note", args=[entry.uuid]))
    desk.post(reverse("command:help_from_note", args=[entry.uuid]))
    row = HelpRequest.objects.get()
    assert page["Location"] == reverse("command:help_request", args=[row.uuid])
    desk.post(reverse("command:help_act", args=[row.uuid, "helper"]), {"person": cast.grid_worker.pk})
    row.refresh_from_db()
    assert row.assignment is not None
    assert (row.assignment.assignee, row.phone, row.log_entry) == (cast.grid_worker, "13700000002", entry)
    assert entry.follow_ups.count() == 1
    assert desk.get(page["Location"]).status_code == 200
    assert desk.get(reverse("command:help")).context["counts"].without_helper == 0


def test_the_helper_reads_the_call_and_nobody_else_of_his_role_does(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    row = actions.name_helper(request=asked(cast), helper=cast.grid_worker, by=cast.duty_officer, now=NIGHT)
    address = reverse("command:help_request", args=[row.uuid])
    assert signed_in(cast.grid_worker).get(address).status_code == 200
    assert signed_in(cast.other_worker).get(address).status_code == 404
    signed_in(cast.grid_worker).post(reverse("command:help_act", args=[row.uuid, "close"]), {"outcome": "helped"})
    row.refresh_from_db()
    assert row.closed_at is None
    assert Assignment.objects.get().state == State.ASSIGNED


def test_the_api_takes_a_call_and_refuses_another_area(
    cast: Cast, now: datetime, api: Callable[[User], APIClient]
) -> None:
    body = {"client_uuid": str(uuid.uuid4()), "who": "张三", "area_code": GRID}
    assert api(cast.subdistrict_officer).post("/api/v1/command/help/", body, format="json").status_code == 201
    assert api(cast.subdistrict_officer).post("/api/v1/command/help/", body, format="json").status_code == 200
    other = body | {"client_uuid": str(uuid.uuid4())}
    assert api(cast.other_officer).post("/api/v1/command/help/", other, format="json").status_code == 400
    listed = api(cast.subdistrict_officer).get("/api/v1/command/help/").json()["results"]
    assert [row["who"] for row in listed] == ["张三"]
