"""Waiting, knocking, visiting, answering."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts import actions, queries
from alerts.enums import Choice, Reach, Via, VisitOutcome
from alerts.models import Answer, AudienceHousehold, DoorKnock, Notice, Visit
from assignments.enums import State as Duty
from assignments.models import Assignment, AssignmentEvent
from core.rules import Refused
from messaging.enums import State
from messaging.models import Broadcast, Delivery, Reply
from messaging.signals import replies_stored
from territory.rules import scope_of
from tests.alerts.situations import household_of, issued, message_became
from tests.casts import DISTRICT, GRIDS, NIGHT, OTHER_GRIDS, Cast
from tests.factories import household, household_without_phone, must_reach_household

LATER = NIGHT + timedelta(minutes=11)
EVERYWHERE = scope_of(DISTRICT)


def state_of(audience: AudienceHousehold) -> Reach:
    return queries.line(audience, Notice.objects.get(pk=audience.notice_id)).reach


def test_after_the_wait_each_grid_with_somebody_unreached_gets_one_duty(cast: Cast) -> None:
    silent, had, elder = household(), household(area_code=GRIDS[1]), must_reach_household(area_code=OTHER_GRIDS[0])
    household_without_phone()
    row = issued(cast)
    for home in (had, elder):
        message_became(row, home, State.DELIVERED)
    assert actions.close_waiting(now=NIGHT + timedelta(minutes=9)) == 0
    assert actions.close_waiting(now=LATER) == 2
    knocks = {knock.area_code: knock.assignment for knock in queries.knocks(row)}
    assert set(knocks) == {GRIDS[0], OTHER_GRIDS[0]}
    assert knocks[GRIDS[0]].assignee == cast.grid_worker
    assert knocks[OTHER_GRIDS[0]].assignee == cast.other_worker
    assert household_of(row, silent).unreached_at == LATER
    assert household_of(row, had).unreached_at is None
    assert queries.coverage(row, EVERYWHERE).accounted


def test_closing_the_wait_again_changes_nothing(cast: Cast) -> None:
    household()
    row = issued(cast)
    assert actions.close_waiting(now=LATER) == 1
    told = Broadcast.objects.count()
    assert actions.close_waiting(now=LATER + timedelta(minutes=5)) == 0
    Notice.objects.filter(pk=row.pk).update(waited_at=None)
    assert actions.close_waiting(now=LATER + timedelta(minutes=6)) == 0
    assert DoorKnock.objects.count() == Assignment.objects.count() == 1
    assert Broadcast.objects.count() == told


def test_a_grid_without_anybody_responsible_comes_back_to_whoever_asked(cast: Cast) -> None:
    household_without_phone()
    row = issued(cast)
    cast.grid_worker.roles_held.all().delete()
    cast.subdistrict_officer.roles_held.all().delete()
    actions.close_waiting(now=LATER)
    assert queries.knocks(row).get().assignment.assignee == cast.duty_officer


def test_an_officer_sends_at_once_and_only_into_his_own_areas(cast: Cast) -> None:
    household()
    household(area_code=OTHER_GRIDS[0])
    row = issued(cast)
    assert actions.send_knocks(notice=row, by=cast.subdistrict_officer, now=NIGHT) == 1
    assert queries.knocks(row).get().area_code == GRIDS[0]
    assert actions.close_waiting(now=LATER) == 1
    with pytest.raises(Refused):
        actions.send_knocks(notice=row, by=cast.grid_worker, now=NIGHT)


def test_a_withdrawn_notice_sends_nobody(cast: Cast) -> None:
    household()
    row = issued(cast)
    actions.withdraw(notice=row, reason="误发", by=cast.commander, now=NIGHT)
    assert actions.close_waiting(now=LATER) == 0


def test_withdrawing_ends_the_knocks(cast: Cast) -> None:
    household()
    row = issued(cast)
    actions.close_waiting(now=LATER)
    actions.withdraw(notice=row, reason="误发", by=cast.commander, now=LATER)
    assert Assignment.objects.get().state == Duty.CANCELLED


def test_withdrawing_asks_as_often_for_many_knocks_as_for_one(cast: Cast) -> None:
    counts = []
    for grids in (GRIDS[:1], (*GRIDS, *OTHER_GRIDS)):
        for grid in grids:
            household(area_code=grid)
        row = issued(cast)
        actions.close_waiting(now=LATER)
        with CaptureQueriesContext(connection) as asked:
            actions.withdraw(notice=row, reason="误发", by=cast.commander, now=LATER)
        counts.append(len(asked))
    assert counts[1] == counts[0]
    assert list(Assignment.objects.values_list("state", flat=True)) == [Duty.CANCELLED] * (
        1 + len(GRIDS) + len(OTHER_GRIDS)
    )
    assert set(AssignmentEvent.objects.filter(verb="cancel").values_list("note", flat=True)) == {"误发"}


def test_the_worker_walks_by_stairway_and_the_last_door_reports_his_duty(cast: Cast) -> None:
    upper = household(building="2 号楼", unit="1", floor=5, room="501", phone=None)
    lower = household(building="2 号楼", unit="1", floor=1, room="101", phone=None)
    elder = must_reach_household()
    row = issued(cast)
    actions.close_waiting(now=LATER)
    duty = queries.knocks(row).get().assignment
    assert [door.audience.household_id for door in queries.doors(duty)] == [elder.pk, lower.pk, upper.pk]
    for home, outcome in (
        (elder, VisitOutcome.TOLD),
        (lower, VisitOutcome.NOBODY),
        (upper, VisitOutcome.REFUSED),
    ):
        duty.refresh_from_db()
        assert duty.state == Duty.ASSIGNED
        actions.record_visit(
            client_uuid=uuid.uuid4(),
            audience=household_of(row, home),
            outcome=outcome,
            by=cast.grid_worker,
            now=LATER,
        )
    duty.refresh_from_db()
    assert duty.state == Duty.VERIFIED
    assert state_of(household_of(row, elder)) == Reach.VISITED
    assert state_of(household_of(row, lower)) == Reach.UNREACHED


def test_the_same_visit_sent_twice_is_one_visit(cast: Cast) -> None:
    home, other = household(), household()
    row = issued(cast)
    client = uuid.uuid4()
    for _ in range(2):
        actions.record_visit(
            client_uuid=client,
            audience=household_of(row, home),
            outcome=VisitOutcome.TOLD,
            by=cast.grid_worker,
            now=LATER,
        )
    assert Visit.objects.count() == 1
    for audience, outcome in ((household_of(row, other), VisitOutcome.TOLD), (household_of(row, home), "nobody")):
        with pytest.raises(Refused) as error:
            actions.record_visit(
                client_uuid=client, audience=audience, outcome=VisitOutcome(outcome), by=cast.grid_worker, now=LATER
            )
        assert error.value.code == "conflict.visit"


def test_nobody_visits_doors_of_others_or_in_the_future(cast: Cast) -> None:
    home = household()
    row = issued(cast)
    audience = household_of(row, home)
    for by, at in ((cast.other_worker, NIGHT), (cast.outsider, NIGHT), (cast.grid_worker, LATER)):
        with pytest.raises(Refused):
            actions.record_visit(
                client_uuid=uuid.uuid4(),
                audience=audience,
                outcome=VisitOutcome.TOLD,
                by=by,
                now=NIGHT,
                occurred_at=at,
            )
    assert not Visit.objects.exists()


def replied(row: Notice, audience: AudienceHousehold, text: str, minutes: int = 0) -> None:
    """What messaging does when a telephone answers."""
    delivery = Delivery.objects.get(broadcast=row.broadcast, contact_point=audience.contact_point)
    at = NIGHT + timedelta(minutes=minutes)
    reply = Reply.objects.create(sender="+8615000000000", text=text, at=at, received_at=at, delivery=delivery)
    replies_stored.send(sender=Reply, replies=[reply])


def test_a_cry_for_help_by_sms_is_on_top_and_stays_until_a_person_closes_it(cast: Cast) -> None:
    home = household()
    row = issued(cast)
    audience = household_of(row, home)
    replied(row, audience, "３")
    replied(row, audience, "1", minutes=1)
    assert state_of(audience) == Reach.NEED_HELP
    assert [line.audience.pk for line in queries.calls_for_help(row, EVERYWHERE)] == [audience.pk]
    assert Answer.objects.count() == 2
    with pytest.raises(Refused):
        actions.close_help(audience=audience, note="", by=cast.subdistrict_officer, now=LATER)
    with pytest.raises(Refused):
        actions.close_help(audience=audience, note="已送到安置点", by=cast.other_officer, now=LATER)
    actions.close_help(audience=audience, note="已送到安置点", by=cast.subdistrict_officer, now=LATER)
    assert state_of(audience) == Reach.ANSWERED
    replied(row, audience, "3", minutes=20)
    assert state_of(audience) == Reach.NEED_HELP


def test_a_shared_telephone_answers_for_both_its_households(cast: Cast) -> None:
    homes = [household(phone="+8615100000001"), household(phone="+8615100000001")]
    row = issued(cast)
    replied(row, household_of(row, homes[0]), "1")
    assert [state_of(household_of(row, home)) for home in homes] == [Reach.ANSWERED] * 2


def test_thanks_is_no_answer(cast: Cast) -> None:
    home = household()
    row = issued(cast)
    replied(row, household_of(row, home), "谢谢")
    assert not Answer.objects.exists()


def test_need_help_at_the_door_counts_as_spoken_to_and_is_never_hidden(cast: Cast) -> None:
    elder = must_reach_household()
    row = issued(cast)
    audience = household_of(row, elder)
    actions.record_visit(
        client_uuid=uuid.uuid4(), audience=audience, outcome=VisitOutcome.NEED_HELP, by=cast.grid_worker, now=LATER
    )
    actions.record_answer(audience=audience, choice=Choice.SAFE, via=Via.LINK, now=LATER)
    found = queries.coverage(row, EVERYWHERE)
    assert found.total.count(Reach.NEED_HELP) == 1
    assert found.total.must_spoken == 1
