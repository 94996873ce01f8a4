"""Rosters: drafts, publication, changes by hand, and a past that nothing changes."""

from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from django.db import Error, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from assignments.queries import superiors
from core.rules import Refused
from dutyroster import actions, queries
from dutyroster.enums import Conflict, Objection, Origin, PlanState
from dutyroster.models import DutyPost, PostMember, Shift
from dutyroster.rules import ORDINARY
from territory.actions import load_calendar
from territory.enums import DayKind
from territory.rules import scope_of
from tests.casts import DISTRICT, GRID, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.dutyroster.rosters import duty_post, person, published_plan

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)
TODAY = date(2026, 7, 19)  # a Sunday, 23:00: the duty day that began at 08:00 runs
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def people(cast: Cast) -> list[User]:
    return [person() for _ in range(4)]


@pytest.fixture
def post(cast: Cast, people: list[User], now: datetime) -> DutyPost:
    load_calendar(year=2026, by=cast.administrator.actor, now=now)
    return duty_post(by=cast.duty_officer, now=now, members=people)


def on_duty_at(moment: datetime) -> list[tuple[int, int]]:
    return [(shift.post_id, shift.person_id) for shift in queries.on_duty(WHOLE, moment)]


def test_a_draft_means_nothing_until_it_is_published(cast: Cast, post: DutyPost, now: datetime) -> None:
    plan = actions.make_plan(
        area_code=DISTRICT, posts=[post], first_day=TODAY, last_day=TODAY + timedelta(days=6), by=cast.leader, now=now
    )
    assert plan.shifts.count() == 7
    assert queries.on_duty(WHOLE, now) == []
    actions.publish(plan=plan, by=cast.leader, now=now)
    (running,) = queries.on_duty(WHOLE, now)
    assert running.starts == now  # nobody was on duty before, and nothing says that somebody was
    assert queries.on_duty(WHOLE, now - timedelta(minutes=1)) == []
    assert queries.gaps(WHOLE, TODAY, 7, now=now) == []


def test_an_empty_roster_is_thirty_gaps(post: DutyPost, now: datetime) -> None:
    found = queries.gaps(WHOLE, TODAY, now=now)
    assert len(found) == 30
    assert {gap.missing for gap in found} == {1}
    assert found[0].day_kind == DayKind.WEEKEND


def test_an_unknown_year_takes_the_most_and_is_named(cast: Cast, people: list[User], now: datetime) -> None:
    staff = {(DayKind.WORKDAY.value, None): 1, (DayKind.WEEKEND.value, None): 1, (DayKind.HOLIDAY.value, None): 2}
    duty_post(by=cast.duty_officer, now=now, members=people, staff=0, name="总值班").requirements.all().delete()
    row = DutyPost.objects.get(name="总值班")
    for (kind, level), number in staff.items():
        row.requirements.create(day_kind=kind, response_level=level, staff=number)
    found = queries.gaps(WHOLE, date(2027, 1, 4), 1, now=now)
    assert [(gap.day_kind, gap.missing) for gap in found] == [(DayKind.UNKNOWN, 2)]


