"""What a phone needs without network for the doors of a grid and for a patrol."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from hazards.enums import RainStage
from hazards.models import PatrolPoint, PatrolRun
from hazards.queries import HouseholdFilter, household_lines, households_to_check
from hazards.rules import day_starts, since_day
from territory.queries import season_at
from territory.rules import Scope

HOMES = 300  # of a grid or a community; must-reach households first
WALKS = 5
NEAR = 12  # digits of a community: whoever answers for more does not walk from door to door


def packed_homes(user: User, *, now: datetime) -> list[dict[str, Any]]:
    """Households not checked yet this season at the person's own doors: no whole name, no number. Three statements.

    A sub-district's officer carries none: what lies on a telephone is what its person walks to.
    """
    scope = Scope(frozenset(code for code in user.scope_for("households.check").codes if len(code) >= NEAR))
    if not scope.codes:
        return []
    today = timezone.localdate(now)
    season = season_at(today)
    since = since_day("", season.starts if season else None, today=today)
    start = day_starts(since, timezone.get_current_timezone())
    rows = households_to_check(scope, HouseholdFilter(), since=start)[:HOMES]
    return [
        {
            "id": line.household.pk,
            "area_code": line.household.area_code,
            "door": line.household.door,
            "building": line.household.building,
            "head": line.head,
            "persons": line.household.persons,
            "must_reach": line.reason,
            "tried_at": line.household.tried_at.isoformat() if line.household.tried_at else None,
        }
        for line in household_lines(rows)
    ]


def packed_walks(user: User) -> list[dict[str, Any]]:
    """The patrols that this person is walking, point by point. Two statements."""
    points = PatrolPoint.objects.select_related("site").order_by("order", "pk")
    rows = (
        PatrolRun.objects.filter(assignment__assignee=user, ended_at__isnull=True)
        .select_related("route", "watch")
        .prefetch_related(Prefetch("points", points))
        .order_by("due_at", "pk")[:WALKS]
    )
    return [
        {
            "id": row.pk,
            "name": row.route.name,
            "area_code": row.area_code,
            "stage": str(RainStage(row.watch.stage).label),
            "due_at": row.due_at.isoformat(),
            "exercise": row.exercise is not None,
            "points": [_point(point) for point in row.points.all()],
        }
        for row in rows
    ]


def _point(row: PatrolPoint) -> dict[str, Any]:
    centre = row.site.geometry.centroid.coords if row.site.geometry else None
    return {
        "id": row.pk,
        "order": row.order,
        "name": row.site.name,
        "site": row.site.code,
        "address": row.site.address,
        "position": [round(number, 6) for number in centre] if centre else None,
        "due_at": row.due_at.isoformat(),
        "checked_at": row.checked_at.isoformat() if row.checked_at else None,
        "checked_by": row.by_name,
    }


def walk_of(duties: Iterable[int]) -> dict[int, int]:
    """Which walk each of these duties belongs to, by the duty's key: the walk's own duty, and those of missed points.

    Two statements.
    """
    keys = list(duties)
    found = dict(PatrolRun.objects.filter(assignment__in=keys).values_list("assignment_id", "pk"))
    return found | dict(PatrolPoint.objects.filter(alarm__in=keys).values_list("alarm_id", "run_id"))
