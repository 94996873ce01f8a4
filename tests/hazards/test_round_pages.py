"""Rounds of the season, the load before opening, the comparison with the round before, the evidence."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from core import clock
from core.rules import Refused
from hazards import actions, queries
from hazards.enums import Change, Trigger
from hazards.models import InspectionRound, SeasonRound
from territory.models import Season
from territory.rules import scope_of
from tests.casts import DISTRICT, GRID, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import inspection, site

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)


def season(now: datetime, in_days: int = 0) -> Season:
    today = timezone.localdate(now) + timedelta(in_days)
    return Season.objects.create(name="2026年汛期", starts=today, ends=today + timedelta(100))


def planned(cast: Cast, now: datetime, **fields: object) -> SeasonRound:
    given = {"title": "汛前排查", "phase": "before", "offset_days": 0, "due_days": 10} | fields
    return actions.plan_round(area_code=DISTRICT, by=cast.commander, now=now, **given)  # type: ignore[arg-type]


def opened(cast: Cast, now: datetime, code: str = DISTRICT) -> InspectionRound:
    return actions.open_round(
        title="再排查", scope=scope_of(code), due_at=now + timedelta(hours=24), by=cast.commander, now=now
    )


def test_the_calendar_opens_a_round_on_its_day_once(cast: Cast, now: datetime) -> None:
    site()
    season(now, in_days=2)
    row = planned(cast, now)
    assert actions.open_season_rounds(now=now) == []
    on_the_day = now + timedelta(days=2)
    (round,) = actions.open_season_rounds(now=on_the_day)
    assert (round.trigger, round.planned, round.opened_by) == (Trigger.SEASON, row, None)
    assert round.due_at == on_the_day + timedelta(days=10)
    assert actions.open_season_rounds(now=on_the_day) == []
    assert actions.open_season_rounds(now=on_the_day + timedelta(days=1)) == []
    assert InspectionRound.objects.count() == 1


def test_a_day_that_passed_while_the_platform_was_down_is_made_up(cast: Cast, now: datetime) -> None:
    site()
    season(now, in_days=2)
    planned(cast, now)
    assert len(actions.open_season_rounds(now=now + timedelta(days=9))) == 1


def test_what_was_planned_after_its_day_waits_for_the_next_season(cast: Cast, now: datetime) -> None:
    site()
    season(now, in_days=-5)
    planned(cast, now)
    assert actions.open_season_rounds(now=now) == []
    season(now, in_days=360)
    assert len(actions.open_season_rounds(now=now + timedelta(days=360))) == 1


def test_an_area_without_sites_is_tried_again_and_a_stopped_round_is_not(cast: Cast, now: datetime) -> None:
    season(now)
    row = planned(cast, now)
    assert actions.open_season_rounds(now=now) == []
    site()
    assert len(actions.open_season_rounds(now=now)) == 1
    other = planned(cast, now, phase="middle", offset_days=-50)
    actions.stop_planned(planned=other, by=cast.commander, now=now)
    assert actions.open_season_rounds(now=now) == []
    with pytest.raises(Refused):
        planned(cast, now)
    with pytest.raises(Refused):
        actions.stop_planned(planned=row, by=cast.subdistrict_officer, now=now)


def test_the_form_says_who_would_get_how_many_sites(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    site(area_code=GRID), site(area_code=GRID), site(area_code=OTHER_GRID), site(area_code=DISTRICT)
    loads = queries.load_of(WHOLE, now=clock.now())
    assert [(load.person, load.count) for load in loads] == [(None, 1), (cast.grid_worker, 2), (cast.other_worker, 1)]
    whole = signed_in(cast.commander).get("/hazards/rounds/new/").content.decode()
    assert cast.other_worker.name in whole
    street = signed_in(cast.commander).get(f"/hazards/rounds/new/?area_code={SUBDISTRICT}").content.decode()
    assert cast.grid_worker.name in street
    assert cast.other_worker.name not in street
    assert not InspectionRound.objects.exists()


def test_the_round_before_shows_what_became_better_and_worse(
    cast: Cast, signed_in: Callable[[User], Client], api: Callable[[User], Client], now: datetime
) -> None:
    better, worse, same, unseen, gone = (site() for _number in range(5))
    first = opened(cast, now)
    for place, failed in ((better, True), (worse, False), (same, False), (unseen, False)):
        first.members.filter(site=place).update(inspection=inspection(at=place, by=cast.grid_worker, failed=failed))
    actions.retire_site(site=gone, reason="已填埋", by=cast.duty_officer, now=now)
    new = site()
    second = opened(cast, now + timedelta(hours=2))
    for place, failed in ((better, False), (worse, True), (same, False), (new, False)):
        second.members.filter(site=place).update(inspection=inspection(at=place, by=cast.grid_worker, failed=failed))
    between = queries.between_rounds(second, WHOLE)
    assert between is not None
    assert between.before == first
    assert dict(between.lines()) == {
        Change.BETTER: [better],
        Change.WORSE: [worse],
        Change.SAME: [same],
        Change.NEW: [new],
        Change.GONE: [gone],
        Change.UNSEEN: [unseen],
    }
    assert queries.between_rounds(first, WHOLE) is None
    page = signed_in(cast.duty_officer).get(f"/hazards/rounds/{second.pk}/compare/").content.decode()
    assert worse.name in page
    told = api(cast.duty_officer).get(f"/api/v1/hazards/rounds/{second.pk}/compare/").json()
    assert told["sites"]["worse"] == [worse.code]
    assert api(cast.duty_officer).get(f"/api/v1/hazards/rounds/{first.pk}/compare/").json() == {"before": None}
    assert queries.between_rounds(second, scope_of(OTHER_GRID)).sites == {}  # type: ignore[union-attr]


def test_coverage_is_counted_by_grid_too(cast: Cast, now: datetime) -> None:
    site(area_code=GRID), site(area_code=GRID), site(area_code=OTHER_GRID)
    coverage = queries.round_coverage(opened(cast, now), WHOLE, now=now)
    assert [(part.key, part.counted.required) for part in coverage.by_grid] == [(GRID, 2), (OTHER_GRID, 1)]
    assert coverage.whole.required == 3


def test_the_evidence_names_who_saw_and_who_verified_every_site(
    cast: Cast, signed_in: Callable[[User], Client], api: Callable[[User], Client], now: datetime
) -> None:
    place, there = site(area_code=GRID), site(area_code=OTHER_GRID)
    round = opened(cast, now)
    for member in round.members.select_related("site"):
        member.inspection = inspection(at=member.site, by=cast.grid_worker, verified_by=cast.subdistrict_officer)
        member.save()
    page = signed_in(cast.subdistrict_officer).get(f"/hazards/rounds/{round.pk}/evidence/").content.decode()
    assert place.name in page
    assert there.name not in page
    sheet = signed_in(cast.duty_officer).get(f"/hazards/rounds/{round.pk}/evidence.xlsx").content
    rows = list(load_workbook(BytesIO(sheet)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [(row[0], row[4], row[8]) for row in rows[1:]] == [
        (code, cast.grid_worker.name, cast.subdistrict_officer.name) for code in sorted([place.code, there.code])
    ]
    (told,) = api(cast.subdistrict_officer).get(f"/api/v1/hazards/rounds/{round.pk}/evidence/").json()["results"]
    assert (told["site"], told["photo_count"]) == (place.code, 0)
    assert "100 %" in signed_in(cast.commander).get(f"/hazards/rounds/{round.pk}/").content.decode()


def test_the_calendar_page_takes_examples_and_plans(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    commander = signed_in(cast.commander)
    season(clock.now(), in_days=40)
    commander.post("/hazards/rounds/calendar/examples/", {"area_code": DISTRICT})
    commander.post("/hazards/rounds/calendar/examples/", {"area_code": DISTRICT})
    assert SeasonRound.objects.count() == 3
    given = {"title": "加密", "area_code": DISTRICT, "phase": "middle", "offset_days": 10, "due_days": 3}
    commander.post("/hazards/rounds/calendar/plan/", given)
    row = SeasonRound.objects.get(title="加密")
    assert commander.post("/hazards/rounds/calendar/plan/", given).status_code == 200
    commander.post(f"/hazards/rounds/calendar/{row.pk}/stop/")
    assert "加密" not in commander.get("/hazards/rounds/calendar/").content.decode()
    assert signed_in(cast.subdistrict_officer).post("/hazards/rounds/calendar/plan/", given).status_code == 403
    assert "汛前排查" in signed_in(cast.subdistrict_officer).get("/hazards/rounds/calendar/").content.decode()