def test_the_level_in_force_asks_for_more(
    cast: Cast, post: DutyPost, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.requirements.create(day_kind=DayKind.WEEKEND, response_level=2, staff=3)
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    assert queries.manned(WHOLE, now).required == 1
    monkeypatch.setattr("command.queries.level_in_force", lambda area_code, at: 2)
    manned = queries.manned(WHOLE, now)
    assert (manned.required, manned.effective, [gap.missing for gap in manned.missing]) == (3, 1, [2])


def test_whoever_is_away_or_out_of_reach_leaves_a_gap(cast: Cast, post: DutyPost, now: datetime) -> None:
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    (running,) = queries.on_duty(WHOLE, now)
    assert queries.manned(WHOLE, now).effective == 1
    User.objects.filter(pk=running.person_id).update(phone_verified_at=None)
    assert (queries.manned(WHOLE, now).effective, queries.manned(WHOLE, now).missing[0].missing) == (0, 1)
    User.objects.filter(pk=running.person_id).update(phone_verified_at=now)
    tomorrow = TODAY + timedelta(days=1)
    actions.record_leave(person=running.person, first_day=tomorrow, last_day=tomorrow, by=cast.leader, now=now)
    found = queries.gaps(WHOLE, TODAY, 7, now=now)
    assert found[0].during.start == datetime(2026, 7, 19, 16, tzinfo=now.tzinfo)  # midnight in the district
    assert found[0].during.end == datetime(2026, 7, 20, 0, tzinfo=now.tzinfo)


def test_one_press_puts_somebody_else_on_from_now(cast: Cast, post: DutyPost, now: datetime) -> None:
    published_plan([post], by=cast.leader, now=now - timedelta(hours=2), first_day=TODAY)
    (before,) = queries.on_duty(WHOLE, now)
    stranger = person()
    after = actions.override(shift=before, person=stranger, by=cast.leader, now=now, reason="发烧")
    assert [shift.person for shift in queries.on_duty(WHOLE, now)] == [stranger]
    assert on_duty_at(now - timedelta(seconds=1)) == [(post.pk, before.person_id)]
    before.refresh_from_db()
    assert (before.superseded_by, before.superseded_at, after.starts, after.ends) == (after, now, now, before.ends)
    with pytest.raises(Refused) as refused:
        actions.override(shift=before, person=cast.leader, by=cast.leader, now=now)
    assert refused.value.code == Objection.SHIFT_CHANGED.value


def test_nobody_is_put_on_a_second_post(cast: Cast, post: DutyPost, people: list[User], now: datetime) -> None:
    other = duty_post(by=cast.duty_officer, now=now, members=[cast.leader])
    published_plan([post, other], by=cast.leader, now=now, first_day=TODAY)
    here, there = queries.on_duty(WHOLE, now)
    with pytest.raises(Refused) as refused:
        actions.override(shift=here, person=there.person, by=cast.leader, now=now)
    assert refused.value.code == Objection.BUSY.value
    with pytest.raises(Error, match="nobody_on_two_posts"), transaction.atomic():
        Shift.objects.create(
            area_code=DISTRICT, post=post, person=there.person, published_at=now, origin=Origin.OVERRIDE,
            during=DateTimeTZRange(now, now + timedelta(minutes=1)),
        )  # fmt: skip


def test_two_posts_share_people_without_double_duty(cast: Cast, people: list[User], now: datetime) -> None:
    posts = [duty_post(by=cast.duty_officer, now=now, members=people, shift_hours=12) for _ in range(2)]
    plan = actions.make_plan(
        area_code=DISTRICT, posts=posts, first_day=TODAY, last_day=TODAY + timedelta(days=5), by=cast.leader, now=now
    )
    kinds = {line.conflict for line in queries.preview(plan, now=now).flaws}
    assert Conflict.UNDERSTAFFED in kinds  # four people with a day's rest cannot fill 24 shifts of twelve hours
    assert Conflict.DOUBLE not in kinds
    actions.publish(plan=plan, by=cast.leader, now=now)


def test_a_draft_made_before_a_change_by_hand_is_refused(cast: Cast, post: DutyPost, now: datetime) -> None:
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    draft = actions.make_plan(
        area_code=DISTRICT, posts=[post], first_day=TODAY, last_day=TODAY + timedelta(days=6), by=cast.leader, now=now
    )
    later = now + timedelta(minutes=5)
    actions.override(shift=queries.on_duty(WHOLE, now)[0], person=person(), by=cast.leader, now=later)
    with pytest.raises(Refused) as refused:
        actions.publish(plan=draft, by=cast.leader, now=later)
    assert refused.value.code == Objection.ROSTER_CHANGED.value
    discarded = actions.discard(plan=draft, by=cast.leader, now=later)
    assert discarded.state == PlanState.DISCARDED


def test_publishing_again_keeps_what_stays_the_same(cast: Cast, post: DutyPost, now: datetime) -> None:
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    rows = set(Shift.objects.filter(superseded_at__isnull=True).values_list("pk", flat=True))
    plan = actions.make_plan(
        area_code=DISTRICT, posts=[post], first_day=TODAY, last_day=TODAY + timedelta(days=6), by=cast.leader, now=now
    )
    moved = plan.shifts.count()
    again = queries.preview(plan, now=now)
    actions.publish(plan=plan, by=cast.leader, now=now)
    standing = set(Shift.objects.filter(superseded_at__isnull=True).values_list("pk", flat=True))
    assert moved == 6  # the one that runs is finished by whoever began it
    assert len(rows - standing) == again.superseded
    assert queries.gaps(WHOLE, TODAY, 7, now=now) == []


def test_a_published_shift_is_neither_changed_nor_deleted(
    cast: Cast, post: DutyPost, people: list[User], now: datetime
) -> None:
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    shift = queries.on_duty(WHOLE, now)[0]
    other = next(one for one in people if one.pk != shift.person_id)
    actions.override(shift=shift, person=person(), by=cast.leader, now=now)
    tries = [
        ("person_id", other.pk), ("published_at", now - timedelta(days=1)), ("superseded_at", None),
        ("during", DateTimeTZRange(now, now + timedelta(hours=1))), ("origin", Origin.PLAN.value + "x"),
    ]  # fmt: skip
    for column, value in tries:
        with pytest.raises(Error), transaction.atomic():
            Shift.objects.filter(pk=shift.pk).update(**{column: value})
    with pytest.raises(Error, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM dutyroster_shift WHERE id = %s", [shift.pk])
    with pytest.raises(Error, match="before it was published"), transaction.atomic():
        Shift.objects.filter(superseded_at__isnull=True).update(superseded_at=now - timedelta(days=1))


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=QUIET)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("override", "substitute", "replan", "add", "leave", "members", "retire")),
            st.integers(0, 30),
            st.integers(0, 5),
        ),
        min_size=2,
        max_size=7,
    )
)
def test_no_later_edit_changes_who_was_on_duty(
    cast: Cast, post: DutyPost, people: list[User], now: datetime, edits: list[tuple[str, int, int]]
) -> None:
    mark = transaction.savepoint()
    second = duty_post(by=cast.duty_officer, now=now, members=people[2:], shift_hours=12, rest_hours=0)
    everybody = [*people, cast.commander, cast.leader]
    published_plan([post, second], by=cast.leader, now=now, first_day=TODAY, days=6)
    instants = [now + timedelta(hours=5 * number) for number in range(36)]
    seen: dict[datetime, list[tuple[int, int]]] = {}
    clock = now
    for verb, hours, who in edits:
        clock += timedelta(hours=hours)
        with suppress(Refused):
            _edit(verb, clock, everybody[who], post, second, cast)
        for instant, known in seen.items():
            assert on_duty_at(instant) == known, (verb, clock, instant)
        for instant in instants:
            if instant < clock:
                seen.setdefault(instant, on_duty_at(instant))
        standing = list(Shift.objects.filter(published_at__isnull=False, superseded_at__isnull=True).order_by("pk"))
        for number, one in enumerate(standing):
            for other in standing[number + 1 :]:
                assert one.person_id != other.person_id or one.ends <= other.starts or other.ends <= one.starts
        for gap in queries.gaps(WHOLE, TODAY, 6, now=clock):
            assert gap.effective + gap.missing == gap.required
    transaction.savepoint_rollback(mark)


