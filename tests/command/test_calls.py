"""Call-outs: who is called, who answers, who is called instead."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import PersonContact, User
from assignments import actions as duties
from assignments.enums import Means, State, Verb
from assignments.models import Assignment, AssignmentEvent
from command import actions, queries, rules
from command.enums import CallState, CallTier
from command.models import CallOut, CallTarget, CallTerm
from core import clock
from core.rules import SYSTEM
from messaging import actions as messages
from messaging.enums import Channel, Lane
from messaging.enums import State as Sent
from messaging.models import Delivery, GatewayAccount
from territory.rules import scope_of
from tests import casts
from tests.casts import DISTRICT, SUBDISTRICT, Cast
from tests.command import situations

pytestmark = pytest.mark.django_db
EVERYWHERE = scope_of(DISTRICT)


@pytest.fixture(autouse=True)
def nobody_on_duty(settings: Any) -> None:
    """The test's own roster."""
    situations.ON_DUTY.clear()
    settings.RESOLVERS = settings.RESOLVERS | {"ON_DUTY": "tests.command.situations.who_is_on_duty"}


def called(cast: Cast, now: datetime) -> CallOut:
    return actions.call_out(area_code=DISTRICT, text="红色预警，立即上岗", by=cast.duty_officer, now=now)


def target_of(person: User) -> CallTarget:
    return CallTarget.objects.get(assignment__assignee=person)


def seen(call_out: CallOut, now: datetime) -> queries.CallOutView:
    found = queries.call_out(EVERYWHERE, call_out.uuid, now=now)
    assert found is not None
    return found


def test_everybody_is_called_once_and_nobody_twice_for_a_second_press(cast: Cast, now: datetime) -> None:
    situations.ON_DUTY.extend([cast.leader, cast.storekeeper, cast.duty_officer])
    first = called(cast, now)
    assert called(cast, now + timedelta(seconds=20)).pk == first.pk
    people = [target.assignment.assignee for target in first.targets.select_related("assignment__assignee")]
    assert people == [cast.commander, cast.leader, cast.storekeeper, cast.subdistrict_officer, cast.other_officer]
    assert Delivery.objects.count() == 5


def test_an_answer_by_link_is_all_that_is_asked(cast: Cast, now: datetime) -> None:
    call_out = called(cast, now)
    duty = Assignment.objects.get(assignee=cast.leader)
    duties.answer_by_link(assignment=duty, verb=Verb.ACKNOWLEDGE, now=now + timedelta(minutes=1))
    duty.refresh_from_db()
    assert duty.state == State.VERIFIED
    view = seen(call_out, now + timedelta(minutes=1))
    assert (view.answered, view.total) == (1, 4)
    assert not target_of(cast.leader).by_hand


def test_the_silent_one_stands_on_top_with_his_deputy(cast: Cast, now: datetime) -> None:
    deputy = casts.make_person(
        "deputy", name="分管领导", phone="+8613900000098", role=Role.SUBDISTRICT_OFFICER, area_code=SUBDISTRICT
    )
    call_out = called(cast, now)
    for person in (cast.commander, cast.leader, cast.other_officer):
        duties.acknowledge(assignment=target_of(person).assignment, by=person, now=now)
    later = now + timedelta(minutes=6)
    top = seen(call_out, later).calls[0]
    assert (top.state, top.deputy) == (CallState.SILENT, deputy)

    actions.call_deputy(target=top.target, by=cast.duty_officer, now=later)

    top = seen(call_out, later).calls[0]
    assert (top.state, top.target.assignment.assignee) == (CallState.PASSED_ON, deputy)
    assert top.target.passed_from == "东安路防汛专干"
    duties.acknowledge(assignment=top.target.assignment, by=deputy, now=later)
    assert queries.open_call_outs(EVERYWHERE, now=later) == []


