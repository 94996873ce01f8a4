"""Whom a notice is for inside its areas: a drawn shape, a site's surroundings, must-reach households only."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from alerts import actions, queries
from alerts.models import Notice, NoticeAim
from core.rules import Refused
from territory.models import Area, Household
from tests.alerts.situations import drafted, issued
from tests.casts import GRIDS, NIGHT, Cast
from tests.factories import household, site

SignedIn = Callable[[User], Client]
WEST, SOUTH, EAST, NORTH = 113.300, 33.740, 113.310, 33.750
SQUARE = Polygon.from_bbox((WEST, SOUTH, EAST, NORTH))
INSIDE, OUTSIDE = Point(113.305, 33.745, srid=4326), Point(113.320, 33.745, srid=4326)


def drawn(shape: Polygon = SQUARE) -> str:
    return str(shape.geojson)


def aimed(row: Notice, cast: Cast, **how: object) -> Notice:
    """By the duty officer: inside the square."""
    given = {"drawn": drawn(), "site": None, "radius_m": 0, "only_must_reach": False, "by": cast.duty_officer}
    return actions.aim(notice=row, version=row.version, **{**given, **how}, now=NIGHT)  # type: ignore[arg-type]


def sent(row: Notice, cast: Cast) -> set[int]:
    """The households it was for, once submitted and signed; the count before was the same."""
    seen = queries.audience_preview(["410403"], "文", notice=row.pk)
    row = actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    row = actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT)
    found = set(row.households.values_list("household_id", flat=True))
    assert seen.households == len(found)
    return found


def refused(act: Callable[..., object], *given: object, **how: object) -> str:
    with pytest.raises(Refused) as error:
        act(*given, **how)
    return error.value.code


def test_only_households_inside_the_shape_get_it(cast: Cast) -> None:
    near, _far = household(position=INSIDE), household(position=OUTSIDE)
    assert sent(aimed(drafted(cast), cast), cast) == {near.pk}


def test_who_has_no_position_is_judged_by_his_grid_and_else_counts_as_inside(cast: Cast) -> None:
    unknown = household(area_code=GRIDS[0])
    touching, apart = household(area_code=GRIDS[1]), household(area_code=GRIDS[2])
    for grid, west in ((GRIDS[1], EAST - 0.001), (GRIDS[2], EAST + 0.01)):
        border = MultiPolygon(Polygon.from_bbox((west, SOUTH, west + 0.005, NORTH)), srid=4326)
        Area.objects.filter(pk=grid).update(border=border)
    assert sent(aimed(drafted(cast), cast), cast) == {unknown.pk, touching.pk}
    assert apart.pk


def test_around_a_site_means_metres_not_degrees(cast: Cast) -> None:
    place = site(geometry=Point(113.30, 33.74, srid=4326))
    metres = 1 / 111_000  # of latitude
    near = household(position=Point(113.30, 33.74 + 280 * metres, srid=4326))
    _far = household(position=Point(113.30, 33.74 + 320 * metres, srid=4326))
    row = aimed(drafted(cast), cast, drawn="", site=place, radius_m=300)
    line = queries.aim_of(row)
    assert line
    assert (line.site, line.radius_m, line.is_drawn) == (place.name, 300, False)
    assert sent(row, cast) == {near.pk}


def test_shape_and_site_together_reach_both(cast: Cast) -> None:
    place = site(geometry=Point(113.35, 33.74, srid=4326))
    both = {household(position=INSIDE).pk, household(position=Point(113.35, 33.74, srid=4326)).pk}
    household(position=OUTSIDE)
    assert sent(aimed(drafted(cast), cast, site=place, radius_m=100), cast) == both


def test_must_reach_households_only(cast: Cast) -> None:
    elder = household(position=INSIDE, must_reach="alone")
    household(position=INSIDE)
    assert sent(aimed(drafted(cast), cast, drawn="", only_must_reach=True), cast) == {elder.pk}


def test_an_aim_taken_back_means_everybody(cast: Cast) -> None:
    homes = {household(position=INSIDE).pk, household(position=OUTSIDE).pk}
    row = aimed(aimed(drafted(cast), cast), cast, drawn="")
    assert queries.aim_of(row) is None
    assert sent(row, cast) == homes


def test_what_cannot_be_a_shape_is_refused(cast: Cast) -> None:
    row = drafted(cast)
    bow_tie = json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]})
    many = Point(113.3, 33.74, srid=4326).buffer(0.01, quadsegs=80).geojson
    for words in ("no json", "[]", '{"type": "Point", "coordinates": [1, 2]}', bow_tie, many):
        assert refused(aimed, row, cast, drawn=words) == "aim.shape", words
    assert refused(lambda: aimed(row, cast, drawn="", site=site(geometry=None), radius_m=300)) == "aim.site"
    assert refused(lambda: aimed(row, cast, drawn="", site=site(), radius_m=10)) == "aim.radius"


def test_narrowing_is_an_edit_and_takes_the_signature_from_its_hand(cast: Cast) -> None:
    household(position=INSIDE)
    row = drafted(cast)
    opened = row.version
    row = aimed(row, cast, by=cast.commander)
    assert (row.version, row.last_editor) == (opened + 1, cast.commander)
    row = actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    assert (
        refused(lambda: actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT))
        == "notice.same_person"
    )
    assert refused(lambda: aimed(row, cast)) == "conflict.state"
    for person in (cast.grid_worker, cast.outsider):
        assert refused(aimed, row, cast, by=person) == "notice.not_allowed"


def test_the_database_freezes_words_areas_and_aim_with_the_signature(cast: Cast) -> None:
    home = household(position=INSIDE)
    row = aimed(drafted(cast), cast)
    assert sent(row, cast) == {home.pk}
    for change in (
        lambda: NoticeAim.objects.filter(notice=row).delete(),
        lambda: NoticeAim.objects.filter(notice=row).update(only_must_reach=True),
        lambda: row.areas.all().delete(),
        lambda: row.areas.create(area_code=GRIDS[0]),
        lambda: Notice.objects.filter(pk=row.pk).update(measures="别的话"),
        lambda: Notice.objects.filter(pk=row.pk).update(approver=cast.leader),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    other = issued(cast)
    with pytest.raises(InternalError), transaction.atomic():
        NoticeAim.objects.create(notice=other, only_must_reach=True)
    assert Household.objects.count() == 1


def test_the_page_draws_picks_and_counts_anew(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    household(position=INSIDE)
    household(position=OUTSIDE)
    place, desk, row = site(), signed_in(cast.duty_officer), drafted(cast)
    address, page = reverse("alerts:aim", args=[row.uuid]), reverse("alerts:notice", args=[row.uuid])
    assert place.name in desk.get(address).content.decode()
    assert desk.get(page).context["preview"].households == 2
    assert (
        desk.post(address, {"version": row.version, "polygon": drawn(), "site": "", "radius_m": ""}).status_code == 302
    )
    assert desk.get(page).context["preview"].households == 1
    assert desk.post(address, {"version": row.version, "polygon": drawn()}).status_code == 400
    assert "113.3" in desk.get(address).content.decode()
