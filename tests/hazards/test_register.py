"""The register: sites come, change, leave; people answer for them without a gap."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.actions import replace_person
from accounts.models import User
from assignments.enums import State
from assignments.models import Assignment
from core.rules import Refused
from hazards import actions, queries, rules
from hazards.actions.upkeep import restore_site
from hazards.enums import UNSETTLED, FindingState, SiteRole, SiteState
from hazards.models import HazardSite, Responsibility
from hazards.queries.upkeep import ending, near
from hazards.rules import SiteFilter
from territory.rules import scope_of
from tests.casts import DISTRICT, GRID, NIGHT, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import inspection, inspection_round, site, site_without_position

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)


def test_a_code_is_given_once(cast: Cast, now: datetime) -> None:
    known = site()
    with pytest.raises(Refused) as caught:
        actions.register_site(
            code=known.code, kind="river", name="示例河段", area_code=GRID, by=cast.duty_officer, now=now
        )
    assert (caught.value.code, caught.value.field) == ("conflict_code_taken", "code")
    assert known.code in str(caught.value)


def test_two_people_change_a_site_and_the_second_sees_it(cast: Cast) -> None:
    place, now = site(), NIGHT  # the clock runs: versions are told apart by it
    base = place.updated_at
    actions.change_site(site=place, changes={"name": "甲"}, base_version=base, by=cast.duty_officer, now=now)
    with pytest.raises(Refused) as caught:
        actions.change_site(site=place, changes={"name": "乙"}, base_version=base, by=cast.commander, now=now)
    assert caught.value.code == "conflict_site_changed"
    place.refresh_from_db()
    assert place.name == "甲"


def test_the_form_shows_both_versions_and_stores_mine_when_sent_again(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    place = site(name="旧名")
    assert place.geometry
    client = signed_in(cast.subdistrict_officer)
    url = f"/hazards/sites/{place.code}/edit/"
    base = client.get(url).context["form"]["base_version"].value()
    HazardSite.objects.filter(pk=place.pk).update(name="他名", updated_at=place.updated_at + timedelta(seconds=1))
    mine = {
        "code": place.code,
        "kind": place.kind,
        "name": "我名",
        "area_code": place.area_code,
        "geometry": place.geometry.geojson,
        "base_version": base,
    }
    page = client.post(url, mine)
    assert "他名" in page.content.decode()
    assert "我名" in page.content.decode()
    again = client.post(url, mine | {"base_version": page.context["form"]["base_version"].value()})
    assert again.status_code == 302
    place.refresh_from_db()
    assert place.name == "我名"


def test_leaving_the_register_needs_a_reason_and_keeps_the_history(cast: Cast, now: datetime) -> None:
    place = site()
    with pytest.raises(Refused):
        actions.retire_site(site=place, reason=" ", by=cast.duty_officer, now=now)
    actions.retire_site(site=place, reason="桥已拆除", by=cast.duty_officer, now=now)
    assert not queries.sites(WHOLE, now=now).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        HazardSite.objects.filter(pk=place.pk).update(retired_reason="")


def test_a_person_is_named_for_a_time_and_his_end_is_told_before_it_comes(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    place, officer = site(), signed_in(cast.subdistrict_officer)
    address = f"/hazards/sites/{place.code}/responsible/"
    asked = {"role": "patrol_resp", "person": cast.grid_worker.name, "until": "2026-08-10"}
    assert officer.post(address, asked | {"until": "2026-07-18"}).status_code == 200
    assert officer.post(address, asked).status_code == 302
    [held] = place.responsibilities.all()
    ends = datetime.fromisoformat("2026-08-11T00:00:00+08:00")
    assert held.during.upper == ends
    assert [one.person for one in ending(scope_of(SUBDISTRICT), now=now)] == [cast.grid_worker]
    follower = actions.name_responsible(
        site=place, role="patrol_resp", person=cast.site_keeper, by=cast.duty_officer, now=ends
    )
    assert queries.in_charge(place, now=ends)[2][1] == follower
    same = actions.name_responsible(
        site=place, role="patrol_resp", person=cast.grid_worker, by=cast.duty_officer, now=now,
        until=now + timedelta(days=90),
    )  # fmt: skip
    assert same.during.upper == follower.during.lower  # never past whoever follows


def test_an_end_is_taken_away_by_naming_the_same_person_without_one(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    place, officer = site(), signed_in(cast.subdistrict_officer)
    address = f"/hazards/sites/{place.code}/responsible/"
    asked = {"role": "patrol_resp", "person": cast.grid_worker.name}
    for until in ("2026-08-10", ""):
        assert officer.post(address, asked | {"until": until}).status_code == 302
    [held] = place.responsibilities.all()
    assert (held.during.upper, ending(scope_of(SUBDISTRICT), now=now)) == (None, [])
    told: dict[str, Any] = {"site": place, "role": "patrol_resp", "by": cast.duty_officer}
    actions.name_responsible(**told, person=cast.grid_worker, now=now, until=now + timedelta(days=5))
    # Who takes over inherits no end either.
    taken = actions.name_responsible(**told, person=cast.site_keeper, now=now + timedelta(days=1))
    assert taken.during.upper is None
    follower = actions.name_responsible(**told, person=cast.grid_worker, now=now + timedelta(days=9))
    again = actions.name_responsible(**told, person=cast.site_keeper, now=now + timedelta(days=2))
    assert again.during.upper == follower.during.lower  # open means until somebody follows
    follower.refresh_from_db()
    assert follower.during.upper is None


def test_a_site_that_left_leaves_no_duty_of_a_round_open_and_has_it_again_when_it_comes_back(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    place, other = site(), site()
    opened = actions.open_round(title="再排查", scope=WHOLE, due_at=now + timedelta(days=1), by=cast.commander, now=now)
    actions.retire_site(site=place, reason="桥已拆除", by=cast.duty_officer, now=now)
    states = dict(opened.members.values_list("site__code", "assignment__state"))
    assert states == {place.code: State.CANCELLED, other.code: State.ASSIGNED}
    form = signed_in(cast.commander).get(f"/hazards/rounds/{opened.pk}/close/").context["form"]
    assert form[f"reason_{place.pk}"].value() == "桥已拆除"
    restore_site(site=place, reason="误删", by=cast.duty_officer, now=now + timedelta(hours=1))
    owed = opened.members.get(site=place).assignment
    assert owed is not None
    assert (owed.state, owed.assignee, owed.due_at) == (State.ASSIGNED, cast.grid_worker, opened.due_at)


@pytest.mark.parametrize("why", ["sent back", "photo missing", "photo arrived meanwhile"])
def test_a_site_that_comes_back_is_owed_again_unless_its_visit_is_complete(cast: Cast, now: datetime, why: str) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    visit = inspection(at=place, by=cast.grid_worker, now=now)
    visit.sent_back_reason = "不清" if why == "sent back" else ""
    visit.missing_photos = [] if why == "sent back" else [{"sha256": "a" * 64, "item": None}]
    visit.save()
    opened.members.update(inspection=visit)
    actions.retire_site(site=place, reason="误报", by=cast.duty_officer, now=now)
    assert Assignment.objects.get(round_member__round=opened).state == State.CANCELLED
    if why == "photo arrived meanwhile":
        visit.missing_photos = []
        visit.save()
    restore_site(site=place, reason="仍在", by=cast.duty_officer, now=now + timedelta(hours=1))
    owed = Assignment.objects.get(round_member__round=opened)
    assert owed.state == (State.CANCELLED if why == "photo arrived meanwhile" else State.ASSIGNED)


def test_a_successor_takes_over_at_the_instant_the_former_ends(cast: Cast, now: datetime) -> None:
    place = site()
    first = actions.name_responsible(
        site=place, role="patrol_resp", person=cast.grid_worker, by=cast.duty_officer, now=now
    )
    later = now + timedelta(days=1)
    second = actions.name_responsible(
        site=place, role="patrol_resp", person=cast.site_keeper, by=cast.duty_officer, now=later
    )
    first.refresh_from_db()
    assert first.during.upper == second.during.lower == later
    assert queries.in_charge(place, now=later)[2][1] == second
    same = actions.name_responsible(
        site=place, role="patrol_resp", person=cast.site_keeper, by=cast.duty_officer, now=later + timedelta(hours=1)
    )
    assert same == second
    assert Responsibility.objects.count() == 2


def test_whoever_replaces_a_person_answers_for_his_sites_there(cast: Cast, now: datetime) -> None:
    long_ago, later = now - timedelta(days=9), now + timedelta(days=1)
    led, watched, elsewhere = site(), site(), site(area_code=OTHER_GRID)
    worker, keeper = cast.grid_worker, cast.site_keeper
    for place, person, deputy in ((led, worker, None), (watched, keeper, worker), (elsewhere, worker, None)):
        actions.name_responsible(
            site=place, role="patrol_resp", person=person, deputy=deputy, by=cast.duty_officer, now=long_ago
        )
    actions.name_responsible(site=led, role="tech_resp", person=worker, by=cast.duty_officer, now=later)
    successor = replace_person(
        held=worker.roles_held.get(), name="接班人", phone="13811112222", by=cast.administrator, now=now
    )
    ended = Responsibility.objects.filter(during__endswith=now)
    assert {(one.site, one.person, one.deputy) for one in ended} == {(led, worker, None), (watched, keeper, worker)}
    running = Responsibility.objects.filter(during__contains=now, role="patrol_resp")
    assert {(one.site, one.person, one.deputy) for one in running} == {
        (led, successor, None),
        (watched, keeper, successor),
        (elsewhere, worker, None),
    }
    assert Responsibility.objects.get(role="tech_resp").person == successor


def test_gaps_name_the_roles_that_nobody_holds(cast: Cast, now: datetime) -> None:
    whole, patrolled = site(), site()
    for role in SiteRole:
        actions.name_responsible(site=whole, role=role, person=cast.site_keeper, by=cast.duty_officer, now=now)
    actions.name_responsible(site=patrolled, role="patrol_resp", person=cast.grid_worker, by=cast.duty_officer, now=now)
    assert queries.responsibility_gaps(WHOLE, now=now) == [(patrolled, [SiteRole.ADMIN_RESP, SiteRole.TECH_RESP])]


def test_the_database_says_the_same_state_as_the_rule(cast: Cast, now: datetime) -> None:
    worker = cast.grid_worker
    inspection(at=site(), by=worker)
    inspection(at=site(), by=worker, failed=True)
    inspection(at=site_without_position(), by=worker, failed=True)
    inspection(at=site_without_position(), by=worker)
    site_without_position()
    forgiven = site()
    inspection(at=forgiven, by=worker, failed=True, now=now - timedelta(days=1))
    inspection(at=forgiven, by=worker)
    returned = inspection(at=site(), by=worker, failed=True)
    returned.sent_back_reason = "照片不清"
    returned.save()
    for found in queries.sites(WHOLE, now=now):
        assert found.state == rules.state_of(is_placed=bool(found.geometry), failed_items=found.failed_items)
    states = [found.state for found in queries.sites(WHOLE, now=now)]
    assert states.count(SiteState.DEFECTIVE) == 2
    assert states.count(SiteState.FINE) == 2
    assert states.count(SiteState.UNINSPECTED) == 1


def test_the_view_of_how_sites_stand_counts_exactly_the_findings_that_are_not_settled(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_viewdef('hazards_sitestanding'::regclass)")
        [[told]] = cursor.fetchall()
    assert {state for state in FindingState if f"'{state.value}'" in told} == set(UNSETTLED)


def test_the_register_asks_as_often_for_many_sites_as_for_few(cast: Cast, now: datetime) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            list(queries.sites(WHOLE, now=now))
            queries.sites_geojson(WHOLE, now=now)
            queries.register_figures(WHOLE, SiteFilter(), now=now)
        return len(asked)

    inspection(at=site(), by=cast.grid_worker)
    few = statements()
    for _number in range(7):
        inspection(at=site(), by=cast.grid_worker)
    assert statements() == few


@pytest.mark.parametrize(
    "geometry", [Point(113.3, 33.75, srid=4326), LineString((113.3, 33.7), (113.4, 33.8), srid=4326), None]
)
def test_geojson_holds_every_site_placed_or_not(
    cast: Cast, api: Callable[[User], Client], geometry: Point | None
) -> None:
    place = site(geometry=geometry)
    answer = api(cast.duty_officer).get("/api/v1/hazards/sites/?format=geojson")
    feature = answer.json()["features"][0]
    assert answer["Content-Type"].startswith("application/geo+json")
    assert (feature["geometry"] or {}).get("type") == (geometry.geom_type if geometry else None)
    assert feature["properties"]["code"] == place.code
    assert feature["properties"]["url"] == f"/hazards/sites/{place.code}/"


def test_the_sheet_names_the_responsible_persons_and_runs_no_formula(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    place = site(name="=HYPERLINK(0)")
    actions.name_responsible(site=place, role="patrol_resp", person=cast.grid_worker, by=cast.duty_officer, now=now)
    answer = signed_in(cast.duty_officer).get("/hazards/export/")
    rows = list(load_workbook(BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    assert rows[1][2] == "'=HYPERLINK(0)"
    assert cast.grid_worker.name in rows[1]


@pytest.mark.parametrize("path", ["/hazards/", "/hazards/sites/{code}/", "/hazards/sites/{code}/inspect/"])
def test_pages_show_a_worker_his_own_grid_and_nothing_else(
    cast: Cast, signed_in: Callable[[User], Client], path: str
) -> None:
    own, other = site(name="自家点"), site(name="别家点", area_code=OTHER_GRID)
    client = signed_in(cast.grid_worker)
    assert "自家点" in client.get(path.format(code=own.code)).content.decode()
    answer = client.get(path.format(code=other.code))
    assert answer.status_code == 404 or "别家点" not in answer.content.decode()


def test_who_answers_for_a_site_elsewhere_may_open_it(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    elsewhere = site(area_code=OTHER_GRID)
    actions.name_responsible(site=elsewhere, role="patrol_resp", person=cast.grid_worker, by=cast.duty_officer, now=now)
    assert signed_in(cast.grid_worker).get(f"/hazards/sites/{elsewhere.code}/inspect/").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["hazards/sites/", "hazards/sites/?format=geojson", "hazards/sites/{code}/", "hazards/inspections/"],
)
def test_the_api_keeps_to_the_area(cast: Cast, api: Callable[[User], Client], path: str) -> None:
    place = site()
    inspection(at=place, by=cast.grid_worker)
    url = "/api/v1/" + path.format(code=place.code)
    assert place.code in api(cast.subdistrict_officer).get(url).content.decode()
    elsewhere = api(cast.other_officer).get(url)
    assert elsewhere.status_code == 404 or place.code not in elsewhere.content.decode()
    assert api(cast.outsider).get(url).status_code == 403


def test_the_outsider_opens_no_page(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    place = site()
    for path in ("/hazards/", "/hazards/export/", f"/hazards/sites/{place.code}/", "/hazards/rounds/"):
        assert signed_in(cast.outsider).get(path).status_code == 403


def test_filters_narrow_and_survive_nonsense(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    site(name="东河", kind="river")
    site(name="西桥")
    client = signed_in(cast.duty_officer)
    page = client.get("/hazards/", {"kind": "river"}).content.decode()
    assert "东河" in page
    assert "西桥" not in page
    assert client.get("/hazards/", {"kind": "volcano", "area_code": "x"}).status_code == 200
    assert "东河" in client.get("/hazards/", {"text": "东", "area_code": SUBDISTRICT}).content.decode()


def test_a_place_that_stands_five_metres_beside_another_is_asked_about_and_never_refused(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    known, gone = site(geometry=Point(113.3456, 33.7456, srid=4326)), site(retired_at=NIGHT, retired_reason="拆除")
    officer = signed_in(cast.subdistrict_officer)
    HazardSite.objects.filter(pk=gone.pk).update(geometry=known.geometry)
    beside = Point(113.34563, 33.7456, srid=4326)  # under 3 m to the east
    mine = {"code": "N1", "kind": "river", "name": "新河段", "area_code": GRID, "geometry": beside.geojson}
    page = officer.post("/hazards/sites/new/", mine)
    assert (page.status_code, [row["site"] for row in page.context["beside"]]) == (200, [known])
    assert f'href="/hazards/sites/{known.code}/"' in page.content.decode()
    assert not HazardSite.objects.filter(code="N1").exists()
    assert officer.post("/hazards/sites/new/", mine | {"another_place": "1"}).status_code == 302
    placed = HazardSite.objects.get(code="N1")
    # Six metres are another place, and a site is never beside itself.
    six = Point(113.34567, 33.7456, srid=4326)
    assert [row for row, _metres in near(six)] == [placed]
    assert near(beside, besides=placed)[0][0] == known
    far = mine | {"code": "N2", "geometry": Point(113.3460, 33.7456, srid=4326).geojson}
    assert officer.post("/hazards/sites/new/", far).status_code == 302
    base = officer.get("/hazards/sites/N2/edit/").context["form"]["base_version"].value()
    moved = officer.post("/hazards/sites/N2/edit/", mine | {"base_version": base})
    assert {row["site"] for row in moved.context["beside"]} == {known, placed}
    kept = officer.post("/hazards/sites/N2/edit/", far | {"name": "改名", "base_version": base})
    assert kept.status_code == 302  # what does not move is not asked about


def test_of_a_site_in_anothers_area_only_the_name_is_told(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    theirs = site(area_code=OTHER_GRID)
    assert theirs.geometry is not None
    mine = {"code": "N1", "kind": "river", "name": "新河段", "area_code": GRID, "geometry": theirs.geometry.geojson}
    page = signed_in(cast.subdistrict_officer).post("/hazards/sites/new/", mine).content.decode()
    assert theirs.name in page
    assert f"/hazards/sites/{theirs.code}/" not in page