def _edit(verb: str, clock: datetime, who: User, post: DutyPost, second: DutyPost, cast: Cast) -> None:
    coming = Shift.objects.filter(
        published_at__isnull=False, superseded_at__isnull=True, during__endswith__gt=clock
    ).order_by("during", "pk")
    shift = coming.first()
    if verb in ("override", "substitute") and shift:
        origin = Origin.OVERRIDE if verb == "override" else Origin.SUBSTITUTE
        actions.override(shift=shift, person=who, by=cast.leader, now=clock, origin=origin)
    elif verb == "replan":
        day = clock.date() + timedelta(days=1)
        published_plan([post, second], by=cast.leader, now=clock, first_day=day, days=4)
    elif verb == "add":
        actions.put_on_duty(
            post=post, person=who, start=clock - timedelta(hours=9), end=clock + timedelta(hours=9), by=cast.leader,
            now=clock,
        )  # fmt: skip
    elif verb == "leave":
        day = clock.date()
        actions.record_leave(person=who, first_day=day, last_day=day, by=who, now=clock)
    elif verb == "members":
        given = [actions.MemberGiven(who)]
        actions.set_members(post=second, members=given, by=cast.leader, now=clock)
    elif verb == "retire":
        actions.retire(post=second, by=cast.leader, now=clock)


