"""Who is where, who may see whom, and what the menu offers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts import actions, queries
from accounts.enums import Role
from accounts.models import Reveal, RoleHeld, User
from accounts.signals import person_replaced
from core.rules import Refused
from territory.rules import Scope, scope_of
from tests import factories
from tests.casts import (
    COMMUNITY,
    DISTRICT,
    GRID,
    GRIDS,
    OTHER_GRID,
    OTHER_GRIDS,
    OTHER_SUBDISTRICT,
    SUBDISTRICT,
    Cast,
    make_person,
)

CODES = st.lists(
    st.sampled_from([DISTRICT, SUBDISTRICT, OTHER_SUBDISTRICT, COMMUNITY, *GRIDS, *OTHER_GRIDS]), max_size=6
)


@given(CODES, st.sampled_from([DISTRICT, SUBDISTRICT, OTHER_SUBDISTRICT, COMMUNITY, *GRIDS, *OTHER_GRIDS]))
def test_a_scope_covers_exactly_what_lies_in_or_below_one_of_its_areas(codes: list[str], place: str) -> None:
    assert scope_of(*codes).covers(place) == any(place.startswith(code) for code in codes)


@given(CODES)
def test_a_scope_keeps_no_area_inside_another(codes: list[str]) -> None:
    kept = scope_of(*codes).codes
    assert not any(one != other and one.startswith(other) for one in kept for other in kept)


def test_a_list_shows_the_same_people_as_the_scope_covers(cast: Cast, now: datetime) -> None:
    for scope in (scope_of(SUBDISTRICT), scope_of(OTHER_SUBDISTRICT), scope_of(DISTRICT), Scope(frozenset())):
        shown = {user.pk for user in queries.people(scope, now=now)}
        covered = {held.user_id for held in RoleHeld.objects.all() if scope.covers(held.area_code)}
        assert shown == covered


def test_a_role_counts_from_its_first_moment_and_no_longer_at_its_last(cast: Cast, now: datetime) -> None:
    held = actions.hold_role(
        user=cast.outsider,
        role=Role.STOREKEEPER,
        area_code=SUBDISTRICT,
        by=cast.administrator,
        now=now,
        until=now + timedelta(hours=1),
    )
    assert held.holds_at(now)
    assert not held.holds_at(now - timedelta(microseconds=1))
    assert not held.holds_at(now + timedelta(hours=1))


def test_people_are_found_by_role_area_and_words(cast: Cast, now: datetime) -> None:
    everywhere = scope_of(DISTRICT)
    assert {u.pk for u in queries.people(everywhere, now=now, role=Role.GRID_WORKER, area_code=SUBDISTRICT)} == {
        cast.grid_worker.pk
    }
    assert cast.leader in queries.people(everywhere, now=now, words="带班")
    assert [u.pk for u in queries.people(everywhere, now=now, words="0006")] == [cast.grid_worker.pk]


def test_each_grid_gets_its_own_worker_else_the_communitys_else_the_street_in_one_statement(
    cast: Cast, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    RoleHeld.objects.filter(user=cast.other_worker).update(until=now)
    for_all = make_person("all", name="社区网格长", phone="+8613811110000", role=Role.GRID_WORKER, area_code=COMMUNITY)
    with django_assert_num_queries(1):
        found = queries.one_worker_per_grid([*GRIDS, *OTHER_GRIDS, "410403009001001"], now=now)
    assert found[GRIDS[0]] == cast.grid_worker
    assert found[GRIDS[1]] == for_all
    assert found[OTHER_GRIDS[0]] == cast.other_officer
    assert "410403009001001" not in found


def test_without_a_worker_of_its_own_a_grid_gets_the_neighbours(cast: Cast, now: datetime) -> None:
    assert queries.one_worker_per_grid([GRIDS[2]], now=now) == {GRIDS[2]: cast.grid_worker}


def test_whoever_is_inactive_is_sent_nowhere(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk=cast.grid_worker.pk).update(is_active=False)
    assert queries.one_worker_per_grid([GRID], now=now) == {GRID: cast.subdistrict_officer}
    assert queries.workers_of(GRID, Role.GRID_WORKER, now=now) == []


@pytest.mark.parametrize(
    ("member", "seen", "unseen"),
    [
        ("administrator", {"accounts:people"}, set()),
        ("duty_officer", {"accounts:people"}, {"territory:areas"}),
        ("grid_worker", set(), {"accounts:people", "territory:areas", "alerts:notices"}),
        ("outsider", set(), {"accounts:people", "board:situation", "hazards:register"}),
    ],
)
def test_the_menu_offers_what_a_role_may_open_and_nothing_else(
    cast: Cast, now: datetime, member: str, seen: set[str], unseen: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.queries.menu.reverse", lambda route: f"/{route}")
    shown = {item.url[1:] for item in queries.navigation(getattr(cast, member), "/")}
    assert seen <= shown
    assert not unseen & shown


def test_the_workers_phone_has_the_danger_button_in_the_middle(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.queries.menu.reverse", lambda route: f"/{route}")
    bar = queries.phone_navigation(cast.grid_worker, "/field:home")
    assert [item.main for item in bar] == [False, False, True, False]
    assert bar[0].current


def test_pages_that_do_not_exist_are_left_out_and_the_present_one_is_marked(cast: Cast, now: datetime) -> None:
    shown = queries.navigation(cast.administrator, "/people/7/")
    assert [item.current for item in shown if item.url == "/people/"] == [True]
    assert all(item.url.startswith(("/", "tel:")) for item in shown)


def test_the_duty_room_sees_work_numbers_and_the_auditor_does_not(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    assert "tel:+8613900000006" in signed_in(cast.duty_officer).get("/people/").content.decode()
    audited = signed_in(cast.auditor).get("/people/").content.decode()
    assert "13900000006" not in audited
    assert "139****0006" in audited


def test_the_street_sees_its_own_people_only(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(cast.subdistrict_officer)
    page = client.get("/people/").content.decode()
    assert cast.grid_worker.name in page
    assert cast.other_worker.name not in page
    assert client.get(f"/people/{cast.grid_worker.pk}/").status_code == 200
    assert client.get(f"/people/{cast.other_worker.pk}/").status_code == 404


def test_one_press_replaces_a_person_and_tells_whoever_moves_the_duties(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    heard: list[dict[str, Any]] = []

    def hear(**told: Any) -> None:
        heard.append(told)

    person_replaced.connect(hear)
    try:
        held = cast.grid_worker.roles_held.get()
        client = signed_in(cast.administrator)
        client.post(f"/people/roles/{held.pk}/replace/", {"name": "接班人", "phone": "13811112222"})
    finally:
        person_replaced.disconnect(hear)
    successor = User.objects.get(phone="+8613811112222")
    assert [(told["leaver"], told["successor"], told["area_code"]) for told in heard] == [
        (cast.grid_worker, successor, GRID)
    ]
    assert queries.workers_of(GRID, Role.GRID_WORKER, now=now) == [successor]


def test_a_role_outside_ones_areas_is_neither_given_nor_ended(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    street = make_person(
        "street", name="街道管理员", phone="+8613811119999", role=Role.ADMINISTRATOR, area_code=SUBDISTRICT
    )
    with pytest.raises(Refused):
        actions.hold_role(user=cast.outsider, role=Role.COMMANDER, area_code=DISTRICT, by=street, now=now)
    held = cast.other_worker.roles_held.get()
    assert signed_in(street).post(f"/people/roles/{held.pk}/end/").status_code == 404
    with pytest.raises(Refused):
        actions.end_role(held=held, by=street, now=now)


def test_a_role_that_is_held_is_not_given_twice(cast: Cast, now: datetime) -> None:
    for _ in range(2):
        actions.hold_role(
            user=cast.outsider, role=Role.GRID_WORKER, area_code=OTHER_GRID, by=cast.administrator, now=now
        )
    assert cast.outsider.roles_held.count() == 1


def test_an_ended_role_gives_nothing_from_that_moment(cast: Cast, now: datetime) -> None:
    actions.end_role(held=cast.leader.roles_held.get(), by=cast.administrator, now=now)
    assert not User.objects.get(pk=cast.leader.pk).can("notices.approve")


def test_a_person_without_a_link_gets_one_by_sms(
    cast: Cast, signed_in: Callable[[User], Client], texts: list[tuple[str, str]], now: datetime
) -> None:
    client = signed_in(cast.administrator)
    client.post("/people/new/", {"name": "新来的", "phone": "13811113333", "role": "grid_worker", "area_code": GRID})
    client.post("/people/activation/")
    client.post("/people/activation/")
    assert [phone for phone, _ in texts] == ["+8613811113333"]


def test_the_api_lists_people_masked_and_in_scope(cast: Cast, api: Callable[[User], APIClient]) -> None:
    rows = api(cast.subdistrict_officer).get("/api/v1/people/").json()["results"]
    assert {row["name"] for row in rows} == {cast.subdistrict_officer.name, cast.grid_worker.name}
    assert {row["phone"] for row in rows} == {"139****0004", "139****0006"}
    assert api(cast.grid_worker).get("/api/v1/people/").status_code == 403


def test_a_look_behind_the_mask_is_written_down_with_its_reason(
    cast: Cast, api: Callable[[User], APIClient], now: datetime
) -> None:
    home = factories.household(area_code=GRID, phone="+8613700000001")
    client = api(cast.subdistrict_officer)
    asked = {"subject": f"household:{home.pk}", "reason": "水已进屋，需联系"}
    answer = client.post("/api/v1/reveals/", asked)
    assert answer.status_code == 201
    assert answer.json()["numbers"] == ["+8613700000001"]
    looked = Reveal.objects.get()
    assert (looked.user, looked.subject, looked.reason, looked.at) == (
        cast.subdistrict_officer,
        asked["subject"],
        asked["reason"],
        now,
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        looked.delete()


@pytest.mark.parametrize("subject", ["household:999999", "person:x", "building:1", "household:", "person:²"])
def test_what_is_not_there_is_not_revealed(cast: Cast, api: Callable[[User], APIClient], subject: str) -> None:
    answer = api(cast.duty_officer).post("/api/v1/reveals/", {"subject": subject, "reason": "核对号码"})
    assert (answer.status_code, answer.json()["field"]) == (400, "subject")
    assert not Reveal.objects.exists()


def test_a_neighbouring_streets_household_is_not_revealed_and_nobody_looks_without_the_right(
    cast: Cast, api: Callable[[User], APIClient]
) -> None:
    home = factories.household(area_code=OTHER_GRID, phone="+8613700000001")
    asked = {"subject": f"household:{home.pk}", "reason": "核对号码"}
    assert api(cast.subdistrict_officer).post("/api/v1/reveals/", asked).status_code == 400
    assert api(cast.grid_worker).post("/api/v1/reveals/", asked).status_code == 403
    assert api(cast.duty_officer).post("/api/v1/reveals/", {**asked, "reason": "x"}).json()["field"] == "reason"


def test_a_token_opens_the_api_until_a_new_one_is_issued(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("issue_token", "duty_officer")
    first = capsys.readouterr().out.strip()
    client = APIClient(HTTP_AUTHORIZATION=f"Token {first}")
    assert client.get("/api/v1/people/").status_code == 200
    call_command("issue_token", "duty_officer")
    assert client.get("/api/v1/people/").status_code == 403
    with pytest.raises(CommandError):
        call_command("issue_token", "nobody")


def test_the_set_up_page_of_a_person_shows_no_number_and_who_changed_what(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    actions.hold_role(user=cast.outsider, role=Role.STOREKEEPER, area_code=DISTRICT, by=cast.administrator, now=now)
    User.objects.filter(pk=cast.administrator.pk).update(is_staff=True, is_superuser=True)
    client = signed_in(User.objects.get(pk=cast.administrator.pk))
    page = client.get(f"/admin/accounts/user/{cast.outsider.pk}/change/").content.decode()
    assert "139****0013" in page
    assert "13900000013" not in page
    held = cast.outsider.roles_held.get()
    assert "accounts.role.hold" in client.get(f"/admin/accounts/roleheld/{held.pk}/change/").content.decode()
    assert client.get("/admin/accounts/user/").status_code == 200


def test_everybody_sees_his_own_page(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    for member in (cast.grid_worker, cast.outsider, cast.administrator):
        page = signed_in(member).get("/me/").content.decode()
        assert member.name in page
