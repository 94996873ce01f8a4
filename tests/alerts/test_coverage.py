"""Every household in exactly one state; the parts sum to the whole; three ways of counting agree."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts import actions, queries
from alerts.enums import Choice, Reach, Via
from alerts.models import AudienceHousehold, Notice
from alerts.queries.counting import IN_FLIGHT
from alerts.rules import Facts, reach
from core.rules import Refused
from messaging.enums import ARRIVED, State
from messaging.models import Delivery
from territory.rules import scope_of
from tests.alerts.situations import household_of, issued, message_became
from tests.casts import DISTRICT, GRIDS, NIGHT, OTHER_GRIDS, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import household, household_without_phone, must_reach_household

EVERYWHERE = scope_of(DISTRICT)
ALL_GRIDS = (*GRIDS, *OTHER_GRIDS)

fates = st.fixed_dictionaries(
    {
        "state": st.sampled_from([None, *State]),
        "answer": st.sampled_from(["", *Choice.values]),
        "help_closed": st.booleans(),
        "visited": st.booleans(),
        "closed": st.booleans(),
        "waited": st.booleans(),
    }
)


def facts_of(row: AudienceHousehold) -> Facts:
    delivery = Delivery.objects.filter(
        broadcast_id=row.notice.broadcast_id or 0, contact_point_id=row.contact_point_id
    ).first()
    state = delivery.state if delivery else None
    return Facts(
        answer=row.answer,
        help_closed=row.help_closed_at is not None,
        visited=row.visited_at is not None,
        arrived=state in ARRIVED,
        open=state in IN_FLIGHT,
        closed=bool(row.closed_reason),
        waited=row.unreached_at is not None,
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lot=st.lists(fates, min_size=10, max_size=10))
def test_whatever_happens_each_household_has_one_state_and_the_sums_agree(
    cast: Cast, lot: list[dict[str, object]]
) -> None:
    row = _ten_households(cast)
    for home, fate in zip(row.households.order_by("pk"), lot, strict=True):
        if fate["state"] is not None and home.contact_point_id:
            Delivery.objects.filter(broadcast=row.broadcast, contact_point=home.contact_point).update(
                state=fate["state"]
            )
        AudienceHousehold.objects.filter(pk=home.pk).update(
            answer=fate["answer"],
            help_closed_at=NIGHT if fate["help_closed"] else None,
            visited_at=NIGHT if fate["visited"] else None,
            closed_reason="搬走" if fate["closed"] else "",
            unreached_at=NIGHT if fate["waited"] else None,
        )
    listed = {one.pk: Reach(one.reach) for one in queries.with_reach(row.households.all(), row)}
    assert listed == {one.pk: reach(facts_of(one)) for one in row.households.select_related("notice")}
    found = queries.coverage(row, EVERYWHERE)
    for state in Reach:
        assert found.total.count(state) == list(listed.values()).count(state)
        assert sum(grid.count(state) for grid in found.grids) == found.total.count(state)
        assert sum(part.count(state) for part in found.subdistricts) == found.total.count(state)
    assert sum(bar.count for bar in found.bars) == found.total.total == 10
    assert found.total.must_total + found.total.ordinary_total == 10
    east, west = (queries.coverage(row, scope_of(code)).total.total for code in (SUBDISTRICT, OTHER_SUBDISTRICT))
    assert east + west == 10
    crying = {line.audience.pk for line in queries.calls_for_help(row, EVERYWHERE)}
    assert crying == {pk for pk, state in listed.items() if state == Reach.NEED_HELP}


def _ten_households(cast: Cast) -> Notice:
    if existing := Notice.objects.filter(broadcast__isnull=False).first():
        return existing
    for number, grid in enumerate(ALL_GRIDS * 2):
        if number == 3:
            household_without_phone(area_code=grid)
        elif number % 4 == 0:
            must_reach_household(area_code=grid)
        else:
            household(area_code=grid)
    return issued(cast)


def test_a_household_without_telephone_or_with_a_failed_message_counts_as_unreached_at_once(cast: Cast) -> None:
    household_without_phone()
    failed, going = household(), household()
    row = issued(cast)
    message_became(row, failed, State.FAILED)
    found = queries.coverage(row, EVERYWHERE)
    assert (found.total.unreached, found.total.pending) == (2, 1)
    assert found.unreached_without_knock == 2
    assert not found.accounted
    assert household_of(row, going).unreached_at is None


def test_the_three_denominators_stay_apart(cast: Cast) -> None:
    elder, answering, silent = must_reach_household(), household(), household()
    row = issued(cast)
    for home in (elder, answering, silent):
        message_became(row, home, State.DELIVERED)
    actions.record_answer(audience=household_of(row, answering), choice=Choice.SAFE, via=Via.SMS, now=NIGHT)
    actions.record_answer(audience=household_of(row, elder), choice=Choice.SAFE, via=Via.SMS, now=NIGHT)
    total = queries.coverage(row, EVERYWHERE).total
    assert (total.must_spoken, total.must_total) == (0, 1)  # her daughter's thumb is not a voice at the door
    assert (total.ordinary_delivered, total.ordinary_answered, total.ordinary_total) == (2, 1, 2)


def test_the_unreached_list_pages_without_gap_or_repetition_and_must_reach_come_first(cast: Cast) -> None:
    homes = [must_reach_household(area_code=grid, phone=None) for grid in ALL_GRIDS * 2]
    homes += [household_without_phone(area_code=grid) for grid in ALL_GRIDS * 3]
    random.Random(7).shuffle(homes)
    row = issued(cast)
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = queries.unreached(row, EVERYWHERE, after=after, size=4)
        seen += [line.audience.household_id for line in page.rows]
        after = page.after
    assert len(seen) == len(set(seen)) == 25
    assert set(seen[:10]) == {home.pk for home in homes if home.must_reach}


def test_the_number_of_statements_does_not_grow_with_the_audience(cast: Cast) -> None:
    for grid in ALL_GRIDS * 4:
        household(area_code=grid)
    row = issued(cast)
    with CaptureQueriesContext(connection) as counted:
        queries.coverage(row, EVERYWHERE)
    assert len(counted) == 5
    with CaptureQueriesContext(connection) as listed:
        queries.unreached(row, EVERYWHERE)
    assert len(listed) <= 2


def test_whoever_closes_a_household_says_why_and_a_reached_one_is_not_closed(cast: Cast) -> None:
    gone, had = household_without_phone(), household()
    row = issued(cast)
    message_became(row, had, State.DELIVERED)
    late = NIGHT + timedelta(minutes=30)
    officer = cast.subdistrict_officer
    with pytest.raises(Refused):
        actions.close_unreachable(audience=household_of(row, gone), reason=" ", by=officer, now=late)
    with pytest.raises(Refused):
        actions.close_unreachable(audience=household_of(row, gone), reason="搬走", by=cast.other_officer, now=late)
    with pytest.raises(Refused) as reached:
        actions.close_unreachable(audience=household_of(row, had), reason="搬走", by=officer, now=late)
    assert reached.value.code == "conflict.reached"
    actions.close_unreachable(audience=household_of(row, gone), reason="全家在外地", by=officer, now=late)
    found = queries.coverage(row, EVERYWHERE)
    assert found.total.count(Reach.CLOSED_UNREACHABLE) == 1
    assert found.total.total == 2
    assert found.accounted


def test_a_list_of_notices_counts_each_as_its_own_page_does_and_asks_once(cast: Cast) -> None:
    homes = [household(), household_without_phone(), must_reach_household(area_code=OTHER_GRIDS[0])]
    first, second = issued(cast), issued(cast)
    message_became(first, homes[0], State.DELIVERED)
    actions.record_answer(
        audience=household_of(second, homes[2]), choice=Choice.NEED_HELP, via=Via.LINK, by=None, now=NIGHT
    )
    for scope in (EVERYWHERE, scope_of(SUBDISTRICT), scope_of(GRIDS[1])):
        with CaptureQueriesContext(connection) as asked:
            whole = queries.totals([first, second], scope)
        assert len(asked) == 1
        for row in (first, second):
            alone = queries.coverage(row, scope).total
            assert (whole[row.pk].ordinary, whole[row.pk].must) == (alone.ordinary, alone.must)
            assert whole[row.pk].must_spoken == alone.must_spoken
    assert queries.being_sent([first, second]) == {first.pk, second.pk}