def test_nearest_post_first_and_by_role(cast: Cast, post: DutyPost, now: datetime) -> None:
    street = duty_post(
        by=cast.duty_officer, now=now, members=[cast.subdistrict_officer], area_code=SUBDISTRICT,
        role="subdistrict_officer",
    )  # fmt: skip
    published_plan([street], by=cast.subdistrict_officer, now=now, first_day=TODAY, days=2, area_code=SUBDISTRICT)
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    room = queries.on_duty(scope_of(DISTRICT), now)[0].person
    assert queries.on_duty_people(SUBDISTRICT + "001", now) == [cast.subdistrict_officer, room]
    assert queries.on_duty_people(SUBDISTRICT, now, role="duty_officer") == [room]
    assert queries.on_duty_people(OTHER_SUBDISTRICT, now) == [room]
    assert [shift.person for shift in queries.on_duty(scope_of(SUBDISTRICT), now)] == [cast.subdistrict_officer]


def test_a_street_plans_its_own_posts_only(cast: Cast, post: DutyPost, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        actions.make_plan(
            area_code=DISTRICT, posts=[post], first_day=TODAY, last_day=TODAY, by=cast.subdistrict_officer, now=now
        )
    assert refused.value.code == Objection.OUTSIDE.value
    with pytest.raises(Refused):
        actions.set_members(post=post, members=[], by=cast.other_officer, now=now)


def test_members_who_leave_were_members_until_yesterday(
    cast: Cast, post: DutyPost, people: list[User], now: datetime
) -> None:
    later = now + timedelta(days=3)
    actions.set_members(post=post, members=[actions.MemberGiven(people[1])], by=cast.leader, now=later)
    assert PostMember.objects.filter(post=post, until=date(2026, 7, 21)).count() == 3
    assert [row.person for row in queries.members_at(post, TODAY)] == people
    assert [row.person for row in queries.members_at(post, date(2026, 7, 22))] == [people[1]]


def test_a_retired_post_wants_nobody(cast: Cast, post: DutyPost, now: datetime) -> None:
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    later = now + timedelta(hours=1)
    actions.retire(post=post, by=cast.leader, now=later)
    assert queries.on_duty(WHOLE, later) == []
    assert len(queries.on_duty(WHOLE, now)) == 1
    assert queries.gaps(WHOLE, TODAY, now=later) == []


def test_ordinary_numbers_cover_every_kind_of_day(post: DutyPost) -> None:
    assert {row.day_kind for row in post.requirements.all()} == set(ORDINARY)


def test_late_duties_are_told_to_whoever_is_on_duty(
    cast: Cast, post: DutyPost, people: list[User], now: datetime
) -> None:
    everybody = superiors({GRID}, 2, now)[GRID]
    assert set(everybody) == {cast.duty_officer.pk, *(one.pk for one in people)}
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    room = queries.on_duty(WHOLE, now)[0].person
    assert superiors({GRID}, 2, now) == {GRID: {room.pk: room.name}}
    assert superiors({GRID}, 1, now)[GRID] == {cast.subdistrict_officer.pk: cast.subdistrict_officer.name}
