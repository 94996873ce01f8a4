"""Routines with a missed date and a patrol under way with a missed point, for the night that browsers look at."""

from datetime import datetime, timedelta

from django.utils import timezone

from assignments.queries import token_of
from hazards import actions
from hazards.enums import RainStage
from hazards.models import PatrolRun
from territory.rules import scope_of
from tests.casts import GRID, SUBDISTRICT, Cast
from tests.factories import site


def rounds_of_the_night(cast: Cast, now: datetime) -> dict[str, str]:
    """The addresses of the walk, its desk page and its route; a second night finds those of the first."""
    if (walked := PatrolRun.objects.select_related("assignment").first()) is not None:
        return _addresses(walked)
    then = now - timedelta(days=9)
    actions.start_routines(
        scope=scope_of(SUBDISTRICT), kind="", base="scheduled", first_on=timezone.localdate(then),
        by=cast.duty_officer, now=then,
    )  # fmt: skip
    actions.write_dates(now=now)
    route = actions.make_route(name="东安路河堤线", area_code=SUBDISTRICT, by=cast.duty_officer, now=now)
    places = [(site(area_code=GRID), 15), (site(kind="river", area_code=GRID), 25), (site(area_code=GRID), 30)]
    actions.set_points(route=route, points=places, by=cast.duty_officer)
    actions.set_term(
        route=route, stage=RainStage.DURING, interval_minutes=120, person=cast.grid_worker, by=cast.duty_officer
    )
    begun = now - timedelta(minutes=45)
    watch = actions.open_watch(area_code=SUBDISTRICT, stage=RainStage.DURING, by=cast.subdistrict_officer, now=begun)
    run = watch.runs.select_related("assignment").get()
    first = run.points.earliest("order")
    actions.check_in(point=first, by=None, given=actions.CheckIn(position=(113.301, 33.742)), now=begun)
    actions.watch_patrols(now=now)
    return _addresses(run)


def _addresses(run: PatrolRun) -> dict[str, str]:
    return {
        "walk": f"/patrol/{token_of(run.assignment)}/",
        "patrol": f"/hazards/patrols/{run.pk}/",
        "patrol_route": f"/hazards/patrols/routes/{run.route_id}/",
    }
