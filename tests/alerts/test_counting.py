"""Counting by messages alone agrees with counting one by one, and the sums outlive the messages."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts import actions, queries
from alerts.enums import Choice, Message, Reach, Via
from alerts.models import AudienceHousehold, AudiencePhone, Notice, NoticeCount, Subscription
from alerts.queries.counting import counted_by_area, counted_by_notice
from alerts.rules import step_minutes
from messaging import actions as messaging
from messaging.enums import State
from messaging.models import Broadcast, Delivery
from territory.models import HouseholdContact
from territory.rules import Scope, scope_of
from tests.alerts.situations import issued
from tests.casts import DISTRICT, GRIDS, NIGHT, OTHER_GRIDS, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import contact_point, household, household_without_phone, must_reach_household

EVERYWHERE = scope_of(DISTRICT)
SCOPES = tuple(scope_of(code) for code in (DISTRICT, SUBDISTRICT, OTHER_SUBDISTRICT, GRIDS[1]))
LATER = NIGHT + timedelta(minutes=20)


def shown(row: Notice, scope: Scope) -> dict[str, Any]:
    """All figures of all grids."""
    found = queries.coverage(row, scope)
    return {
        grid.code: (grid.ordinary, grid.must, grid.must_spoken, grid.must_away, grid.must_met_crying)
        for grid in sorted(found.grids, key=lambda one: one.code)
    }


def subscribers_of_every_kind(luck: random.Random) -> None:
    """Strangers to the roll, and telephones that are some household's first, second or shared one."""
    strangers = [f"+8613800000{number:03d}" for number in range(8)]
    known = [f"+86151000001{number:02d}" for number in luck.sample(range(30), 6)] + ["+8615100000001"]
    firsts = list(HouseholdContact.objects.filter(rank=1).values_list("contact_point__address", flat=True))
    for phone in dict.fromkeys([*strangers, *known, *luck.sample(firsts, 4)]):
        area = luck.choice([DISTRICT, SUBDISTRICT, OTHER_SUBDISTRICT, *GRIDS])
        Subscription.objects.create(contact_point=contact_point(phone), area_code=area, begun_at=NIGHT)


def many_kinds(cast: Cast, seed: int) -> Notice:
    """A notice to thirty households of every kind and to subscribers, some with one telephone among them, whatever
    became of them.
    """
    luck = random.Random(seed)
    for number in range(30):
        grid = luck.choice((*GRIDS, *OTHER_GRIDS))
        kind = number % 6
        if kind == 0:
            must_reach_household(area_code=grid, phone=luck.choice(["own", None]))
        elif kind == 1:
            household_without_phone(area_code=grid)
        elif kind == 2:
            household(area_code=grid, phone=f"+861510000000{luck.randrange(3)}")
        else:
            home = household(area_code=grid)
            HouseholdContact.objects.create(
                household=home, contact_point=contact_point(f"+86151000001{number:02d}"), rank=2
            )
    subscribers_of_every_kind(luck)
    row = issued(cast)
    for delivery in row.broadcast.deliveries.all() if row.broadcast else ():
        state = luck.choice(list(State))
        accepted = NIGHT if state == State.ACCEPTED else None
        Delivery.objects.filter(pk=delivery.pk).update(state=state, accepted_at=accepted)
    actions.send_waves(now=LATER)
    for delivery in Delivery.objects.filter(broadcast__follows=row.broadcast):
        Delivery.objects.filter(pk=delivery.pk).update(state=luck.choice(list(State)))
    for audience in row.households.all():
        AudienceHousehold.objects.filter(pk=audience.pk).update(
            answer=luck.choice(["", "", "", "safe", "away", "need_help"]),
            help_closed_at=luck.choice([None, NIGHT]),
            visited_at=luck.choice([None, None, None, NIGHT]),
            closed_reason=luck.choice(["", "", "", "搬走"]),
            unreached_at=luck.choice([None, None, NIGHT]),
        )
    return row


@pytest.mark.parametrize("seed", range(4))
def test_counting_messages_alone_gives_what_counting_households_gives(cast: Cast, seed: int) -> None:
    row = many_kinds(cast, seed)
    one_by_one = [shown(row, scope) for scope in SCOPES]
    assert actions.mark_apart(now=LATER) == 1
    assert actions.mark_apart(now=LATER) == 0
    assert AudiencePhone.objects.filter(broadcast__isnull=False).exists()
    assert [shown(row, scope) for scope in SCOPES] == one_by_one
    whole = counted_by_notice([row.pk], EVERYWHERE)[row.pk]
    by_area = counted_by_area(row, EVERYWHERE).values()
    assert whole[0] == sum(spoken for spoken, _kinds in by_area)
    assert whole[1] == [sum(kinds) for kinds in zip(*(kinds for _spoken, kinds in by_area), strict=True)]


