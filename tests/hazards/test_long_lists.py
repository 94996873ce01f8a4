"""Lists over very many sites: pages by key, figures from one look, and the same words as the whole list says."""

import json
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from hazards import actions, queries
from hazards.models import HazardSite, InspectionRound
from hazards.rules import SiteFilter
from territory.models import within_sql
from territory.rules import scope_of
from tests.casts import DISTRICT, GRID, NIGHT, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import inspection, inspection_round, site, site_without_position

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)
SignedIn = Callable[[User], Client]


def mixed(cast: Cast) -> list[HazardSite]:
    """Sites of two kinds and every state, in two sub-districts."""
    fine, failed, foreign = site(kind="river"), site(kind="river"), site(area_code=OTHER_GRID)
    for place in (fine, foreign):
        inspection(at=place, by=cast.grid_worker)
    inspection(at=failed, by=cast.grid_worker, failed=True)
    return [fine, failed, foreign, site(), site_without_position()]


@pytest.mark.parametrize(
    "filters", [SiteFilter(), SiteFilter(kind="river"), SiteFilter(state="defective"), SiteFilter("river", "", "fine")]
)
def test_the_figures_above_the_register_are_a_plain_count_of_it(cast: Cast, now: datetime, filters: SiteFilter) -> None:
    mixed(cast)
    shown = queries.register_figures(WHOLE, filters, now=now)
    by_kind = Counter(row.kind for row in queries.sites(WHOLE, SiteFilter(state=filters.state), now=now))
    by_state = Counter(row.state for row in queries.sites(WHOLE, SiteFilter(kind=filters.kind), now=now))
    assert {kind: count for kind, count in shown.kinds.items() if kind and count} == dict(by_kind)
    assert {state: count for state, count in shown.states.items() if state and count} == dict(by_state)
    assert (shown.kinds[""], shown.states[""]) == (by_kind.total(), by_state.total())


def test_the_map_of_the_register_opens_on_the_sites_that_are_shown(cast: Cast, now: datetime) -> None:
    site(kind="river", geometry=Point(113.30, 33.74, srid=4326))
    site(kind="river", geometry=Point(113.35, 33.78, srid=4326))
    site(geometry=Point(113.40, 33.70, srid=4326))
    shown = queries.register_figures(WHOLE, SiteFilter(kind="river"), now=now)
    assert shown.extent == "113.29400,33.73400,113.35600,33.78600"
    assert queries.register_figures(WHOLE, SiteFilter(kind="ug_mall"), now=now).extent == ""


def test_the_interface_says_of_a_page_of_sites_what_the_whole_list_says(
    cast: Cast, api: Callable[[User], Client], now: datetime
) -> None:
    mixed(cast)
    actions.name_responsible(
        site=site(), role="patrol_resp", person=cast.site_keeper, by=cast.duty_officer, now=now - timedelta(days=1)
    )
    told, url = [], "/api/v1/hazards/sites/?page_size=2"
    while url:
        answer = api(cast.duty_officer).get(url).json()
        told += answer["results"]
        url = answer["next"]
    assert [(one["code"], one["state"], len(one["responsible"])) for one in told] == [
        (row.code, row.state, len(row.present)) for row in queries.sites(WHOLE)
    ]
    narrowed = api(cast.duty_officer).get("/api/v1/hazards/sites/?state=defective").json()["results"]
    assert [one["state"] for one in narrowed] == ["defective"]


def test_the_missing_list_walks_every_member_once_whoever_owes_it(cast: Cast, now: datetime) -> None:
    opened = inspection_round(
        opened_by=cast.commander,
        sites=[site(area_code=code) for code in (GRID, OTHER_GRID, GRID, OTHER_GRID, GRID)],
        inspector=cast.grid_worker,
    )
    first, second, *_rest = opened.members.order_by("pk")
    for member in (first, second):
        member.assignment = None
        member.save()
    later = opened.members.order_by("pk")[2]
    assert later.assignment is not None
    later.assignment.due_at += timedelta(days=1)
    later.assignment.save()
    walked, key = [], ""
    while True:
        rows, key = queries.missing_page(opened, WHOLE, after=key, size=1)
        walked += rows
        if not key:
            break
    assert walked == list(queries.missing_members(opened, WHOLE))
    assert walked[-1] == later
    assert queries.missing_page(opened, WHOLE, after="2026~x", size=9)[0] == walked
    assert queries.missing_page(opened, WHOLE, after="yesterday~4~S", size=9)[0] == walked


