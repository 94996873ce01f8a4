"""查岗: drawn in advance, hidden from whoever will be called, judged by a person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import User
from assignments import actions as duties
from assignments.enums import State
from assignments.models import Assignment
from core.rules import Refused
from dutyroster import actions, queries
from dutyroster.enums import Outcome
from dutyroster.models import CheckIn, RollCall, RollCallTarget, Shift, StandIn
from dutyroster.rules.attendance import draw
from messaging.models import Delivery
from tests.casts import DISTRICT, NIGHT, SUBDISTRICT, Cast
from tests.dutyroster.shifts import duty_post, owed, sees, shift

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
Api = Callable[[User], APIClient]


def ordered(by: User, *, hours: float = 6, area_code: str = DISTRICT, **fields: object) -> RollCall:
    given_fields = {"answer_minutes": 5, "now": NIGHT, **fields}
    return actions.order_roll_call(
        area_code=area_code,
        window_from=NIGHT,
        window_until=NIGHT + timedelta(hours=hours),
        by=by,
        **given_fields,  # type: ignore[arg-type]  # the table above
    )


def target(person: User) -> RollCallTarget:
    return RollCallTarget.objects.get(person=person)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.text("0123456789abcdef", min_size=1, max_size=32),
    minute=st.integers(0, 359),
    starts=st.integers(-300, 300),
    orders=st.booleans(),
)
def test_nobody_who_could_be_called_learns_the_moment_by_page_api_or_message_before_it(
    cast: Cast, signed_in: SignedIn, api: Api, now: datetime, seed: str, minute: int, starts: int, orders: bool
) -> None:
    with transaction.atomic():
        row = shift(cast.duty_officer, duty_post(cast.duty_officer), starts=NIGHT + timedelta(minutes=starts))
        call = ordered(cast.duty_officer if orders else cast.commander, seed=seed)
        assert call.window_from <= call.at < call.window_until
        assert call.at == draw(seed, call.window_from, call.window_until)
        before = min(NIGHT + timedelta(minutes=minute), call.at - timedelta(seconds=1))
        actions.call_roll(now=before)
        assert not Assignment.objects.exists()
        assert not Delivery.objects.exists()
        assert sees(cast.duty_officer, call, before) == orders
        hidden = (f"{timezone.localtime(call.at):%H:%M:%S}", call.at.isoformat(), seed * 3)
        desk, machine = signed_in(cast.duty_officer), api(cast.duty_officer)
        for path in ("dutyroster:roll_calls", "dutyroster:roll_call"):
            arguments = [] if path.endswith("s") else [call.pk]
            shown = desk.get(reverse(path, args=arguments))
            told = machine.get(reverse(f"api_{path}", args=arguments))
            assert shown.status_code == told.status_code == (200 if orders or not arguments else 404)
            assert not any(secret in page.content.decode() for page in (shown, told) for secret in hidden)
            if told.status_code == 200:
                found = told.json().get("results", [told.json()])
                assert [(one["at"], one["seed"]) for one in found] == [(None, None)] * len(found)
        assert row.roll_call_targets.count() == 0
        transaction.set_rollback(True)


def test_who_only_reads_the_roster_never_sees_one_that_waits(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    call = ordered(cast.commander)
    assert sees(cast.leader, call, now)
    for person in (cast.subdistrict_officer, cast.auditor, cast.administrator):
        assert not sees(person, call, now)
        assert signed_in(person).get(reverse("dutyroster:roll_call", args=[call.pk])).status_code == 404
    assert signed_in(cast.grid_worker).get(reverse("dutyroster:roll_calls")).status_code == 403


def test_the_roll_is_called_at_its_moment_once_and_only_those_on_duty(cast: Cast, now: datetime) -> None:
    post = duty_post(cast.duty_officer, cast.leader)
    shift(cast.duty_officer, post)
    shift(cast.leader, duty_post(name="带班"), starts=NIGHT + timedelta(hours=20))
    call = ordered(cast.commander)
    assert actions.call_roll(now=call.at - timedelta(seconds=1)) == 0
    actions.call_roll(now=call.at)
    actions.call_roll(now=call.at)
    assert [one.person for one in call.targets.all()] == [cast.duty_officer]
    assert Assignment.objects.filter(kind="roll_call").count() == 1
    assert sees(cast.duty_officer, call, call.at)


def test_an_answer_in_time_is_in_post_and_counts_as_check_in(cast: Cast, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer))
    call = ordered(cast.commander)
    actions.call_roll(now=call.at)
    duty = owed(cast.duty_officer, "roll_call")
    assert duty is not None
    duties.acknowledge(assignment=duty, by=cast.duty_officer, now=call.at + timedelta(minutes=2))
    found = target(cast.duty_officer)
    assert (found.outcome, found.answered_at) == (Outcome.IN_POST, call.at + timedelta(minutes=2))
    assert CheckIn.objects.get(shift=row).means == "roll_call"
    duty.refresh_from_db()
    assert duty.state == State.VERIFIED
    actions.call_roll(now=call.at + timedelta(minutes=3))
    call.refresh_from_db()
    assert call.finished_at is not None


def silent(cast: Cast) -> RollCall:
    """The duty officer is called twice and says nothing."""
    shift(cast.duty_officer, duty_post(cast.duty_officer, cast.storekeeper))
    call = ordered(cast.commander)
    actions.call_roll(now=call.at)
    actions.call_roll(now=call.at + timedelta(minutes=5))
    assert target(cast.duty_officer).calls == 2
    actions.call_roll(now=call.at + timedelta(minutes=9))
    assert target(cast.duty_officer).outcome == Outcome.WAITING
    actions.call_roll(now=call.at + timedelta(minutes=10))
    return call


def test_two_silences_call_the_deputy_and_the_machine_only_suspects(cast: Cast, now: datetime) -> None:
    silent(cast)
    assert target(cast.duty_officer).outcome == Outcome.SUSPECTED
    assert StandIn.objects.get().deputy == cast.storekeeper
    assert [one.person for one in queries.suspected(cast.leader.scope)] == [cast.duty_officer]


def test_a_late_answer_calls_the_deputy_back(cast: Cast, now: datetime) -> None:
    call = silent(cast)
    duty = owed(cast.duty_officer, "roll_call")
    assert duty is not None
    duties.acknowledge(assignment=duty, by=cast.duty_officer, now=call.at + timedelta(minutes=12))
    assert target(cast.duty_officer).outcome == Outcome.LATE
    called = owed(cast.storekeeper, "stand_in")
    assert called is not None
    assert called.state == State.CANCELLED


def test_a_person_confirms_the_absence_and_never_his_own(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    silent(cast)
    found = target(cast.duty_officer)
    with pytest.raises(Refused) as refusal:
        actions.confirm_absence(target=found, by=cast.duty_officer, now=now, note="没事")
    assert refusal.value.code == "rollcall.own_absence"
    with pytest.raises(Refused):
        actions.confirm_absence(target=found, by=cast.leader, now=now, note=" ")
    url = reverse("dutyroster:judge", args=[found.pk])
    assert signed_in(cast.grid_worker).post(url, {"finding": "confirm", "note": "x"}).status_code == 403
    signed_in(cast.leader).post(url, {"finding": "confirm", "note": "电话无人接，值班室无人"})
    found.refresh_from_db()
    assert (found.outcome, found.confirmed_by) == (Outcome.CONFIRMED, cast.leader)
    with pytest.raises(Refused) as refusal:
        actions.excuse(target=found, by=cast.commander, now=now, note="住院")
    assert refusal.value.code == "conflict.target_settled"
    with pytest.raises(IntegrityError), transaction.atomic():
        RollCallTarget.objects.filter(pk=found.pk).update(confirmed_by=cast.duty_officer)


def test_who_says_that_he_is_away_is_replaced_at_once(cast: Cast, now: datetime) -> None:
    shift(cast.duty_officer, duty_post(cast.duty_officer, cast.storekeeper))
    call = ordered(cast.commander)
    actions.call_roll(now=call.at)
    duty = owed(cast.duty_officer, "roll_call")
    assert duty is not None
    duties.decline(assignment=duty, by=cast.duty_officer, now=call.at + timedelta(minutes=1), note="送家人去医院")
    assert (target(cast.duty_officer).outcome, target(cast.duty_officer).note) == (Outcome.SUSPECTED, "送家人去医院")
    assert owed(cast.storekeeper, "stand_in") is not None


def test_a_rehearsed_roll_call_sends_no_deputy_and_marks_nobody_absent(cast: Cast, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer, cast.storekeeper))
    actions.check_in(shift=row, by=cast.duty_officer, now=now)
    call = ordered(cast.commander, exercise=uuid4())
    for minutes in (0, 5, 10):
        actions.call_roll(now=call.at + timedelta(minutes=minutes))
    assert target(cast.duty_officer).outcome == Outcome.SUSPECTED
    assert not StandIn.objects.exists()
    assert not queries.suspected(cast.leader.scope)
    assert queries.in_post([row], call.at + timedelta(minutes=11)) == {row.pk}


def test_a_platform_that_slept_through_the_window_calls_nobody(cast: Cast, now: datetime) -> None:
    shift(cast.duty_officer, duty_post(cast.duty_officer), hours=24)
    call = ordered(cast.commander, hours=1)
    actions.call_roll(now=NIGHT + timedelta(hours=2))
    call.refresh_from_db()
    assert call.cancelled_at is not None
    assert not call.targets.exists()


def test_one_that_has_begun_is_not_called_off(cast: Cast, now: datetime) -> None:
    call = ordered(cast.commander)
    actions.call_roll(now=call.at)
    with pytest.raises(Refused):
        actions.call_off(roll_call=call, by=cast.commander, now=now)


def test_the_street_orders_none_and_the_district_orders_for_one_street(
    cast: Cast, api: Api, signed_in: SignedIn, now: datetime
) -> None:
    asked = {
        "area_code": SUBDISTRICT,
        "window_from": NIGHT.isoformat(),
        "window_until": (NIGHT + timedelta(hours=2)).isoformat(),
    }
    url = reverse("api_dutyroster:roll_calls")
    assert api(cast.subdistrict_officer).post(url, asked).status_code == 403
    assert api(cast.leader).post(url, asked).status_code == 201
    typed = {
        "area_code": SUBDISTRICT,
        "window_from": f"{timezone.localtime(NIGHT):%Y-%m-%dT%H:%M}",
        "window_until": f"{timezone.localtime(NIGHT) + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "answer_minutes": 5,
    }
    assert signed_in(cast.leader).post(reverse("dutyroster:roll_call_new"), typed).status_code == 302
    here = shift(cast.duty_officer, duty_post(cast.duty_officer))
    street = shift(cast.subdistrict_officer, duty_post(name="街道值班", area_code=SUBDISTRICT))
    for call in RollCall.objects.order_by("pk"):
        actions.call_roll(now=call.at)
        assert [one.shift for one in call.targets.all()] == [street]
    assert Shift.objects.filter(pk=here.pk, roll_call_targets__isnull=True).exists()