def test_while_telephones_ring_no_page_says_that_nobody_is_silent(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    called(cast, now)
    duties.acknowledge(assignment=target_of(cast.leader).assignment, by=cast.leader, now=now)
    for minutes, calling, silent in ((0, 3, 0), (6, 0, 3)):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            client = signed_in(cast.duty_officer)
            (view,) = client.get(reverse("command:calls")).context["views"]
            assert (view.answered, len(view.calling), len(view.silent)) == (1, calling, silent)
            home = client.get(reverse("command:home")).content.decode()
            assert f"正在呼叫 {calling}，未应答 {silent}" in home
            desk = client.get(reverse("board:desk")).content.decode()
            assert ("正在呼叫 3 人" in desk, "叫应无人应答 3 人" in desk) == (bool(calling), bool(silent))
            assert "没有未应答的人" not in desk


def test_who_was_telephoned_is_recorded_for_him_with_the_recorders_name(cast: Cast, now: datetime) -> None:
    call_out = called(cast, now)
    target = target_of(cast.other_officer)
    actions.reached_by_hand(target=target, by=cast.duty_officer, now=now + timedelta(minutes=7), note="已在路上")
    line = next(call for call in seen(call_out, now + timedelta(minutes=7)).calls if call.target.pk == target.pk)
    assert line.state == CallState.BY_HAND
    event = AssignmentEvent.objects.get(assignment=target.assignment, verb=Verb.ACKNOWLEDGE)
    assert (event.means, event.by, event.on_behalf_of) == (Means.PHONE_CALL, cast.duty_officer, "优越路防汛专干")
    with situations.refused("call_answered"):
        actions.reached_by_hand(target=target, by=cast.duty_officer, now=now + timedelta(minutes=8))


def test_who_declines_has_not_answered(cast: Cast, now: datetime) -> None:
    call_out = called(cast, now)
    duty = target_of(cast.leader).assignment
    duties.decline(assignment=duty, by=cast.leader, now=now, note="在外地")
    assert seen(call_out, now).answered == 0
    view = seen(call_out, now)
    assert cast.leader.pk in [call.target.assignment.assignee_id for call in view.waiting]
    assert cast.leader.pk in [call.target.assignment.assignee_id for call in view.silent]
    assert cast.leader.pk not in [call.target.assignment.assignee_id for call in view.calling], "nobody rings him"


def test_closing_calls_nobody_any_more(cast: Cast, now: datetime) -> None:
    call_out = called(cast, now)
    actions.close_call_out(call_out=call_out, by=cast.duty_officer, now=now)
    assert set(Assignment.objects.values_list("state", flat=True)) == {State.CANCELLED}
    with situations.refused("call_closed"):
        actions.call_deputy(target=target_of(cast.leader), by=cast.duty_officer, now=now)


def test_raising_calls_out_on_request(cast: Cast, now: datetime) -> None:
    response = actions.start(area_code=DISTRICT, level=2, basis="橙色预警", by=cast.commander, now=now, calls_out=True)
    assert response.call_outs.get().targets.count() == 3


def test_before_the_button_is_pressed_the_form_says_how_long_ringing_takes(
    cast: Cast, signed_in: Callable[[User], Client], settings: Any
) -> None:
    page = signed_in(cast.duty_officer).get("/command/calls/new/").content.decode()
    assert "没有可用的语音账户" in page
    settings.GATEWAY_SECRETS = {"CALLS_GATEWAY_SECRET": "s"}
    GatewayAccount.objects.create(
        name="calls", channel="voice", url="http://127.0.0.1:9", secret_name="CALLS_GATEWAY_SECRET", lines=2
    )
    leader = PersonContact.objects.get(user=cast.leader).contact_point
    for _call in range(5):
        broadcast = messages.send(
            lane=Lane.ALARM, channel=Channel.VOICE, text="叫应", recipients=[messages.Recipient(leader.pk, DISTRICT)],
            area_code=DISTRICT, by=SYSTEM, now=clock.now(),
        )  # fmt: skip
        broadcast.deliveries.update(state=40, accepted_at=clock.now() - timedelta(minutes=20))
    PersonContact.objects.filter(user=cast.other_officer).delete()
    page = signed_in(cast.duty_officer).get("/command/calls/new/").content.decode()
    assert "3 人 × 40 秒 ÷ 2 路 = 1 分钟" in page
    assert "请人工拨打：带班领导" in page
    assert "没有可用电话：优越路防汛专干" in page


def test_the_sum_asks_as_often_for_many_as_for_few(cast: Cast, django_assert_num_queries: Callable[[int], Any]) -> None:
    GatewayAccount.objects.create(name="calls", channel="voice", provider="contract", url="http://127.0.0.1:9")
    people = [queries.Callee(person, "", DISTRICT) for person in (cast.leader, cast.commander, cast.storekeeper)]
    for some in (people[:1], people):
        with patch("messaging.queries.calls.fault_of", return_value=""), django_assert_num_queries(4):
            assert queries.call_sum(some)


def test_a_call_list_says_who_is_called_at_a_level_and_how_fast_he_answers(cast: Cast, now: datetime) -> None:
    for area, tier, called_too, minutes in (
        (DISTRICT, CallTier.COMMANDER, False, 5),
        (DISTRICT, CallTier.LEADER, True, 3),
        (DISTRICT, CallTier.STREET, True, 10),
    ):
        CallTerm.objects.create(area_code=area, level=2, tier=tier, is_called=called_too, minutes=minutes)
    made = actions.call_out(area_code=DISTRICT, text="二级响应", by=cast.duty_officer, now=now, level=2)
    waits = {
        target.assignment.assignee: (target.assignment.acknowledge_by or now) - now
        for target in made.targets.select_related("assignment__assignee")
    }
    assert waits == {
        cast.leader: timedelta(minutes=3),
        cast.subdistrict_officer: timedelta(minutes=10),
        cast.other_officer: timedelta(minutes=10),
    }
    assert [target.rank for target in made.targets.all()] == [0, 1, 2]
    other = actions.call_out(area_code=DISTRICT, text="三级响应", by=cast.duty_officer, now=now, level=3)
    assert {target.assignment.acknowledge_by for target in other.targets.select_related("assignment")} == {
        now + timedelta(minutes=5)
    }
    assert other.targets.count() == 4


def test_the_smallest_areas_row_goes_first() -> None:
    terms = [rules.Term("410403001", "street", True, 8), rules.Term("410403", "street", False, 5)]
    assert rules.terms_in_force(terms)["street"].minutes == 8
    assert rules.terms_in_force(reversed(terms))["street"].minutes == 8


def test_the_log_holds_every_try_and_every_answer_with_whose_it_was(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    call_out = called(cast, now)
    later = now + timedelta(minutes=2)
    Delivery.objects.filter(contact_point__address=cast.commander.phone).update(state=Sent.FAILED, error="bad_number")
    duties.answer_by_link(assignment=target_of(cast.leader).assignment, verb=Verb.ACKNOWLEDGE, now=later)
    actions.reached_by_hand(target=target_of(cast.other_officer), by=cast.duty_officer, now=later)
    lines = queries.attempts(call_out)
    assert len(lines) == 6
    assert {line.called for line in lines[:4]} == {
        person.name for person in (cast.commander, cast.leader, cast.subdistrict_officer, cast.other_officer)
    }
    failed = next(line for line in lines if line.called == cast.commander.name)
    assert (failed.tone, failed.since) == ("danger", 0.0)
    assert "139" in failed.number
    assert str(cast.commander.phone) not in failed.number
    spoken = next(line for line in lines[4:] if line.told == cast.other_officer.name)
    assert (spoken.since, cast.duty_officer.name in spoken.role) == (120.0, True)
    desk = signed_in(cast.duty_officer)
    assert len(desk.get(f"/command/calls/{call_out.uuid}/attempts/").context["lines"]) == 6
    assert desk.get(f"/command/calls/{call_out.uuid}/attempts.xlsx").status_code == 200
    assert signed_in(cast.grid_worker).get(f"/command/calls/{call_out.uuid}/attempts/").status_code == 403