def test_the_page_of_a_round_leads_through_what_is_missing_and_never_says_nothing_is(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hazards.views.rounds.PAGE", 2)
    places = [site() for _number in range(3)]
    opened = inspection_round(opened_by=cast.commander, sites=places, inspector=cast.grid_worker)
    client = signed_in(cast.duty_officer)
    first = client.get(f"/hazards/rounds/{opened.pk}/")
    second = client.get(f"/hazards/rounds/{opened.pk}/{first.context['next_url']}")
    assert [row.site for row in (*first.context["missing"], *second.context["missing"])] == places
    assert second.context["next_url"] == ""
    opened.members.filter(site=places[2]).update(inspection=inspection(at=places[2], by=cast.grid_worker))
    gone = client.get(f"/hazards/rounds/{opened.pk}/{first.context['next_url']}")
    assert [row.site for row in gone.context["missing"]] == places[:2]


def test_the_officer_reads_of_a_cut_list_how_many_wait_for_him_in_all_and_reaches_the_rest(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hazards.views.rounds.PAGE", 2)
    monkeypatch.setattr("hazards.views.rounds.SHOWN", 2)
    places = [site() for _number in range(5)]
    opened = inspection_round(opened_by=cast.commander, sites=places, inspector=cast.grid_worker)
    visits = [inspection(at=place, by=cast.grid_worker) for place in places]
    for place, visit in zip(places, visits, strict=True):
        opened.members.filter(site=place).update(inspection=visit)
    officer = signed_in(cast.subdistrict_officer)
    for page, name, heading in (
        (f"/hazards/rounds/{opened.pk}/", "waiting", "已查待验收 5 处"),
        ("/hazards/rounds/", "to_verify", "5 份记录等您验收"),
    ):
        walked, url = [], ""
        while True:
            answer = officer.get(page + url)
            assert heading in answer.content.decode(), name
            part = answer.context[name]
            walked += [getattr(row, "inspection", row) for row in part.rows]
            url = part.next_url
            if not url:
                break
            assert f'href="{url}"' in answer.content.decode()
        assert walked == visits
        assert len(officer.get(f"{page}?waiting=999&to-verify=999").context[name].rows) == 2
        assert len(officer.get(f"{page}?waiting=x&to-verify=x").context[name].rows) == 2


def test_a_round_says_how_many_findings_are_open_at_its_sites_and_not_how_many_are_listed(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(queries.carried.__globals__, "CARRIED", 2)
    place = site()
    opened = inspection_round(opened_by=cast.commander, sites=[place], inspector=cast.grid_worker)
    for what in "甲乙丙":
        actions.report_finding(uuid=uuid.uuid4(), site=place, what=what, by=cast.grid_worker, now=NIGHT)
    answer = signed_in(cast.duty_officer).get(f"/hazards/rounds/{opened.pk}/")
    assert (len(answer.context["carried"]), answer.context["carried_count"]) == (2, 3)


def test_a_round_asks_as_often_for_many_sites_as_for_few(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.subdistrict_officer)

    def asked(opened: InspectionRound) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/hazards/rounds/{opened.pk}/").status_code == 200
        return len(seen)

    few = inspection_round(opened_by=cast.commander, sites=[site()], inspector=cast.grid_worker)
    many = inspection_round(opened_by=cast.commander, sites=[site() for _ in range(9)], inspector=cast.grid_worker)
    asked(few)
    assert asked(few) == asked(many)


def test_a_part_of_the_map_is_written_without_breaking_on_any_name(cast: Cast, now: datetime) -> None:
    odd = site(name='桥"下\\n<b>', geometry=None)
    kept = json.loads(queries.sites_geojson(scope_of(SUBDISTRICT), now=now))["features"]
    assert [(one["properties"]["name"], one["geometry"]) for one in kept] == [(odd.name, None)]
    assert kept[0]["properties"]["shape"] == "arch"
    assert (kept[0]["properties"]["state"], kept[0]["properties"]["tone"]) == ("unplaced", "unknown")


def test_the_condition_written_by_hand_holds_the_rows_of_the_scope(db: None) -> None:
    condition, values = within_sql(scope_of("410403001", "410403002001"), "code")
    assert condition == "(code LIKE %(area_0)s OR code LIKE %(area_1)s)"
    assert values == {"area_0": "410403001%", "area_1": "410403002001%"}
    assert within_sql(scope_of(), "code") == ("(false)", {})


def test_what_came_later_is_told_and_what_was_only_moved_is_not(cast: Cast, now: datetime) -> None:
    moved = site(area_code=OTHER_GRID)
    opened = inspection_round(opened_by=cast.commander, sites=[site(), moved], inspector=cast.grid_worker)
    HazardSite.objects.filter(pk=moved.pk).update(area_code=GRID)
    later, elsewhere = site(), site(area_code=OTHER_GRID)
    site(retired_at=now, retired_reason="已填埋")
    here = scope_of(SUBDISTRICT)
    assert list(queries.not_in_round(opened, here)) == [later]
    assert list(queries.not_in_round(opened, WHOLE)) == [later, elsewhere]
    coverage = queries.round_coverage(opened, scope_of(OTHER_GRID), now=now)
    assert [(part.key, part.counted.required) for part in coverage.by_kind] == [(moved.kind, 1)]
