"""Patrols: walked as the rain asks, checked in point by point, each missed point told once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.gis.geos import LineString, Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from assignments import actions as duties
from assignments.enums import State
from assignments.models import Assignment
from assignments.queries import token_of
from board.queries.late import late_lines
from core import clock
from core.rules import Refused
from dutyroster.queries import Manned
from hazards import actions, queries
from hazards.enums import RainStage
from hazards.models import PatrolPoint, PatrolRoute, PatrolRun, PatrolTerm, PatrolWatch
from messaging.models import Delivery
from territory.rules import scope_of
from tests.casts import DISTRICT, GRID, OTHER_GRID, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import photograph, site
from weidong_ops.resolvers import assignment_page, may_see_photo

pytestmark = pytest.mark.django_db
HERE = scope_of(SUBDISTRICT)


def route(cast: Cast, now: datetime, *, points: int = 2, every: int = 120, area_code: str = SUBDISTRICT) -> PatrolRoute:
    """A route of the sub-district over sites of its first grid, 20 minutes apart, walked before and during rain."""
    made = actions.make_route(
        name=f"一号线{PatrolRoute.objects.count()}", area_code=area_code, by=cast.duty_officer, now=now
    )
    grid = GRID if area_code == SUBDISTRICT else OTHER_GRID
    places = [(site(area_code=grid), 20) for _number in range(points)]
    actions.set_points(route=made, points=places, by=cast.duty_officer)
    for stage in (RainStage.BEFORE, RainStage.DURING):
        actions.set_term(route=made, stage=stage, interval_minutes=every, person=None, by=cast.duty_officer)
    return made


def pressed(cast: Cast, now: datetime, stage: str = RainStage.DURING, area_code: str = SUBDISTRICT) -> PatrolWatch:
    return actions.open_watch(area_code=area_code, stage=stage, by=cast.subdistrict_officer, now=now)


def checked(point: PatrolPoint, now: datetime, by: User | None = None, **given: object) -> PatrolPoint:
    return actions.check_in(point=point, by=by, given=actions.CheckIn(**given), now=now)[0]  # type: ignore[arg-type]


def test_a_press_sends_whoever_owes_the_first_point_with_a_time_for_each(cast: Cast, now: datetime) -> None:
    route(cast, now)
    watch = pressed(cast, now)
    (run,) = PatrolRun.objects.select_related("assignment__assignee")
    assert run.assignment.assignee == cast.grid_worker
    assert run.assignment.kind == "patrol"
    assert [point.due_at - now for point in run.points.all()] == [timedelta(minutes=20), timedelta(minutes=40)]
    assert pressed(cast, now) == watch
    assert PatrolRun.objects.count() == 1


def test_a_named_person_walks_and_no_stage_without_routes_begins(cast: Cast, now: datetime) -> None:
    made = route(cast, now)
    with pytest.raises(Refused) as caught:
        pressed(cast, now, RainStage.AFTER)
    assert caught.value.code == "patrol_no_routes"
    actions.set_term(
        route=made, stage=RainStage.AFTER, interval_minutes=60, person=cast.site_keeper, by=cast.duty_officer
    )
    pressed(cast, now, RainStage.AFTER)
    assert PatrolRun.objects.get().assignment.assignee == cast.site_keeper


def test_the_next_walk_comes_with_its_interval_and_never_twice(cast: Cast, now: datetime) -> None:
    route(cast, now, points=1)
    pressed(cast, now)
    assert actions.open_due_runs(now=now + timedelta(minutes=119)) == []
    assert actions.open_due_runs(now=now + timedelta(minutes=121)) == []  # the first is still under way
    checked(PatrolPoint.objects.get(), now + timedelta(minutes=122))
    (second,) = actions.open_due_runs(now=now + timedelta(minutes=123))
    assert (second.slot, actions.open_due_runs(now=now + timedelta(minutes=124))) == (1, [])
    with pytest.raises(IntegrityError), transaction.atomic():
        PatrolRun.objects.filter(pk=second.pk).update(slot=0)


def test_another_stage_takes_over_and_its_end_sends_nobody(cast: Cast, now: datetime) -> None:
    route(cast, now, points=1, every=30)
    before = pressed(cast, now, RainStage.BEFORE)
    checked(PatrolPoint.objects.get(), now + timedelta(minutes=5))
    during = pressed(cast, now + timedelta(minutes=10))
    before.refresh_from_db()
    assert before.ended_by == cast.subdistrict_officer
    assert PatrolRun.objects.filter(watch=during).count() == 1
    actions.end_watch(watch=during, by=cast.subdistrict_officer, now=now + timedelta(minutes=11))
    checked(PatrolPoint.objects.get(checked_at=None), now + timedelta(minutes=15))
    assert actions.open_due_runs(now=now + timedelta(hours=9)) == []
    assert not PatrolWatch.objects.filter(ended_at=None).exists()


def test_a_check_in_measures_the_distance_and_the_last_one_ends_the_duty(cast: Cast, now: datetime) -> None:
    made = route(cast, now, points=1)
    reach = site(kind="river", geometry=LineString((113.30, 33.70), (113.30, 33.80), srid=4326))
    place = made.points.get().site
    actions.set_points(route=made, points=[(place, 10), (reach, 15)], by=cast.duty_officer)
    pressed(cast, now)
    first, second = PatrolPoint.objects.order_by("order")
    assert isinstance(place.geometry, Point)
    at = now + timedelta(minutes=5)
    checked(first, at, position=(place.geometry.x, place.geometry.y), accuracy_m=12.0)
    first.refresh_from_db()
    assert (first.distance_m, first.by, first.by_name) == (0.0, cast.grid_worker, cast.grid_worker.name)
    run = PatrolRun.objects.select_related("assignment").get()
    assert run.assignment.state == State.DOING
    checked(second, at + timedelta(minutes=5), position=(113.301, 33.75))
    second.refresh_from_db()
    assert second.distance_m == pytest.approx(92.6, abs=1)  # to the reach, not to its middle
    run.refresh_from_db()
    run.assignment.refresh_from_db()
    assert (run.ended_at, run.assignment.state) == (at + timedelta(minutes=5), State.VERIFIED)


def test_a_second_press_is_the_check_in_that_stands(cast: Cast, now: datetime) -> None:
    route(cast, now)
    pressed(cast, now)
    point = PatrolPoint.objects.earliest("order")
    checked(point, now + timedelta(minutes=5), note="水位正常")
    row, is_new = actions.check_in(
        point=point, by=None, given=actions.CheckIn(note="再次"), now=now + timedelta(minutes=9)
    )
    assert (is_new, row.note, row.checked_at) == (False, "水位正常", now + timedelta(minutes=5))


def test_a_missed_point_is_told_once_however_often_the_bell_rings(cast: Cast, now: datetime) -> None:
    route(cast, now)
    pressed(cast, now)
    told = Delivery.objects.count()
    assert actions.watch_patrols(now=now + timedelta(minutes=20)) == (0, 0)
    late = now + timedelta(minutes=21)
    assert actions.watch_patrols(now=late) == (0, 1)
    assert actions.watch_patrols(now=late) == (0, 0)
    assert actions.watch_patrols(now=late + timedelta(minutes=5)) == (0, 0)
    assert Delivery.objects.count() == told + 1
    alarm = Assignment.objects.get(kind="patrol_point")
    assert (alarm.assignee, alarm.key) == (cast.grid_worker, f"hazards.patrol_point:{alarm.patrol_alarm.pk}")
    PatrolPoint.objects.update(missed_at=None)  # whatever forgets the mark, the key of the duty remembers it
    actions.watch_patrols(now=late)
    assert Assignment.objects.filter(kind="patrol_point").count() == 1
    assert Delivery.objects.count() == told + 1


def test_a_missed_point_stands_on_the_late_list_until_somebody_comes(cast: Cast, now: datetime) -> None:
    route(cast, now)
    pressed(cast, now)
    late = now + timedelta(minutes=21)
    actions.watch_patrols(now=late)
    point = PatrolPoint.objects.earliest("order")

    def lines() -> list[str]:
        shown = late_lines(HERE, now=late, dangers=[], manned=Manned(0, 0, 0, []))
        return [line.what for line in shown if line.duty and line.duty.kind == "patrol_point"]

    assert [point.site.name in what for what in lines()] == [True]
    assert [each.pk for each in queries.missed_points(HERE, now=late)] == [point.pk]
    checked(point, late)
    assert lines() == []
    assert queries.missed_points(HERE, now=late) == []
    point.refresh_from_db()
    assert point.missed_at == late


def test_a_stopped_patrol_withdraws_what_is_owed_and_keeps_what_was_missed(cast: Cast, now: datetime) -> None:
    route(cast, now)
    pressed(cast, now)
    late = now + timedelta(minutes=21)
    actions.watch_patrols(now=late)
    run = PatrolRun.objects.get()
    with pytest.raises(Refused):
        actions.stop_run(run=run, reason=" ", by=cast.subdistrict_officer, now=late)
    with pytest.raises(Refused):
        actions.stop_run(run=run, reason="水大", by=cast.other_officer, now=late)
    actions.stop_run(run=run, reason="水大，人员撤回", by=cast.subdistrict_officer, now=late)
    states = set(Assignment.objects.filter(kind__startswith="patrol").values_list("state", flat=True))
    assert states == {State.CANCELLED}
    assert PatrolPoint.objects.filter(missed_at__isnull=False).count() == 1
    with pytest.raises(Refused):
        checked(PatrolPoint.objects.latest("order"), late)
    assert actions.watch_patrols(now=late + timedelta(hours=1)) == (0, 0)


def test_a_patrol_whose_duty_was_withdrawn_elsewhere_has_ended(cast: Cast, now: datetime) -> None:
    route(cast, now)
    pressed(cast, now)
    run = PatrolRun.objects.select_related("assignment").get()
    duties.cancel(assignment=run.assignment, by=cast.duty_officer, now=now, note="换人")
    run.refresh_from_db()
    assert run.ended_at == now


def test_only_who_walks_or_records_for_him_checks_in(cast: Cast, now: datetime) -> None:
    route(cast, now)
    pressed(cast, now)
    first, second = PatrolPoint.objects.order_by("order")
    with pytest.raises(Refused):
        checked(first, now, by=cast.other_worker)
    checked(first, now, by=cast.grid_worker)
    checked(second, now, by=cast.subdistrict_officer)
    second.refresh_from_db()
    assert second.by == cast.subdistrict_officer


def test_the_link_is_enough_on_a_phone_and_shows_the_next_point(
    cast: Cast, client: Client, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    moment = clock.now()
    route(cast, moment)
    pressed(cast, moment)
    run = PatrolRun.objects.select_related("assignment").get()
    first, second = run.points.order_by("order")
    address = f"/patrol/{token_of(run.assignment)}/"
    assert client.get(f"/t/{token_of(run.assignment)}/")["Location"] == address
    assert assignment_page(run.assignment) == address
    assert client.get("/patrol/1-wrong/").status_code == 404
    page = client.get(address).content.decode()
    assert first.site.name in page
    given = {"point": first.pk, "longitude": "113.31", "latitude": "33.75", "accuracy_m": "9", "note": "井盖松动"}
    photo = SimpleUploadedFile("p.jpg", photograph("patrol"), "image/jpeg")
    assert client.post(address, given | {"photo": photo}).status_code == 302
    first.refresh_from_db()
    assert first.note == "井盖松动"
    assert first.distance_m is not None
    assert first.photo is not None
    assert may_see_photo(cast.subdistrict_officer, first.photo)
    assert not may_see_photo(cast.other_officer, first.photo)
    assert client.post(address, {"point": "x"}).status_code == 400
    assert client.post(address, {"point": second.pk}).status_code == 302
    run.refresh_from_db()
    assert run.ended_at
    stranger = PatrolPoint.objects.exclude(run=run).first()
    assert stranger is None
    shown = signed_in(cast.subdistrict_officer).get(f"/hazards/patrols/{run.pk}/").content.decode()
    assert "井盖松动" in shown


def test_a_sub_district_sees_and_presses_its_own_only(
    cast: Cast, signed_in: Callable[[User], Client], api: Callable[[User], Client]
) -> None:
    now = clock.now() - timedelta(minutes=30)
    own, other = route(cast, now), route(cast, now, area_code=OTHER_SUBDISTRICT)
    actions.open_watch(area_code=DISTRICT, stage=RainStage.DURING, by=cast.duty_officer, now=now)
    assert PatrolRun.objects.count() == 2
    actions.watch_patrols(now=clock.now())
    page = signed_in(cast.subdistrict_officer).get("/hazards/patrols/").content.decode()
    assert own.name in page
    assert other.name not in page
    foreign = PatrolRun.objects.get(route=other)
    officer = signed_in(cast.subdistrict_officer)
    assert officer.get(f"/hazards/patrols/{foreign.pk}/").status_code == 404
    assert officer.post(f"/hazards/patrols/{foreign.pk}/stop/", {"reason": "x"}).status_code == 404
    assert officer.get(f"/hazards/patrols/routes/{other.pk}/").status_code == 404
    wide = {"area_code": OTHER_SUBDISTRICT, "stage": "before"}
    assert officer.post("/hazards/patrols/press/", wide).status_code == 200
    assert PatrolWatch.objects.count() == 1
    (told,) = api(cast.subdistrict_officer).get("/api/v1/hazards/patrols/").json()["results"]
    assert (told["route"], told["total"], told["missed"]) == (own.name, 2, 1)
    detail = api(cast.subdistrict_officer).get(f"/api/v1/hazards/patrols/{told['id']}/").json()
    assert [point["is_missed"] for point in detail["points"]] == [True, False]
    assert api(cast.subdistrict_officer).get(f"/api/v1/hazards/patrols/{foreign.pk}/").status_code == 404
    assert len(api(cast.subdistrict_officer).get("/api/v1/hazards/patrols/missed/").json()) == 1
    assert signed_in(cast.grid_worker).get("/hazards/patrols/").status_code == 403


def test_a_route_is_drawn_up_changed_and_given_up_on_its_page(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    one, two = site(area_code=GRID), site(area_code=GRID)
    officer = signed_in(cast.subdistrict_officer)
    officer.post("/hazards/patrols/routes/new/", {"name": "河堤线", "area_code": SUBDISTRICT})
    made = PatrolRoute.objects.get()
    assert officer.post("/hazards/patrols/routes/new/", {"name": "河堤线", "area_code": SUBDISTRICT}).status_code == 200
    home = f"/hazards/patrols/routes/{made.pk}/"
    for place in (one, two):
        officer.post(f"{home}points/", {"site": place.pk, "minutes": 15})
    officer.post(f"{home}points/", {"number": 1, "up": "1"})
    assert [point.site for point in made.points.all()] == [two, one]
    officer.post(f"{home}points/", {"number": 0, "remove": "1"})
    assert [point.site for point in made.points.all()] == [one]
    assert officer.post(f"{home}points/", {"site": one.pk, "minutes": 15}).status_code == 200
    term = {"stage": "during", "interval_minutes": 60, "person": cast.grid_worker.pk}
    officer.post(f"{home}term/", term)
    assert PatrolTerm.objects.get().person == cast.grid_worker
    officer.post("/hazards/patrols/press/", {"area_code": SUBDISTRICT, "stage": "during"})
    run = PatrolRun.objects.get()
    officer.post(f"/hazards/patrols/{run.pk}/points/{run.points.get().pk}/")
    run.refresh_from_db()
    assert run.ended_at
    officer.post(f"/hazards/patrols/watches/{PatrolWatch.objects.get().pk}/end/")
    officer.post(f"{home}term/", {"drop": "during"})
    assert not PatrolTerm.objects.exists()
    officer.post(f"{home}retire/")
    assert officer.get(home).status_code == 404


def test_a_site_of_another_area_does_not_come_onto_a_route(cast: Cast, now: datetime) -> None:
    made = route(cast, now)
    with pytest.raises(Refused):
        actions.set_points(route=made, points=[(site(area_code=OTHER_GRID), 10)], by=cast.duty_officer)
    with pytest.raises(Refused):
        actions.make_route(name="越界", area_code=OTHER_SUBDISTRICT, by=cast.subdistrict_officer, now=now)
