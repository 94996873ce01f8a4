"""What a phone recorded before its person heard that another has the duty now: seen is seen, and nothing is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

from rest_framework.test import APIClient

from accounts.models import User
from assignments import actions as duties
from assignments.enums import State, Verb
from field.queries import offline_pack
from hazards.models import PatrolRun
from tests.casts import NIGHT, Cast
from tests.factories import photograph
from tests.field.test_intake import RECORDS, put, sha
from tests.field.test_visits import there, walk

MINUTE = timedelta(minutes=1)
Api = Callable[[User], APIClient]


def taken_away(cast: Cast, run: PatrolRun, *, minutes: int = 15) -> None:
    """The silent walk is given to the officer of the sub-district."""
    at = NIGHT - minutes * MINUTE
    duties.hand_over(assignment=run.assignment, to=cast.subdistrict_officer, by=cast.duty_officer, now=at)


def test_a_point_reached_before_the_walk_was_given_to_another_is_checked_in_when_the_word_comes(
    cast: Cast, api: Api, now: datetime
) -> None:
    run = walk(cast)
    first, second = run.points.order_by("order")
    taken_away(cast, run)
    worker, data = api(cast.grid_worker), photograph("河堤")
    answer = worker.post(RECORDS, there(first, minutes=22, photos=[{"sha256": sha(data)}]))
    assert answer.status_code == 201, answer.json()
    news = answer.json()["news"]
    assert (news["code"], cast.subdistrict_officer.name in news["title"], "22:45" in news["title"]) == (
        "handed_on",
        True,
        True,
    )
    put(worker, data)
    first.refresh_from_db()
    assert (first.checked_at, first.by, first.photo_id) == (NIGHT - 22 * MINUTE, cast.grid_worker, sha(data))
    # The one who walks now has answered nothing by it, and goes on with what is left.
    run.assignment.refresh_from_db()
    assert (run.assignment.state, run.assignment.started_at) == (State.ASSIGNED, None)
    # Who has not heard of it walks on: that he was there is seen as well, and the last point ends the walk.
    assert worker.post(RECORDS, there(second, minutes=5)).status_code == 201
    run.refresh_from_db()
    run.assignment.refresh_from_db()
    assert (run.ended_at, run.assignment.state) == (now, State.VERIFIED)
    assert not run.assignment.events.filter(verb=Verb.START).exists()


def test_who_never_had_the_walk_and_who_was_there_before_he_had_it_checks_nothing_in(
    cast: Cast, api: Api, now: datetime
) -> None:
    run = walk(cast)
    point = run.points.earliest("order")
    duties.hand_over(assignment=run.assignment, to=cast.other_worker, by=cast.duty_officer, now=NIGHT - 15 * MINUTE)
    taken_away(cast, run, minutes=10)
    other = api(cast.other_worker)
    early = other.post(RECORDS, there(point, minutes=16))
    assert (early.status_code, early.json()["code"]) == (400, "no_point")
    assert other.post(RECORDS, there(point, minutes=12)).status_code == 201
    stranger = api(cast.site_keeper).post(RECORDS, there(run.points.latest("order")))
    assert (stranger.status_code, stranger.json()["code"]) == (400, "no_point")


def test_the_phone_of_whoever_walks_no_more_forgets_the_walk(cast: Cast, now: datetime) -> None:
    run = walk(cast)
    taken_away(cast, run)
    assert offline_pack(cast.grid_worker, now=now)["walks"] == []