def test_a_subscriber_is_no_household_that_has_the_message(cast: Cast) -> None:
    household()
    Subscription.objects.create(contact_point=contact_point("+8613800000001"), area_code=DISTRICT, begun_at=NIGHT)
    row = issued(cast)
    Delivery.objects.update(state=State.DELIVERED)
    actions.mark_apart(now=NIGHT)
    total = queries.coverage(row, EVERYWHERE).total
    assert (total.ordinary_total, total.ordinary_delivered) == (1, 1)


def test_nothing_of_a_plain_household_is_read_but_its_message(cast: Cast) -> None:
    for grid in GRIDS:
        household(area_code=grid)
    must_reach_household()
    row = issued(cast)
    actions.mark_apart(now=NIGHT)
    assert AudienceHousehold.objects.filter(apart=True).count() == 1
    assert queries.coverage(row, EVERYWHERE).total.pending == 4


def test_a_corrections_households_are_counted_one_by_one(cast: Cast) -> None:
    household()
    row = issued(cast)
    Delivery.objects.update(state=State.DELIVERED)
    draft = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT, changes={"measures": "绕行"})
    draft = actions.submit(notice=draft, by=cast.duty_officer, now=NIGHT)
    second = actions.approve(notice=draft, version=draft.version, by=cast.commander, now=NIGHT)
    assert actions.mark_apart(now=NIGHT) == 1
    assert not NoticeCount.objects.filter(notice=second, marked_at__isnull=False).exists()


# --- after the messages are destroyed ---------------------------------------------------------------------------------


def test_the_sums_the_lists_and_the_curve_outlive_the_messages(cast: Cast, now: datetime) -> None:
    row = many_kinds(cast, 11)
    Delivery.objects.filter(state__in=(State.QUEUED, State.SENDING, State.UNKNOWN)).update(state=State.ACCEPTED)
    Delivery.objects.filter(state__in=(State.DELIVERED, State.READ)).update(settled_at=NIGHT)
    actions.mark_apart(now=LATER)
    before = [shown(row, scope) for scope in SCOPES]
    whole = queries.totals([row], EVERYWHERE)[row.pk]
    listed = {one.pk: one.reach for one in queries.with_reach(row.households.all(), row)}
    missing = [line.line.audience.pk for line in queries.missing(row, EVERYWHERE, "ordinary").rows]
    assert whole.ordinary[Reach.DELIVERED]
    Broadcast.objects.update(created_at=NIGHT - timedelta(days=2000))
    done = messaging.purge(before=NIGHT - timedelta(days=1000), now=now)
    assert done.broadcasts >= 2
    assert not Delivery.objects.filter(broadcast__origin=f"alerts.notice:{row.pk}").exists()
    assert [shown(row, scope) for scope in SCOPES] == before
    assert queries.totals([row], EVERYWHERE)[row.pk].ordinary == whole.ordinary
    assert {one.pk: one.reach for one in queries.with_reach(row.households.all(), row)} == listed
    assert [line.line.audience.pk for line in queries.missing(row, EVERYWHERE, "ordinary").rows] == missing
    assert queries.curve(row, EVERYWHERE, now=now)[-1].delivered > 0
    assert AudienceHousehold.objects.filter(message=Message.ARRIVED, arrived_at=NIGHT).exists()
    assert AudienceHousehold.objects.filter(message=None).count() == 0


def test_what_is_frozen_once_is_not_written_again(cast: Cast, now: datetime) -> None:
    household()
    row = issued(cast)
    assert row.broadcast is not None
    assert [actions.freeze_counts(broadcast=row.broadcast, now=now) for _try in range(2)] == [1, 0]


# --- the curve --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "step"), [(1, 1), (60, 1), (61, 2), (600, 10), (4320, 120), (200_000, 3333)])
def test_a_curve_has_sixty_points_at_most(minutes: int, step: int) -> None:
    assert step_minutes(timedelta(minutes=minutes)) == step


def test_the_curve_rises_minute_by_minute_and_ends_at_the_sums(cast: Cast) -> None:
    homes = [household() for _number in range(4)]
    row = issued(cast)
    quick, slow = (row.households.get(household=home) for home in homes[:2])
    for audience, minutes in ((quick, 1), (slow, 7)):
        Delivery.objects.filter(contact_point=audience.contact_point).update(
            state=State.DELIVERED, settled_at=NIGHT + timedelta(minutes=minutes)
        )
    actions.record_answer(audience=slow, choice=Choice.SAFE, via=Via.SMS, now=NIGHT + timedelta(minutes=9))
    third = row.households.get(household=homes[2])
    AudienceHousehold.objects.filter(pk=third.pk).update(visited_at=NIGHT + timedelta(minutes=8))
    points = queries.curve(row, EVERYWHERE, now=NIGHT + timedelta(minutes=10))
    assert [point.minutes for point in points] == list(range(11))
    assert [point.delivered for point in points] == [0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2]
    assert [(point.answered, point.visited) for point in points[7:]] == [(0, 0), (0, 1), (1, 1), (1, 1)]
    assert [point.unreached for point in points[6:]] == [3, 2, 1, 1, 1]
    assert [line.last for line in queries.drawn(points, {"delivered": "", "unreached": ""})] == [2, 1]
