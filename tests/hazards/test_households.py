"""Household checks: once whatever the network does; the roll changes only when another person accepts it."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import Reveal, User
from core.rules import Refused
from hazards import actions, queries
from hazards.models import HouseholdCheck, RollProposal
from hazards.queries import HouseholdFilter
from hazards.rules import Progress
from territory.models import Household
from territory.rules import scope_of
from tests.casts import GRID, GRIDS, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import contact_point, household, household_without_phone, must_reach_household
from tests.hazards.doors import checked, door_questions

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
SINCE = datetime.fromisoformat("2026-05-15T00:00:00+08:00")


def filled(**more: Any) -> dict[str, Any]:
    items = list(door_questions().items.all())
    return {
        "client_uuid": str(uuid.uuid4()),
        "outcome": "checked",
        **{f"result_{item.pk}": "pass" for item in items},
        **more,
    }


def body(home: Household, **more: Any) -> dict[str, Any]:
    answers = [{"item": item.pk, "result": "pass"} for item in door_questions().items.all()]
    return {"client_uuid": str(uuid.uuid4()), "household": home.code, "answers": answers, **more}


def test_a_check_sent_twice_is_one_and_another_under_its_number_is_refused(cast: Cast, api: SignedIn) -> None:
    told = body(household())
    worker, url = api(cast.grid_worker), "/api/v1/hazards/household-checks/"
    answers = [worker.post(url, told), worker.post(url, told), worker.post(url, told | {"note": "改口"})]
    assert [answer.status_code for answer in answers] == [201, 200, 409]
    assert answers[2].json()["code"] == "conflict_check_other"
    assert HouseholdCheck.objects.count() == 1


def test_a_question_left_open_is_named_and_nothing_is_stored(cast: Cast, signed_in: SignedIn) -> None:
    home, told = household(), filled()
    item = door_questions().items.first()
    assert item is not None
    del told[f"result_{item.pk}"]
    page = signed_in(cast.grid_worker).post(reverse("hazards:household_check", args=[home.pk]), told)
    assert page.context["form"].errors.keys() == {f"result_{item.pk}"}
    assert not HouseholdCheck.objects.exists()


def test_the_form_stores_a_check_and_the_page_tells_what_failed(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    home = household()
    item = door_questions().items.get(topic="house")
    worker = signed_in(cast.grid_worker)
    told = filled(**{f"result_{item.pk}": "fail", f"note_{item.pk}": "后墙裂缝"})
    answer = worker.post(reverse("hazards:household_check", args=[home.pk]), told, follow=True)
    stored = HouseholdCheck.objects.get()
    assert (stored.checked_by, stored.failed_items, stored.recorded_at) == (cast.grid_worker, 1, now)
    assert "后墙裂缝" in answer.content.decode()


def test_a_closed_door_is_a_try_and_no_check(cast: Cast, now: datetime) -> None:
    home = household()
    checked(home, by=cast.grid_worker, now=now, outcome="nobody")
    (row,) = queries.households_to_check(scope_of(GRID), HouseholdFilter("tried"), since=SINCE)
    assert (row.tried_at, row.checked_at) == (now, None)
    assert queries.progress_by_grid(scope_of(GRID), since=SINCE)[GRID].left == 1


def test_nobody_checks_in_anothers_grid(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    home = household(area_code=OTHER_GRID)
    assert signed_in(cast.grid_worker).get(reverse("hazards:household_check", args=[home.pk])).status_code == 404
    with pytest.raises(Refused) as caught:
        checked(home, by=cast.grid_worker, now=now)
    assert caught.value.code == "outside_area"


def test_what_was_said_at_a_door_is_neither_changed_nor_lost(cast: Cast, now: datetime) -> None:
    check = checked(household(), by=cast.grid_worker, now=now)
    for act in (lambda: HouseholdCheck.objects.update(note="x"), lambda: check.answers.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_checks_are_counted_once_a_household_and_only_since_that_day(cast: Cast, now: datetime) -> None:
    first, must = household(), must_reach_household()
    household_without_phone(area_code=OTHER_GRID)
    checked(first, by=cast.grid_worker, now=now - timedelta(days=90))
    assert queries.progress_by_grid(scope_of(SUBDISTRICT), since=SINCE) == {GRID: Progress(2, 0, 1, 0, 0)}
    checked(must, by=cast.grid_worker, now=now - timedelta(days=1))
    checked(must, by=cast.grid_worker, now=now, failing=1)
    assert queries.progress_by_grid(scope_of(SUBDISTRICT), since=SINCE) == {GRID: Progress(2, 1, 1, 1, 1)}


def test_whoever_must_be_reached_comes_first_among_those_left(cast: Cast, now: datetime) -> None:
    ordinary, must, done = household(), must_reach_household(), household()
    checked(done, by=cast.grid_worker, now=now)
    assert list(queries.households_to_check(scope_of(GRID), since=SINCE)) == [must, ordinary]
    assert list(queries.households_to_check(scope_of(GRID), HouseholdFilter("must"), since=SINCE)) == [must]
    assert list(queries.households_to_check(scope_of(GRID), HouseholdFilter("checked"), since=SINCE)) == [done]


def test_a_wrong_number_is_proposed_and_the_roll_stays_until_another_accepts(cast: Cast, now: datetime) -> None:
    home = household(phone="+8613800000001")
    checked(home, by=cast.grid_worker, now=now, failing=2, phone="13800000002", must_reach="alone")
    assert queries.roll_says(home) == ("+8613800000001", "")
    for proposal in RollProposal.objects.order_by("pk"):
        actions.decide_proposal(proposal=proposal, accept=True, by=cast.subdistrict_officer, now=now)
    assert queries.roll_says(home) == ("+8613800000002", "alone")
    home.refresh_from_db()
    assert home.verified_at == datetime(2026, 7, 19).date()  # noqa: DTZ001  (a local day)
    assert list(home.contacts.values_list("rank", flat=True)) == [1]


def test_a_second_number_that_is_right_moves_up_and_leaves_no_gap(cast: Cast, now: datetime) -> None:
    home = household(phone="+8613800000001")
    for rank, number in ((2, "+8613800000002"), (3, "+8613800000003")):
        home.contacts.create(contact_point=contact_point(number), rank=rank)
    checked(home, by=cast.grid_worker, now=now, phone="13800000002")
    actions.decide_proposal(proposal=RollProposal.objects.get(), accept=True, by=cast.subdistrict_officer, now=now)
    numbers = home.contacts.order_by("rank").values_list("rank", "contact_point__address")
    assert list(numbers) == [(1, "+8613800000002"), (2, "+8613800000003")]


def test_nobody_decides_his_own_proposal_nor_one_of_another_street(cast: Cast, now: datetime) -> None:
    checked(household(), by=cast.subdistrict_officer, now=now, must_reach="alone")
    proposal = RollProposal.objects.get()
    with pytest.raises(Refused) as caught:
        actions.decide_proposal(proposal=proposal, accept=True, by=cast.subdistrict_officer, now=now)
    assert caught.value.code == "proposal_own"
    for stranger in (cast.other_officer, cast.grid_worker):
        with pytest.raises(PermissionDenied):
            actions.decide_proposal(proposal=proposal, accept=True, by=stranger, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        RollProposal.objects.update(accepted=True, decided_by=cast.subdistrict_officer, decided_at=now)


def test_a_proposal_is_decided_once_and_refused_with_a_reason(cast: Cast, now: datetime) -> None:
    home = household()
    checked(home, by=cast.grid_worker, now=now, must_reach="alone")
    proposal, officer = RollProposal.objects.get(), cast.subdistrict_officer
    with pytest.raises(Refused) as caught:
        actions.decide_proposal(proposal=proposal, accept=False, by=officer, now=now)
    assert caught.value.field == "reason"
    actions.decide_proposal(proposal=proposal, accept=False, reason="并非独居", by=officer, now=now)
    with pytest.raises(Refused) as caught:
        actions.decide_proposal(proposal=proposal, accept=True, by=officer, now=now)
    assert caught.value.code == "conflict_proposal_decided"
    assert queries.roll_says(home)[1] == ""


def test_a_roll_that_has_changed_meanwhile_is_not_overwritten(cast: Cast, now: datetime) -> None:
    home = household()
    checked(home, by=cast.grid_worker, now=now, must_reach="alone")
    Household.objects.update(must_reach="bedridden")
    with pytest.raises(Refused) as caught:
        actions.decide_proposal(proposal=RollProposal.objects.get(), accept=True, by=cast.subdistrict_officer, now=now)
    assert caught.value.code == "conflict_roll_moved"


def test_the_last_word_at_the_door_is_the_one_that_waits(cast: Cast, now: datetime) -> None:
    home = household(phone="+8613800000001")
    checked(home, by=cast.grid_worker, now=now, phone="13800000002")
    checked(home, by=cast.subdistrict_officer, now=now, phone="13800000003")
    proposal = RollProposal.objects.get()
    assert (proposal.value, proposal.proposed_by) == ("+8613800000003", cast.subdistrict_officer)


def test_names_and_numbers_stay_masked_until_somebody_says_why(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    home = household(phone="+8613800000001", head_name="王小明")
    officer, url = signed_in(cast.subdistrict_officer), reverse("hazards:household", args=[home.pk])
    for page in (officer.get(url), officer.get(reverse("hazards:households"))):
        assert "王小明" not in page.content.decode()
        assert "13800000001" not in page.content.decode()
    refused = officer.post(reverse("hazards:household_reveal", args=[home.pk]), {"reason": ""})
    assert refused.status_code == 400
    shown = officer.post(reverse("hazards:household_reveal", args=[home.pk]), {"reason": "核对电话"})
    assert "王小明" in shown.content.decode()
    assert Reveal.objects.get().subject == f"household:{home.pk}"


def test_the_sheet_holds_ones_own_area_masked_and_runs_no_formula(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    home = household(head_name="王小明", phone="+8613800000001", address="=1+1")
    household(area_code=OTHER_GRID)
    checked(home, by=cast.grid_worker, now=now, failing=1)
    url = reverse("hazards:households_export")
    answer = signed_in(cast.subdistrict_officer).get(url, {"show": "all"})
    (_head, row) = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert row[3] == home.code
    assert str(row[5]).startswith("'=1+1")
    assert row[6] == "王**"
    assert row[11:13] == (1, "房屋是否安全")
    assert not any("1380000" in str(cell) for cell in row)


def test_the_list_and_the_sheet_ask_the_same_number_of_statements(
    cast: Cast, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for grid in GRIDS:
        for _each in range(3):
            checked(household(area_code=grid), by=cast.subdistrict_officer, now=now, failing=1)
    with django_assert_num_queries(2):
        queries.progress_by_grid(scope_of(SUBDISTRICT), since=SINCE)
    with django_assert_num_queries(4):
        queries.household_sheet(scope_of(SUBDISTRICT), HouseholdFilter("all"), since=SINCE.date())


DOORS = {
    "households": {"grid_worker": 200, "subdistrict_officer": 200, "leader": 200, "storekeeper": 403, "outsider": 403},
    "households_export": {"subdistrict_officer": 200, "duty_officer": 200, "auditor": 200, "grid_worker": 403},
    "proposals": {"subdistrict_officer": 200, "grid_worker": 403, "auditor": 403, "commander": 403},
    "household": {"grid_worker": 200, "subdistrict_officer": 200, "other_officer": 404, "other_worker": 404},
    "household_check": {"grid_worker": 200, "subdistrict_officer": 200, "other_worker": 404, "duty_officer": 403},
    "household_answers": {"grid_worker": 200, "auditor": 200, "other_officer": 404, "site_keeper": 403},
}


@pytest.mark.parametrize("name", DOORS)
def test_pages_open_to_their_roles_in_their_areas(cast: Cast, signed_in: SignedIn, now: datetime, name: str) -> None:
    home = household()
    check = checked(home, by=cast.grid_worker, now=now, must_reach="alone")
    args: dict[str, list[Any]] = {
        "household": [home.pk],
        "household_check": [home.pk],
        "household_answers": [check.client_uuid],
    }
    url = reverse(f"hazards:{name}", args=args.get(name, []))
    assert {member: signed_in(getattr(cast, member)).get(url).status_code for member in DOORS[name]} == DOORS[name]


def test_programs_see_progress_and_decide_within_their_areas(cast: Cast, api: SignedIn, now: datetime) -> None:
    home = household()
    checked(home, by=cast.grid_worker, now=now, must_reach="alone")
    url = "/api/v1/hazards/household-checks/progress/"
    assert [row["area_code"] for row in api(cast.subdistrict_officer).get(url).json()] == [GRID]
    assert api(cast.other_officer).get(url).json() == []
    assert api(cast.storekeeper).get(url).status_code == 403
    decide = f"/api/v1/hazards/roll-proposals/{RollProposal.objects.get().pk}/"
    assert api(cast.other_officer).post(decide, {"accept": True}).status_code == 404
    assert api(cast.grid_worker).post(decide, {"accept": True}).status_code == 403
    assert api(cast.subdistrict_officer).post(decide, {"accept": True}).status_code == 200
    assert queries.roll_says(home)[1] == "alone"
