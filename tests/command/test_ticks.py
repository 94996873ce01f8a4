"""三方打勾: a closing is whole when the police, housing and the sub-district have each done their part."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from assignments import actions as duties
from assignments.enums import Means, State
from assignments.models import Assignment
from assignments.queries import kind, link_path, token_of
from assignments.rules import understood
from command import actions, queries
from command.enums.closing import Party
from command.enums.dangers import DangerSource, FieldObjection, RoadState
from command.models import ClosingLimit, Closure, ClosureTick, TimelineEntry
from command.queries.closing import answerable_for, depths_of
from command.queries.closure import parties_missing
from command.rules.closure import TICK_KINDS, TICKED, limit_of, opens_below
from core.rules import Refused
from messaging.models import Delivery
from tests.casts import DISTRICT, GRID, NIGHT, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import contact_point, duty, site

MINUTE = timedelta(minutes=1)


def closed(by: User, **fields: Any) -> Closure:
    """An underpass of the first grid under water above its limit."""
    values: dict[str, Any] = {"client_uuid": uuid.uuid4(), "depth_cm": 40, "now": NIGHT, "site": site()}
    return actions.report_water(**(values | fields), by=by)[0]


def partners(cast: Cast) -> None:
    """The police by its liaison, housing by a telephone only."""
    actions.name_partner(party=Party.TRAFFIC, area_code=DISTRICT, by=cast.duty_officer, person=cast.agency_liaison)
    actions.name_partner(
        party=Party.DRAINAGE, area_code=DISTRICT, by=cast.duty_officer, name="住建局值班", phone="+8613700000077"
    )


def ticks(row: Closure) -> dict[str, ClosureTick]:
    """The three ticks by party."""
    return {tick.party: tick for tick in row.ticks.select_related("assignment__assignee")}


# --- without a database


def test_the_kind_of_place_has_its_depths_and_the_site_its_own_before_them() -> None:
    assert (limit_of(15, 20), limit_of(None, 20), limit_of(None, None)) == (15, 20, 27)
    assert (opens_below(27, 10), opens_below(15, 20), opens_below(27)) == (10, 15, 27)


def test_a_tick_is_one_key_and_the_words_people_say() -> None:
    for party, words in ((Party.TRAFFIC, "已封路"), (Party.DRAINAGE, "泵已开"), (Party.WATCH, "已到位")):
        options = TICK_KINDS[party].options
        for said in (TICKED, words):
            meaning = understood(said, options)
            assert meaning.option is not None
            assert meaning.option.key == TICKED


# --- asking for ticks


def test_each_party_is_asked_by_its_own_person_and_a_telephone_without_account_too(cast: Cast, now: datetime) -> None:
    partners(cast)
    made = ticks(closed(cast.site_keeper))
    assert made["traffic"].assignment.assignee == cast.agency_liaison
    assert made["watch"].assignment.assignee == cast.subdistrict_officer
    by_phone = made["drainage"].assignment
    assert (by_phone.assignee, by_phone.assignee_name) == (None, "住建局值班")
    assert Delivery.objects.filter(contact_point=contact_point("+8613700000077")).exists()


def test_the_smallest_area_goes_first_and_where_nobody_is_named_the_duty_room_owes_it(
    cast: Cast, now: datetime
) -> None:
    actions.name_partner(party=Party.TRAFFIC, area_code=DISTRICT, by=cast.duty_officer, person=cast.agency_liaison)
    actions.name_partner(party=Party.TRAFFIC, area_code=SUBDISTRICT, by=cast.duty_officer, person=cast.site_keeper)
    near, far = answerable_for(GRID, NIGHT), answerable_for(OTHER_GRID, NIGHT)
    assert (near[Party.TRAFFIC].person, far[Party.TRAFFIC].person) == (cast.site_keeper.pk, cast.agency_liaison.pk)
    assert near[Party.DRAINAGE].person == cast.duty_officer.pk


def test_shallow_water_asks_for_no_tick_and_a_second_report_asks_nobody_twice(cast: Cast, now: datetime) -> None:
    place = site()
    row = closed(cast.site_keeper, site=place, depth_cm=5)
    assert not row.ticks.exists()
    closed(cast.site_keeper, site=place)
    closed(cast.subdistrict_officer, site=place, depth_cm=60)
    assert sorted(tick.party for tick in row.ticks.all()) == ["drainage", "traffic", "watch"]


# --- making them


def test_a_closing_is_whole_with_three_ticks_and_the_missing_one_is_named(cast: Cast, now: datetime) -> None:
    partners(cast)
    row = closed(cast.site_keeper)
    made = ticks(row)
    actions.tick(tick=made["traffic"], by=cast.agency_liaison, now=NIGHT + 3 * MINUTE)
    duties.answer(
        assignment=made["watch"].assignment, option=TICKED, means=Means.PAGE, now=NIGHT, by=cast.subdistrict_officer
    )
    line = queries.closure_lines([row])[0]
    assert line.missing == [Party.DRAINAGE]
    assert parties_missing([row]) == [f"{Party.DRAINAGE.label} 1"]
    assert TimelineEntry.objects.filter(ref=f"closure:{row.pk}").count() == 3
    actions.tick(tick=made["drainage"], by=cast.duty_officer, now=NIGHT + 4 * MINUTE)
    assert queries.closure_lines([row])[0].missing == []
    assert ticks(row)["drainage"].means == Means.PHONE_CALL
    assert {tick.assignment.state for tick in ticks(row).values()} == {State.VERIFIED}


def test_a_tick_keeps_when_it_was_done_beside_when_it_was_said(cast: Cast, now: datetime) -> None:
    row = closed(cast.subdistrict_officer, occurred_at=NIGHT - 10 * MINUTE)
    tick = ticks(row)["watch"]
    with pytest.raises(Refused):
        actions.tick(tick=tick, by=cast.subdistrict_officer, now=NIGHT, occurred_at=NIGHT - 11 * MINUTE)
    with pytest.raises(Refused):
        actions.tick(tick=tick, by=cast.subdistrict_officer, now=NIGHT, occurred_at=NIGHT + MINUTE)
    done = actions.tick(tick=tick, by=cast.subdistrict_officer, now=NIGHT, occurred_at=NIGHT - 5 * MINUTE)
    assert (done.ticked_at, done.recorded_at) == (NIGHT - 5 * MINUTE, NIGHT)


def test_two_who_tick_at_once_one_wins_and_the_other_is_told(cast: Cast, now: datetime) -> None:
    tick = ticks(closed(cast.site_keeper))["watch"]
    actions.tick(tick=tick, by=cast.subdistrict_officer, now=NIGHT)
    with pytest.raises(Refused) as refusal:
        actions.tick(tick=tick, by=cast.duty_officer, now=NIGHT)
    assert refusal.value.code == FieldObjection.TICKED
    assert ClosureTick.objects.get(pk=tick.pk).ticked_by == cast.subdistrict_officer


def test_a_wrong_tick_is_taken_back_with_a_reason_and_its_party_is_rung_again(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    partners(cast)
    row = closed(cast.site_keeper)
    tick, url = ticks(row)["traffic"], reverse("command:closure_back", args=[row.client_uuid, "traffic"])
    with pytest.raises(Refused) as refusal:
        actions.take_back_tick(tick=tick, by=cast.agency_liaison, now=NIGHT, reason="mistake")
    assert refusal.value.code == FieldObjection.NOT_TICKED
    actions.tick(tick=tick, by=cast.agency_liaison, now=NIGHT)
    for nobody, reason in ((cast.site_keeper, "mistake"), (cast.agency_liaison, "people")):
        with pytest.raises(Refused):
            actions.take_back_tick(tick=tick, by=nobody, now=NIGHT, reason=reason)
    police = signed_in(cast.agency_liaison)
    page = police.get(reverse("command:closure", args=[row.client_uuid]))
    assert [line.may_take_back for line in page.context["ticks"]] == [True, False, False]
    police.post(url, {"reason": "undone"})
    tick.refresh_from_db()
    assert (tick.ticked_at, tick.ticked_by_name, tick.assignment.state) == (None, "", State.DOING)
    assert Party.TRAFFIC in queries.closure_lines([row])[0].missing
    assert [act.verb for act in queries.closure_acts(row)] == ["close", "tick", "untick"]
    assert tick.assignment.runs.filter(stopped_at=None).exists()
    duties.answer(
        assignment=tick.assignment, option=TICKED, means=Means.LINK, now=NIGHT + 2 * MINUTE, by=cast.agency_liaison
    )
    assert ticks(row)["traffic"].ticked_at is not None


def test_the_api_takes_a_tick_back(cast: Cast, now: datetime, api: Callable[[User], APIClient]) -> None:
    partners(cast)
    row = closed(cast.site_keeper)
    actions.tick(tick=ticks(row)["watch"], by=cast.subdistrict_officer, now=NIGHT)
    url, officer = f"/api/v1/command/closures/{row.client_uuid}/take-back/", api(cast.subdistrict_officer)
    assert officer.post(url, {"party": "watch"}, format="json").status_code == 400
    body = {"party": "watch", "back_reason": "mistake"}
    assert officer.post(url, body, format="json").status_code == 200
    assert officer.post(url, body, format="json").status_code == 409
    assert ticks(row)["watch"].ticked_at is None


def test_the_database_knows_one_tick_a_party_and_no_opening_without_reason_and_depth(cast: Cast, now: datetime) -> None:
    row = closed(cast.subdistrict_officer)
    tick = ticks(row)["watch"]
    with pytest.raises(IntegrityError), transaction.atomic():
        ClosureTick.objects.create(closure=row, party="watch", assignment=duty(of=cast.grid_worker))
    with pytest.raises(IntegrityError), transaction.atomic():
        ClosureTick.objects.filter(pk=tick.pk).update(ticked_at=NIGHT)
    rows = Closure.objects.filter(pk=row.pk)
    for lacking in ({"reopen_depth_cm": 0}, {"reopen_reason": "gone"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(reopened_at=NIGHT, reopened_by=cast.duty_officer, **lacking)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(reopened_at=NIGHT, reopened_by=cast.subdistrict_officer, reopen_depth_cm=0, reopen_reason="gone")
    rows.update(reopened_at=NIGHT, reopened_by=cast.duty_officer, reopen_depth_cm=0, reopen_reason="gone")


def test_when_the_road_is_open_nobody_owes_a_tick(cast: Cast, now: datetime) -> None:
    row = closed(cast.site_keeper)
    watch = ticks(row)["watch"]
    actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT + MINUTE, depth_cm=0)
    assert not Assignment.objects.filter(closure_tick__closure=row).exclude(state=State.CANCELLED).exists()
    with pytest.raises(Refused):
        actions.tick(tick=watch, by=cast.subdistrict_officer, now=NIGHT + MINUTE)
    with pytest.raises(Refused) as refusal:
        actions.reopen(closure=row, by=cast.leader, now=NIGHT + MINUTE, depth_cm=0)
    assert refusal.value.code == FieldObjection.REOPENED


def test_the_kinds_own_depths_close_and_open(cast: Cast, now: datetime) -> None:
    actions.set_limit(kind="underpass", closing_depth_cm=20, reopen_below_cm=5, by=cast.duty_officer)
    place = site()
    assert (depths_of(place).closing, depths_of(place).opening) == (20, 5)
    row = closed(cast.site_keeper, site=place, depth_cm=20)
    assert queries.state_of(row) == RoadState.CLOSED
    with pytest.raises(Refused):
        actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT, depth_cm=5)
    actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT, depth_cm=4)
    with pytest.raises(Refused):
        actions.set_limit(kind="underpass", closing_depth_cm=20, reopen_below_cm=21, by=cast.duty_officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClosingLimit.objects.update(reopen_below_cm=21)


def test_an_exercise_asks_marks_and_counts_apart(cast: Cast, now: datetime) -> None:
    place, run = site(), uuid.uuid4()
    real, drilled = closed(cast.site_keeper, site=place), closed(cast.site_keeper, site=place, exercise=run)
    assert real != drilled
    assert {tick.assignment.exercise for tick in ticks(drilled).values()} == {run}
    actions.tick(tick=ticks(drilled)["watch"], by=cast.subdistrict_officer, now=NIGHT)
    assert queries.closure_lines([real])[0].missing == list(Party)
    assert not TimelineEntry.objects.filter(exercise=None, ref=f"closure:{drilled.pk}").exists()


# --- pages


def test_an_agency_without_account_ticks_by_its_link(cast: Cast, now: datetime) -> None:
    partners(cast)
    row = closed(cast.site_keeper)
    owed = ticks(row)["drainage"].assignment
    phone = Client()
    page = phone.get(link_path(owed))
    assert len(page.content) < 50_000
    assert phone.get(link_path(owed) + "?option=1").status_code == 200
    assert ticks(row)["drainage"].ticked_at is None  # reading the page ticks nothing
    phone.post(link_path(owed), {"option": TICKED})
    made = ticks(row)["drainage"]
    assert (made.ticked_by, made.ticked_by_name, made.means) == (None, "住建局值班", Means.LINK)


def test_the_link_of_any_open_duty_closes_a_place_by_two_taps(cast: Cast, now: datetime) -> None:
    place, far = site(), site(area_code=OTHER_GRID)
    owed = duty(of=cast.grid_worker)
    phone, token = Client(), token_of(owed)
    assert reverse("command:link_roads", args=[token]) in phone.get(link_path(owed)).content.decode()
    places = phone.get(reverse("command:link_roads", args=[token]))
    assert [road.site for road in places.context["roads"]] == [place]
    tap, body = reverse("command:link_water", args=[token, place.code]), {"client_uuid": uuid.uuid4(), "depth_cm": 40}
    for _twice in range(2):
        answer = phone.post(tap, body)
        assert answer.status_code == 200
        assert len(answer.content) < 50_000
    row = Closure.objects.get()
    assert (row.closed_by, row.source, row.acts.count()) == (cast.grid_worker, DangerSource.TASK_LINK, 1)
    assert phone.post(reverse("command:link_water", args=[token, far.code]), body).status_code == 404
    duties.report(assignment=owed, by=cast.grid_worker, now=NIGHT)
    Assignment.objects.filter(pk=owed.pk).update(state=State.CANCELLED, verified_at=None)
    assert phone.get(reverse("command:link_roads", args=[token])).status_code == 404


def test_whoever_has_no_account_closes_under_his_name_and_another_opens(cast: Cast, now: datetime) -> None:
    place = site()
    owed = duty(
        of=cast.grid_worker, assignee=None, assignee_name="物业 老张", contact_point=contact_point("+8613700000078")
    )
    tap = reverse("command:link_water", args=[token_of(owed), place.code])
    Client().post(tap, {"client_uuid": uuid.uuid4(), "depth_cm": 40})
    row = Closure.objects.get()
    assert (row.closed_by, row.closed_by_name) == (None, "物业 老张")
    actions.reopen(closure=row, by=cast.duty_officer, now=NIGHT, depth_cm=0)


def test_the_list_and_the_page_name_the_missing_party_and_record_for_it(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    row = closed(cast.site_keeper)
    desk = signed_in(cast.duty_officer)
    listed = desk.get(reverse("command:closures")).context["lines"][0]
    assert len(listed.missing) == 3
    tap = reverse("command:closure_tick", args=[row.client_uuid, "watch"])
    assert desk.get(tap).status_code == 405
    desk.post(tap)
    page = desk.get(reverse("command:closure", args=[row.client_uuid]))
    assert [line.tick.ticked_by for line in page.context["ticks"]] == [None, None, cast.duty_officer]
    desk.post(tap)
    assert ticks(row)["watch"].ticked_by == cast.duty_officer


def test_ticks_are_made_by_whom_they_are_asked_of_and_by_those_who_may_record(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    partners(cast)
    row = closed(cast.site_keeper)
    tap = reverse("command:closure_tick", args=[row.client_uuid, "traffic"])
    for nobody, answer in (
        (cast.outsider, 403),
        (cast.auditor, 403),
        (cast.administrator, 403),
        (cast.other_officer, 404),
        (cast.other_worker, 404),
        (cast.grid_worker, 403),
        (cast.storekeeper, 403),
    ):
        assert signed_in(nobody).post(tap).status_code == answer, nobody.username
    assert ticks(row)["traffic"].ticked_at is None
    assert signed_in(cast.agency_liaison).post(tap).status_code == 302
    assert ticks(row)["traffic"].ticked_by == cast.agency_liaison


def test_the_duty_officer_names_partners_and_sets_depths_and_the_sub_district_does_not(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    setup = reverse("command:closing_setup")
    assert signed_in(cast.subdistrict_officer).get(setup).status_code == 403
    desk = signed_in(cast.duty_officer)
    assert desk.get(setup).status_code == 200
    bad = desk.post(reverse("command:closing_partner"), {"party": "traffic", "area_code": DISTRICT})
    assert bad.context["partner_form"].errors
    body = {"party": "traffic", "area_code": DISTRICT, "person": cast.agency_liaison.pk}
    assert desk.post(reverse("command:closing_partner"), body).status_code == 302
    body = {"kind": "underpass", "closing_depth_cm": 25, "reopen_below_cm": 10}
    assert desk.post(reverse("command:closing_limit"), body).status_code == 302
    row = desk.get(setup).context["partners"][0][0]
    desk.post(reverse("command:closing_partner_drop", args=[row.pk]))
    assert desk.get(setup).context["partners"] == []


def test_the_ladder_rings_until_the_tick_is_made(cast: Cast, now: datetime) -> None:
    owed = ticks(closed(cast.site_keeper))["watch"].assignment
    policy = kind(owed.kind).policy
    assert policy.steps[0].way == "voice"
    first = owed.runs.get(stopped_at=None)
    assert first.next_due_at == NIGHT + 5 * MINUTE
    duties.escalate_due(now=NIGHT + 5 * MINUTE)
    assert owed.runs.get(stopped_at=None).fired == 1
    actions.tick(tick=ClosureTick.objects.get(assignment=owed), by=cast.subdistrict_officer, now=NIGHT + 6 * MINUTE)
    assert not owed.runs.filter(stopped_at=None).exists()
