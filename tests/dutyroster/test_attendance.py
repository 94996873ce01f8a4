"""Who came, who did not, and who stood in."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from assignments import actions as duties
from assignments.enums import State, Verb
from assignments.models import Assignment
from assignments.queries import link_path
from core.rules import Refused
from dutyroster import actions, queries
from dutyroster.enums import CheckMeans, Origin, PostState, StandInState
from dutyroster.models import CheckIn, Leave, Shift, StandIn
from territory.rules import scope_of
from tests.casts import DISTRICT, NIGHT, Cast
from tests.dutyroster.shifts import duty_post, on_duty_at, owed, shift

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
WHOLE = scope_of(DISTRICT)


def later(minutes: float) -> datetime:
    return NIGHT + timedelta(minutes=minutes)


def state(row: Shift, minutes: float) -> PostState | None:
    return queries.attendance_of(row, later(minutes)).state


def test_the_duty_officer_is_told_half_an_hour_before_and_checks_in_by_the_task_link(cast: Cast, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer))
    assert actions.open_shifts(now=later(-31)) == 0
    assert actions.open_shifts(now=later(-30)) == 1
    assert actions.open_shifts(now=later(-29)) == 0
    duty = owed(cast.duty_officer, "take_post")
    assert duty is not None
    assert duty.due_at == NIGHT
    page = Client().get(link_path(duty))
    assert duty.title in page.content.decode()
    Client().post(link_path(duty), {"verb": Verb.START})
    came = CheckIn.objects.get()
    assert (came.shift, came.means, came.is_late, came.by) == (row, CheckMeans.LINK, False, cast.duty_officer)
    duty.refresh_from_db()
    assert duty.state == State.VERIFIED
    assert state(row, 1) == PostState.IN_POST


def test_a_second_tap_is_the_same_check_in(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer))
    client = signed_in(cast.duty_officer)
    for _tap in range(2):
        client.post(reverse("dutyroster:check_in", args=[row.uuid]))
    assert CheckIn.objects.filter(shift=row).count() == 1
    page = client.get(reverse("dutyroster:mine")).content.decode()
    assert row.post.name in page
    assert reverse("dutyroster:check_in", args=[row.uuid]) not in page


def test_a_check_in_is_never_changed(cast: Cast, now: datetime) -> None:
    came = actions.check_in(shift=shift(cast.leader, duty_post(cast.leader)), by=cast.leader, now=now)
    with pytest.raises(InternalError), transaction.atomic():
        CheckIn.objects.filter(pk=came.pk).update(is_late=True)


def test_the_grid_worker_checks_nobody_in_and_the_leader_does_it_by_telephone(cast: Cast, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer))
    with pytest.raises(Refused) as refusal:
        actions.check_in(shift=row, by=cast.grid_worker, now=now)
    assert refusal.value.code == "attendance.not_yours"
    came = actions.check_in(shift=row, by=cast.leader, now=later(20), occurred_at=later(5))
    assert (came.means, came.on_behalf_of, came.by) == (CheckMeans.ON_BEHALF, "值班员", cast.leader)
    assert (came.is_late, came.occurred_at, came.recorded_at) == (False, later(5), later(20))


def test_who_comes_late_is_late_and_the_deputy_on_the_way_is_called_back(cast: Cast, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer, cast.leader))
    actions.open_shifts(now=now)
    assert actions.watch_shifts(now=later(14)) == 0
    assert state(row, 14) == PostState.EXPECTED
    assert actions.watch_shifts(now=later(15)) == 1
    assert actions.watch_shifts(now=later(16)) == 0
    called = owed(cast.leader, "stand_in")
    assert called is not None
    duties.acknowledge(assignment=called, by=cast.leader, now=later(17))
    assert StandIn.objects.get().state == StandInState.COMING
    came = actions.check_in(shift=row, by=cast.duty_officer, now=later(20))
    assert came.is_late
    called.refresh_from_db()
    assert called.state == State.CANCELLED
    assert StandIn.objects.get().state == StandInState.WITHDRAWN
    assert state(row, 21) == PostState.LATE


def test_the_deputy_who_comes_takes_the_rest_and_the_hour_before_stays_the_absent_ones(
    cast: Cast, now: datetime
) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer, cast.leader))
    actions.open_shifts(now=now)
    actions.watch_shifts(now=later(15))
    called = owed(cast.leader, "stand_in")
    assert called is not None
    duties.start(assignment=called, by=cast.leader, now=later(40))
    taken = Shift.objects.get(origin=Origin.SUBSTITUTE)
    assert (taken.person, taken.starts, taken.ends) == (cast.leader, later(40), row.ends)
    assert on_duty_at(later(39)) == ["值班员"]
    assert on_duty_at(later(40)) == ["带班领导"]
    assert [one.state for one in queries.attendance(WHOLE, later(41))] == [PostState.STAND_IN]
    left = owed(cast.duty_officer, "take_post")
    assert left is not None
    assert left.state == State.CANCELLED
    with pytest.raises(Refused) as refusal:
        actions.check_in(shift=row, by=cast.duty_officer, now=later(45))
    assert refusal.value.code == "conflict.taken_over"


def test_deputies_are_called_in_turn_and_then_the_leader_is_told(cast: Cast, now: datetime) -> None:
    post = duty_post(cast.duty_officer, cast.storekeeper, cast.site_keeper, cast.agency_liaison)
    row = shift(cast.duty_officer, post)
    shift(cast.site_keeper, duty_post(name="仓库值守"))
    today = timezone.localdate(now)
    Leave.objects.create(person=cast.agency_liaison, first_day=today, last_day=today, recorded_by=cast.leader)
    actions.open_shifts(now=now)
    CheckIn.objects.create(shift=Shift.objects.get(person=cast.site_keeper), occurred_at=now, recorded_at=now)
    actions.watch_shifts(now=later(15))
    assert [one.deputy for one in row.stand_ins.all()] == [cast.storekeeper]
    actions.watch_shifts(now=later(24))
    assert owed(cast.leader, "empty_post") is None
    actions.watch_shifts(now=later(25))
    assert row.stand_ins.get().state == StandInState.UNANSWERED
    assert owed(cast.leader, "empty_post") is not None
    told = Assignment.objects.count()
    actions.watch_shifts(now=later(26))
    assert Assignment.objects.count() == told
    assert state(row, 26) == PostState.MISSING


def test_a_deputy_who_cannot_is_passed_over_at_once(cast: Cast, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer, cast.storekeeper, cast.site_keeper))
    actions.open_shifts(now=now)
    actions.watch_shifts(now=later(15))
    called = owed(cast.storekeeper, "stand_in")
    assert called is not None
    duties.decline(assignment=called, by=cast.storekeeper, now=later(16), note="人在外地")
    assert owed(cast.site_keeper, "stand_in") is not None
    assert [one.state for one in row.stand_ins.all()] == [StandInState.UNANSWERED, StandInState.CALLED]


def test_the_first_of_two_deputies_wins(cast: Cast, now: datetime) -> None:
    shift(cast.duty_officer, duty_post(cast.duty_officer, cast.storekeeper, cast.site_keeper))
    actions.open_shifts(now=now)
    actions.watch_shifts(now=later(15))
    actions.watch_shifts(now=later(25))
    first, second = owed(cast.storekeeper, "stand_in"), owed(cast.site_keeper, "stand_in")
    assert first is not None
    assert second is not None
    duties.start(assignment=first, by=cast.storekeeper, now=later(30))
    second.refresh_from_db()
    assert second.state == State.CANCELLED
    assert Shift.objects.filter(origin=Origin.SUBSTITUTE).count() == 1
    one = StandIn.objects.get(deputy=cast.site_keeper)
    with pytest.raises(Refused):
        actions.take_over(stand_in=one, by=cast.site_keeper, now=later(31))


def test_nobody_is_reminded_of_a_shift_that_is_over_or_that_another_has(cast: Cast, now: datetime) -> None:
    post = duty_post(cast.duty_officer, cast.leader)
    row = shift(cast.duty_officer, post)
    shift(cast.storekeeper, duty_post(cast.storekeeper, name="仓库值守"), hours=1)
    actions.open_shifts(now=now)
    actions.override(shift=row, person=cast.leader, by=cast.commander, now=later(5))
    actions.open_shifts(now=later(5))
    actions.watch_shifts(now=later(6))
    actions.watch_shifts(now=later(60))
    found = {person.name: owed(person, "take_post") for person in (cast.duty_officer, cast.leader, cast.storekeeper)}
    states = {name: duty.state for name, duty in found.items() if duty}
    assert states == {"值班员": State.CANCELLED, "带班领导": State.ASSIGNED, "仓库管理员": State.CANCELLED}


def test_who_is_given_the_duty_of_another_gets_his_shift(cast: Cast, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer, cast.leader))
    actions.open_shifts(now=later(-20))
    duty = owed(cast.duty_officer, "take_post")
    assert duty is not None
    duties.hand_over(assignment=duty, to=cast.leader, by=cast.commander, now=later(-10))
    assert on_duty_at(later(1)) == ["带班领导"]
    duty.refresh_from_db()
    duties.start(assignment=duty, by=cast.leader, now=later(1))
    assert CheckIn.objects.get().shift.person == cast.leader
    assert actions.open_shifts(now=later(2)) == 0
    row.refresh_from_db()
    assert row.superseded_at == later(-10)


def test_after_a_long_outage_nobody_is_woken_for_yesterdays_shift(cast: Cast, now: datetime) -> None:
    shift(cast.duty_officer, duty_post(cast.duty_officer, cast.leader), starts=later(-180))
    assert actions.open_shifts(now=now) == 0
    assert actions.watch_shifts(now=now) == 0


def test_nobody_leaves_who_has_not_come(cast: Cast, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer))
    with pytest.raises(Refused):
        actions.check_in(shift=row, by=cast.duty_officer, now=now, kind="out")


def test_the_database_keeps_one_coming_a_shift(cast: Cast, now: datetime) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer))
    actions.check_in(shift=row, by=cast.duty_officer, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(shift=row, occurred_at=now, recorded_at=now)


def test_over_http_the_officer_checks_in_and_the_leader_sees_it(
    cast: Cast, api: Callable[[User], APIClient], now: datetime
) -> None:
    row = shift(cast.duty_officer, duty_post(cast.duty_officer))
    url = reverse("api_dutyroster:check_in", args=[row.uuid])
    assert api(cast.outsider).post(url).status_code == 403
    assert api(cast.grid_worker).post(url).json()["code"] == "attendance.not_yours"
    assert api(cast.duty_officer).post(url).json()["is_late"] is False
    seen = api(cast.leader).get(reverse("api_dutyroster:attendance")).json()["results"]
    assert [(one["person"], one["state"], one["in_post"]) for one in seen] == [("值班员", "in_post", True)]


def test_the_page_of_presence_is_read_from_the_top_whoever_is_missing_first(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    there = shift(cast.duty_officer, duty_post(cast.duty_officer), starts=later(-30))
    shift(cast.leader, duty_post(cast.leader, name="带班"), starts=later(-30))
    actions.check_in(shift=there, by=cast.duty_officer, now=later(-30))
    page = signed_in(cast.duty_officer).get("/roster/attendance/").content.decode()
    body = page[page.index("<tbody>") :]
    assert body.index("缺人") < body.index("在岗")
