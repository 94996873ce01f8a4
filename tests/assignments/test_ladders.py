"""Ladders: who is told when nobody answers, once each, and nobody after the answer."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts.enums import Unreachable
from accounts.models import User
from accounts.queries import unreachable
from assignments import actions, queries
from assignments.enums import OPEN, Stopped, Until, Way, Who
from assignments.models import Assignment, EscalationRun, EscalationSent
from assignments.rules import CANNOT, GOT_IT, PLAIN, SUPPORT, Kind, Policy, Step, heard
from command.enums import AT_THE_POST
from core.rules import Refused
from messaging.enums import Channel, State
from messaging.models import Broadcast, Delivery, GatewayAccount
from territory.rules import scope_of
from tests.casts import DISTRICT, GRID, Cast

Give = Callable[..., Assignment]
MINUTE = timedelta(minutes=1)
STEPS = (
    Step(Who.ASSIGNEE, Way.VOICE, 2),
    Step(Who.DEPUTY, Way.SMS, 2),
    Step(Who.SUPERIOR, Way.SMS, 3),
    Step(Who.LEADER, Way.SMS, 5),
)
CALL = Kind("call", "Call", 5, 60, Policy(STEPS, begins_after=1), True)
BOTH = Kind("both", "Both", 5, 60, Policy(STEPS[1:], everyone_must_answer=True, begins_after=1), True)
PROOF = Kind("proof", "Proof", 5, 60, Policy(STEPS, until=Until.CLOSED), True)


def a_deputy(duties: dict[int, int], now: datetime) -> dict[int, dict[int, str]]:
    """The other grid's worker is everybody's deputy."""
    other = User.objects.get(username="other_worker")
    return {duty: {other.pk: other.name} for duty in duties}


def nobody(duties: dict[int, int], now: datetime) -> dict[int, dict[int, str]]:
    """Nobody has a deputy."""
    return {}


@pytest.fixture(autouse=True)
def ladder_kinds(settings: Settings, kinds: None) -> None:
    """Three more kinds, and the other worker as deputy."""
    here = "tests.assignments.test_ladders"
    settings.ASSIGNMENT_KINDS = [*settings.ASSIGNMENT_KINDS, f"{here}.CALL", f"{here}.BOTH", f"{here}.PROOF"]
    settings.RESOLVERS = settings.RESOLVERS | {"DEPUTIES": f"{here}.a_deputy"}


def told(duty: Assignment) -> list[tuple[int, str, str]]:
    """Each step that was taken: its number, the channel, and who was told."""
    rows = EscalationSent.objects.filter(run__assignment=duty, step_no__gt=0).order_by("pk")
    return [(row.step_no, row.channel, row.person.username if row.person else "") for row in rows]


def climb(duty: Assignment, now: datetime, minutes: int) -> None:
    """Lets the engine tick every minute."""
    for minute in range(minutes + 1):
        actions.escalate_due(now=now + minute * MINUTE)


def run_of(duty: Assignment) -> EscalationRun:
    """The open ladder."""
    return duty.runs.get(stopped_at__isnull=True)


def test_the_silent_person_is_called_then_the_deputy_the_sub_district_and_who_leads(
    give: Give, cast: Cast, now: datetime
) -> None:
    duty = give(kind=CALL)
    climb(duty, now, 8)
    leading = {name for step, _way, name in told(duty) if step == 4}
    assert told(duty)[:3] == [
        (1, "sms", "grid_worker"),
        (2, "sms", "other_worker"),
        (3, "sms", "subdistrict_officer"),
    ]
    assert leading == {"leader", "commander"}
    note = duty.events.filter(verb="remind").get().note
    assert len(note) > len("1 "), "without an account for calls the step goes out by SMS and says so"


def test_a_call_names_the_keys_of_the_duty_and_an_sms_does_not(
    give: Give, cast: Cast, now: datetime, settings: Settings
) -> None:
    GatewayAccount.objects.create(
        name="calls", channel=Channel.VOICE, url="http://127.0.0.1:9", secret_name="CALLS_GATEWAY_SECRET"
    )
    settings.GATEWAY_SECRETS = {"CALLS_GATEWAY_SECRET": "s"}
    post = replace(GOT_IT, label=AT_THE_POST)
    kind = Kind("call", "Call", 5, 60, CALL.policy, True, options=(post, SUPPORT, CANNOT, *PLAIN[3:]))
    with patch("assignments.queries.kinds", return_value={"call": kind}):
        duty = give(kind=kind)
        climb(duty, now, 5)
    [call] = Broadcast.objects.filter(channel=Channel.VOICE)
    assert call.text.endswith("。收到，已到岗请按1、需支援请按2、做不了请按3。"), call.text
    assert not Broadcast.objects.exclude(pk=call.pk).filter(text__contains="请按").exists()


def test_a_call_about_a_duty_in_hand_asks_how_far_it_is() -> None:
    assert [option.key for option in heard(PLAIN, is_waiting=True)] == ["1", "2", "3"]
    assert [option.key for option in heard(PLAIN, is_waiting=False)] == ["4", "5"]
    assert queries.with_keys("请到岗。", ()) == "请到岗。"


def test_nothing_is_sent_after_the_answer_and_what_waits_is_taken_back(give: Give, cast: Cast, now: datetime) -> None:
    duty = give(kind=CALL)
    climb(duty, now, 3)
    actions.acknowledge(assignment=duty, by=cast.grid_worker, now=now + 4 * MINUTE)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.CANCELLED}
    sent = Broadcast.objects.count()
    climb(duty, now + 4 * MINUTE, 55)
    assert Broadcast.objects.count() == sent
    assert duty.runs.get(stopped_by=Stopped.ANSWERED).next_due_at is None
    assert run_of(duty).next_due_at == duty.due_at, "answered is not done: it is looked at again when it is due"
    climb(duty, now + 60 * MINUTE, 0)
    assert Broadcast.objects.count() == sent + 1


def test_a_message_that_also_tells_of_an_open_duty_is_not_taken_back(give: Give, cast: Cast, now: datetime) -> None:
    first, _second = give(notify=False), give(notify=False)
    actions.escalate_due(now=now + 10 * MINUTE)
    actions.acknowledge(assignment=first, by=cast.grid_worker, now=now + 11 * MINUTE)
    assert Delivery.objects.get().state == State.QUEUED


def test_an_empty_step_is_passed_at_once_and_the_duty_officer_hears_of_it_once(
    give: Give, cast: Cast, now: datetime, settings: Settings
) -> None:
    settings.RESOLVERS = settings.RESOLVERS | {"DEPUTIES": "tests.assignments.test_ladders.nobody"}
    duty = give(kind=CALL, notify=False)
    climb(duty, now, 3)
    assert told(duty) == [(1, "sms", "grid_worker"), (3, "sms", "subdistrict_officer")]
    point = cast.duty_officer.contacts.get().contact_point_id
    climb(duty, now + 4 * MINUTE, 30)
    assert Delivery.objects.filter(contact_point=point).count() == 1


def test_whoever_has_no_telephone_is_passed_over(give: Give, cast: Cast, now: datetime) -> None:
    cast.grid_worker.contacts.all().delete()
    duty = give(notify=False)
    actions.escalate_due(now=now + 10 * MINUTE)
    assert told(duty) == [(3, "sms", "subdistrict_officer")]


def test_after_a_stop_each_open_duty_is_one_message(give: Give, now: datetime) -> None:
    duty = give(kind=CALL, notify=False)
    assert actions.escalate_due(now=now + 180 * MINUTE) == 1
    assert actions.escalate_due(now=now + 181 * MINUTE) == 0
    assert len(told(duty)) == 1


def test_whoever_takes_over_is_asked_from_below_in_the_same_ladder(give: Give, cast: Cast, now: datetime) -> None:
    duty = give(kind=CALL)
    climb(duty, now, 3)
    before = run_of(duty)
    actions.hand_over(assignment=duty, to=cast.subdistrict_officer, by=cast.duty_officer, now=now + 4 * MINUTE)
    after = run_of(duty)
    assert (after.pk, after.step_no, after.walk) == (before.pk, 1, 0)
    assert after.loop > before.loop
    actions.escalate_due(now=now + 5 * MINUTE)
    assert told(duty)[-1] == (1, "sms", "subdistrict_officer")
    own = cast.grid_worker.contacts.get().contact_point_id
    assert set(Delivery.objects.filter(contact_point=own).values_list("state", flat=True)) == {State.CANCELLED}


def test_the_deputy_who_was_asked_answers_under_his_own_name(give: Give, cast: Cast, now: datetime) -> None:
    duty = give(kind=CALL)
    assert not queries.visible(cast.other_worker).filter(pk=duty.pk).exists()
    with pytest.raises(PermissionDenied):
        actions.acknowledge(assignment=duty, by=cast.other_worker, now=now + MINUTE)
    climb(duty, now, 3)
    assert queries.visible(cast.other_worker).filter(pk=duty.pk).exists()
    actions.acknowledge(assignment=duty, by=cast.other_worker, now=now + 4 * MINUTE)
    event = duty.events.latest("pk")
    assert (event.by, event.means, event.on_behalf_of) == (cast.other_worker, "page", cast.grid_worker.name)


def test_where_everybody_must_answer_one_answer_silences_one(give: Give, cast: Cast, now: datetime) -> None:
    duty = give(kind=BOTH, notify=False)
    climb(duty, now, 3)  # the deputy and the sub-district have been asked
    actions.acknowledge(assignment=duty, by=cast.other_worker, now=now + 3 * MINUTE)
    climb(duty, now + 4 * MINUTE, 3)
    assert run_of(duty).stopped_at is None
    assert Counter(name for _step, _way, name in told(duty))["other_worker"] == 1
    for person in (cast.grid_worker, cast.subdistrict_officer, cast.leader, cast.commander):
        try:
            actions.acknowledge(assignment=duty, by=person, now=now + 8 * MINUTE)
        except (Refused, PermissionDenied):
            continue
    assert duty.events.filter(verb="acknowledge").count() >= 2


def test_a_reported_duty_of_a_kind_that_runs_until_closed_goes_on_above(give: Give, cast: Cast, now: datetime) -> None:
    duty = give(kind=PROOF, notify=False)
    actions.report(assignment=duty, by=cast.grid_worker, now=now + MINUTE)
    assert run_of(duty).step_no == 2
    actions.verify(assignment=duty, by=cast.subdistrict_officer, now=now + 2 * MINUTE)
    assert not duty.runs.filter(stopped_at__isnull=True).exists()


def test_a_leader_stops_the_ladder_with_a_reason_only(give: Give, cast: Cast, now: datetime) -> None:
    duty = give(kind=CALL, notify=False)
    with pytest.raises(Refused):
        actions.silence(assignment=duty, by=cast.duty_officer, now=now, note=" ")
    with pytest.raises(PermissionDenied):
        actions.silence(assignment=duty, by=cast.grid_worker, now=now, note="x")
    actions.silence(assignment=duty, by=cast.duty_officer, now=now, note="已当面交代")
    assert actions.escalate_due(now=now + 60 * MINUTE) == 0
    with pytest.raises(Refused):
        actions.silence(assignment=duty, by=cast.duty_officer, now=now, note="x")


def test_a_thousand_ladders_cost_no_more_statements_than_two(give: Give, cast: Cast, now: datetime) -> None:
    def cost(count: int) -> int:
        duties = [actions.Duty(f"入户 {n}", GRID, assignee=cast.grid_worker) for n in range(count)]
        actions.assign_many(duties, kind=CALL, issued_by=None, now=now, notify=False)
        with CaptureQueriesContext(connection) as asked:
            assert actions.escalate_due(now=now + MINUTE) == count
        return len(asked)

    assert cost(2) == cost(200)


def test_the_page_says_what_comes_next_and_when(give: Give, cast: Cast, now: datetime) -> None:
    duty = give(kind=CALL)
    actions.escalate_due(now=now + MINUTE)
    ladder = queries.ladders([duty], now=now + MINUTE)[duty.pk]
    assert (ladder.who, ladder.seconds, ladder.times) == (cast.other_worker.name, 120, 1)
    assert "2" in ladder.sentence
    assert [rung.is_next for rung in ladder.rungs] == [False, True, False, False]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["tick", "double tick", "crash", "answer", "report", "hand over", "decline", "close", "remind"]
        ),
        st.integers(0, 7),
    ),
    max_size=20,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_happens_nobody_is_told_twice_or_after_the_answer(
    give: Give, cast: Cast, now: datetime, acts: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        told = _play(give(kind=CALL), cast, now, acts)
        assert len(told) == len(set(told))
        transaction.set_rollback(True)  # a duty of an earlier example would share its messages


def _play(duty: Assignment, cast: Cast, now: datetime, acts: list[tuple[str, int]]) -> list[tuple[Any, ...]]:
    """Does everything and looks after each act; who was told on which step by which channel, in the end."""
    at = now
    others = [cast.subdistrict_officer, cast.grid_worker]
    for act, minutes in acts:
        at += minutes * MINUTE
        before = EscalationSent.objects.filter(run__assignment=duty).count()
        _do(act, duty, cast, at, others)
        duty = Assignment.objects.get(pk=duty.pk)
        runs = list(duty.runs.all())
        assert all((run.stopped_at is None) == (run.next_due_at is not None) for run in runs)
        assert sum(run.stopped_at is None for run in runs) == (duty.state in OPEN)
        sent = list(EscalationSent.objects.filter(run__assignment=duty))
        messages = Counter((one.broadcast_id, one.contact_point_id) for one in sent)
        assert not messages or max(messages.values()) == 1
        if act == "crash" or duty.state not in OPEN:
            assert len(sent) == before
        closed = {run.pk: run.stopped_at for run in runs if run.stopped_at}
        assert all(one.sent_at <= closed[one.run_id] for one in sent if one.run_id in closed)
        waiting = Delivery.objects.filter(
            state=State.QUEUED, broadcast__in=[one.broadcast_id for one in sent if one.run_id in closed]
        )
        assert not waiting.exists()
    sent = list(EscalationSent.objects.filter(run__assignment=duty))
    return [(one.run_id, one.step_no, one.loop, one.person_id, one.channel) for one in sent]


def _do(act: str, duty: Assignment, cast: Cast, at: datetime, others: list[Any]) -> None:
    try:
        if act == "crash":
            with transaction.atomic():
                actions.escalate_due(now=at)
                transaction.set_rollback(True)
        elif act in ("tick", "double tick"):
            actions.escalate_due(now=at)
            if act == "double tick":
                assert actions.escalate_due(now=at) == 0
        elif act == "answer":
            actions.acknowledge(assignment=duty, by=duty.assignee or cast.grid_worker, now=at)
        elif act == "report":
            actions.report(assignment=duty, by=duty.assignee or cast.grid_worker, now=at)
        elif act == "decline":
            actions.decline(assignment=duty, by=duty.assignee or cast.grid_worker, now=at, note="x")
        elif act == "hand over":
            to = next(one for one in others if one.pk != duty.assignee_id)
            actions.hand_over(assignment=duty, to=to, by=cast.duty_officer, now=at)
        elif act == "close":
            actions.cancel(assignment=duty, by=cast.duty_officer, now=at)
        else:
            actions.remind(assignment=duty, by=cast.duty_officer, now=at)
    except (Refused, PermissionDenied):
        pass


def test_the_duty_room_hears_once_a_day_who_could_not_be_reached(cast: Cast, settings: Settings) -> None:
    settings.RESOLVERS = settings.RESOLVERS | {"ROSTERED": "tests.assignments.test_ladders.on_the_roster"}
    eight = datetime.fromisoformat("2026-07-20T08:00:00+08:00")
    User.objects.update(phone_verified_at=eight)
    cast.storekeeper.contacts.all().delete()
    point = cast.grid_worker.contacts.get().contact_point
    point.dead_since = eight
    point.save()
    found = {one.person.pk: one.why for one in unreachable(scope_of(DISTRICT), now=eight)}
    assert (found[cast.storekeeper.pk], found[cast.grid_worker.pk]) == (Unreachable.NO_PHONE, Unreachable.DEAD)
    assert cast.leader.pk not in found
    assert actions.report_unreachable(now=eight - MINUTE) == 0
    assert actions.report_unreachable(now=eight) >= 2
    assert actions.report_unreachable(now=eight + 60 * MINUTE) == 0
    assert Broadcast.objects.filter(origin="assignments.unreachable").count() == 1
    assert actions.report_unreachable(now=eight + 24 * 60 * MINUTE) >= 2


def on_the_roster(now: datetime) -> set[int]:
    """The roster names nobody."""
    return set()
