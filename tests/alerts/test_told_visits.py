"""代录: what a worker without his phone found at a door, told by telephone and written down by an officer."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import RoleHeld, User
from alerts import actions, queries
from alerts.enums import Objection, Reach, VisitOutcome
from alerts.models import Answer, AudienceHousehold, DoorKnock, Notice, Visit
from alerts.queries.worklog import work_done
from assignments import actions as duties
from assignments.enums import State
from assignments.models import Assignment
from command import queries as command
from command.models import HelpRequest
from core.rules import Refused
from tests.alerts.situations import household_of, issued
from tests.casts import COMMUNITY, GRIDS, NIGHT, Cast, make_person
from tests.factories import household, must_reach_household

SignedIn = Callable[[User], Client]
MINUTE = timedelta(minutes=1)
SOON, LATER = NIGHT + 5 * MINUTE, NIGHT + 11 * MINUTE


def told(cast: Cast, audience: AudienceHousehold, **given: Any) -> Visit:
    """The worker rings at 23:11: six minutes ago somebody was told at this door."""
    values: dict[str, Any] = {"client_uuid": uuid.uuid4(), "outcome": VisitOutcome.TOLD, "visitor": cast.grid_worker}
    values |= {"by": cast.subdistrict_officer, "now": LATER, "occurred_at": SOON}
    return actions.record_visit_for(**{**values, "audience": audience, **given})


def knocked(cast: Cast, **where: str) -> AudienceHousehold:
    """A must-reach household to which somebody was sent."""
    home = must_reach_household(**where)
    row = issued(cast)
    actions.send_knocks(notice=row, by=cast.duty_officer, now=NIGHT)
    return household_of(row, home)


def words_of(cast: Cast, audience: AudienceHousehold) -> str:
    """What the household's page says beside the worker's visit."""
    [event] = [each for each in queries.household_events(audience) if each.by == cast.grid_worker.name]
    return event.words


def refusal_of(cast: Cast, audience: AudienceHousehold, **given: Any) -> str:
    with pytest.raises(Refused) as caught:
        told(cast, audience, **given)
    return caught.value.code


def test_it_counts_as_the_visit_of_whoever_was_there_and_says_who_told_and_who_wrote_it_down(cast: Cast) -> None:
    audience = knocked(cast)
    visit = told(cast, audience, note=" 老人已到邻居家 ")
    assert (visit.by, visit.by_name, visit.recorded_by) == (
        cast.grid_worker,
        cast.grid_worker.name,
        cast.subdistrict_officer,
    )
    assert (visit.occurred_at, visit.recorded_at, visit.told_by) == (SOON, LATER, cast.grid_worker.name)
    audience.refresh_from_db()
    assert audience.visited_at == SOON
    assert queries.line(audience, Notice.objects.get()).reach == Reach.VISITED
    duty = Assignment.objects.get()
    assert duty.state == State.VERIFIED
    report = duty.events.get(verb="report")
    assert (report.by, report.on_behalf_of) == (cast.subdistrict_officer, cast.grid_worker.name)
    everybody = [cast.grid_worker.pk, cast.subdistrict_officer.pk]
    assert [done.person_id for done in work_done(everybody, NIGHT, LATER)] == [cast.grid_worker.pk]
    words = words_of(cast, audience)
    assert "老人已到邻居家" in words
    assert "东安路网格员来电告知，东安路防汛专干 07-19 23:11 代录" in words


def test_somebody_else_may_have_rung(cast: Cast) -> None:
    audience = knocked(cast)
    assert told(cast, audience, told_by=" 楼长李婶 ").told_by == "楼长李婶"
    assert "楼长李婶来电告知" in words_of(cast, audience)


def test_a_visit_of_ones_own_names_nobody_else(cast: Cast) -> None:
    audience = knocked(cast)
    actions.record_visit(
        client_uuid=uuid.uuid4(), audience=audience, outcome=VisitOutcome.TOLD, by=cast.grid_worker, now=LATER
    )
    visit = Visit.objects.get()
    assert (visit.recorded_by, visit.told_by) == (None, "")
    assert Assignment.objects.get().events.get(verb="report").on_behalf_of == ""
    assert "来电告知" not in words_of(cast, audience)


def test_only_whoever_records_for_others_there_and_never_for_himself(cast: Cast) -> None:
    audience = knocked(cast)
    for by in (cast.other_officer, cast.other_worker, cast.outsider):
        assert refusal_of(cast, audience, by=by) == Objection.NOT_MY_DOOR
    assert refusal_of(cast, audience, visitor=cast.subdistrict_officer) == Objection.NO_VISITOR
    # Whoever could have been there, but was never sent and does not hold the grid.
    for visitor in (cast.other_worker, cast.outsider):
        assert refusal_of(cast, audience, visitor=visitor) == Objection.NO_VISITOR
    assert not Visit.objects.exists()


def test_not_in_the_future_and_not_before_the_notice_went_out(cast: Cast) -> None:
    audience = knocked(cast)
    Notice.objects.update(issued_at=NIGHT + timedelta(seconds=40))
    audience.notice.refresh_from_db()
    assert refusal_of(cast, audience, occurred_at=LATER + MINUTE) == Objection.IN_FUTURE
    assert refusal_of(cast, audience, occurred_at=NIGHT - MINUTE) == Objection.BEFORE_NOTICE
    assert told(cast, audience, occurred_at=NIGHT).occurred_at == NIGHT


def test_a_neighbour_who_was_sent_counts_also_after_the_list_was_handed_on_from_him(cast: Cast) -> None:
    audience = knocked(cast, area_code=GRIDS[1])
    duty = Assignment.objects.get()
    duties.hand_over(assignment=duty, to=cast.other_worker, by=cast.duty_officer, now=NIGHT + MINUTE)
    assert refusal_of(cast, audience, visitor=cast.outsider) == Objection.NO_VISITOR
    duties.hand_over(assignment=duty, to=cast.grid_worker, by=cast.duty_officer, now=NIGHT + 8 * MINUTE)
    found = queries.visitors(audience, but=cast.subdistrict_officer, now=LATER)
    assert {person.pk for person in found.sent} == {cast.grid_worker.pk, cast.other_worker.pk}
    assert found.likely is None
    assert told(cast, audience, visitor=cast.other_worker).by == cast.other_worker
    assert refusal_of(cast, audience, visitor=cast.other_worker, occurred_at=NIGHT) == Objection.NO_VISITOR


def test_the_only_one_who_was_sent_is_likely_and_the_grids_other_workers_stand_below_him(cast: Cast) -> None:
    second = make_person("second", name="第二网格员", phone="+8613900000091", role=Role.GRID_WORKER, area_code=GRIDS[0])
    over = make_person("over", name="社区网格员", phone="+8613900000092", role=Role.GRID_WORKER, area_code=COMMUNITY)
    audience = knocked(cast)
    found = queries.visitors(audience, but=cast.subdistrict_officer, now=LATER)
    assert (found.likely, found.people) == (cast.grid_worker, [cast.grid_worker, second, over])
    own = queries.visitors(audience, but=cast.grid_worker, now=LATER)
    assert (own.likely, own.people) == (None, [second, over])
    DoorKnock.objects.all().delete()
    assert queries.visitors(audience, but=cast.subdistrict_officer, now=LATER).likely is None


def test_the_same_form_twice_is_one_visit_and_a_mended_one_is_not_passed_off_as_stored(cast: Cast) -> None:
    second = make_person("second", name="第二网格员", phone="+8613900000091", role=Role.GRID_WORKER, area_code=GRIDS[0])
    audience, number = knocked(cast), uuid.uuid4()
    first = told(cast, audience, client_uuid=number)
    assert told(cast, audience, client_uuid=number, now=LATER + MINUTE) == first
    changes: list[dict[str, Any]] = [
        {"visitor": second},
        {"occurred_at": SOON + MINUTE},
        {"note": "没有开门"},
        {"told_by": "楼长李婶"},
        {"outcome": VisitOutcome.NOBODY},
    ]
    for change in changes:
        assert refusal_of(cast, audience, client_uuid=number, **change) == Objection.VISIT_DIFFERS
    with pytest.raises(Refused) as caught:
        actions.record_visit(
            client_uuid=number, audience=audience, outcome=VisitOutcome.TOLD, by=cast.grid_worker, now=LATER
        )
    assert caught.value.code == Objection.VISIT_DIFFERS
    assert Visit.objects.get() == first


def test_who_asked_for_help_was_spoken_with_by_the_worker_and_written_down_by_the_officer(cast: Cast) -> None:
    audience = knocked(cast)
    told(cast, audience, outcome=VisitOutcome.NEED_HELP, note="要担架")
    call, answer = HelpRequest.objects.get(), Answer.objects.get()
    assert (call.spoken_by, call.spoken_at, call.recorded_by) == (cast.grid_worker, SOON, cast.subdistrict_officer)
    assert (call.need, call.received_at) == ("要担架", SOON)
    assert (answer.by, answer.at, answer.recorded_at) == (cast.subdistrict_officer, SOON, LATER)


def test_a_rehearsal_stays_one(cast: Cast, now: datetime) -> None:
    audience = knocked(cast)
    run = uuid.uuid4()
    Notice.objects.update(exercise=run)
    audience.notice.refresh_from_db()
    told(cast, audience, outcome=VisitOutcome.NEED_HELP)
    assert HelpRequest.objects.get().exercise == run
    assert command.help_counts(cast.commander.scope, NIGHT).open == 0
    assert not work_done([cast.grid_worker.pk, cast.subdistrict_officer.pk], NIGHT, LATER)


def test_the_database_itself_knows_no_visit_told_by_nobody_or_recorded_for_oneself(cast: Cast) -> None:
    audience = knocked(cast)
    officer, worker = cast.subdistrict_officer, cast.grid_worker
    wrong: list[dict[str, Any]] = [
        {"by": worker, "recorded_by": officer, "told_by": ""},
        {"by": worker, "recorded_by": None, "told_by": "楼长李婶"},
        {"by": worker, "recorded_by": worker, "told_by": "楼长李婶"},
        {"by": None, "recorded_by": officer, "told_by": "楼长李婶"},
    ]
    for each in wrong:
        with pytest.raises(IntegrityError, match="visit_recorded_for_another"), transaction.atomic():
            Visit.objects.create(
                client_uuid=uuid.uuid4(),
                audience=audience,
                outcome=VisitOutcome.TOLD,
                by_name="东安路网格员",
                occurred_at=SOON,
                recorded_at=LATER,
                **each,
            )


def page_of(audience: AudienceHousehold) -> str:
    return reverse("alerts:record_visit", args=[audience.notice.uuid, audience.pk])


def form_of(page: Any, **typed: object) -> dict[str, object]:
    """The form as it stands on the page, filled in further."""
    form = page.context["form"]
    stood: dict[str, Any] = {name: form[name].value() or "" for name in form.fields}
    stood["occurred_at"] = stood["occurred_at"].strftime("%Y-%m-%dT%H:%M")
    return {**stood, **typed}


def test_two_taps_where_one_was_sent_and_back_to_the_doors(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    audience = knocked(cast)
    desk, duty = signed_in(cast.subdistrict_officer), Assignment.objects.get()
    doors = reverse("alerts:knock", args=[duty.uuid])
    address = f"{page_of(audience)}?doors={duty.uuid}"
    assert address in desk.get(doors).content.decode()
    assert page_of(audience) not in signed_in(cast.grid_worker).get(doors).content.decode()
    page = desk.get(address)
    form = form_of(page, outcome="told")
    assert (form["visitor"], form["occurred_at"]) == (cast.grid_worker.pk, "2026-07-19T23:00")
    for _each in range(2):
        assert desk.post(address, form)["Location"] == doors
    visit = Visit.objects.get()
    assert (visit.by, visit.recorded_by, visit.occurred_at) == (cast.grid_worker, cast.subdistrict_officer, NIGHT)
    household_page = reverse("alerts:household", args=[audience.notice.uuid, audience.pk])
    assert page_of(audience) in desk.get(household_page).content.decode()
    again = form_of(desk.get(page_of(audience)), outcome="nobody")
    assert desk.post(page_of(audience), again)["Location"] == household_page


def test_what_is_refused_stands_beside_its_field_and_nothing_is_stored(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    audience = knocked(cast)
    desk = signed_in(cast.subdistrict_officer)
    form = form_of(desk.get(page_of(audience)), outcome="told")
    wrong: dict[str, object] = {
        "occurred_at": "2026-07-19T23:01",
        "visitor": cast.other_worker.pk,
        "outcome": "",
    }
    for name, value in wrong.items():
        answer = desk.post(page_of(audience), {**form, name: value})
        assert (answer.status_code, list(answer.context["form"].errors)) == (400, [name])
    assert not Visit.objects.exists()


def test_the_form_opens_for_those_who_record_for_others_there(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    audience = knocked(cast)
    for person, status in (
        (cast.duty_officer, 200),
        (cast.other_officer, 404),
        (cast.grid_worker, 403),
        (cast.auditor, 403),
    ):
        assert signed_in(person).get(page_of(audience)).status_code == status


def test_where_nobody_else_could_have_been_there_the_page_says_so(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    home = household()
    row = issued(cast)
    RoleHeld.objects.filter(user=cast.grid_worker).delete()
    page = signed_in(cast.subdistrict_officer).get(page_of(household_of(row, home)))
    assert page.status_code == 200
    assert 'type="radio"' not in page.content.decode()
    assert "本网格没有派出别人" in page.content.decode()
