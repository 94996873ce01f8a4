"""Patrols: which stage holds where, who walks what, which points were missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q

from accounts.models import User
from assignments.models import Assignment
from assignments.queries import assignment_by_token
from hazards.models import PatrolPoint, PatrolRoute, PatrolRun, PatrolTerm, PatrolWatch, RoutePoint
from hazards.queries.owing import who_owes
from hazards.rules import is_far
from hazards.rules.patrols import is_missed
from territory.models import PlacedQuerySet
from territory.queries import area_names
from territory.rules import Scope

PATROLS_SHOWN = 100


def _points() -> "Prefetch[str]":
    return Prefetch("route__points", RoutePoint.objects.select_related("site").order_by("order", "pk"))


def runnable_terms(watch: PatrolWatch) -> list[PatrolTerm]:
    """The intervals of this stage over the watch's area whose route is in use and not being walked now."""
    walking = PatrolRun.objects.filter(ended_at__isnull=True, exercise=watch.exercise).values("route")
    rows = PatrolTerm.objects.filter(
        stage=watch.stage, route__area_code__startswith=watch.area_code, route__retired_at__isnull=True
    ).exclude(route__in=walking)
    return list(rows.select_related("route", "person").prefetch_related(_points()).order_by("route__area_code", "pk"))


def patrol_routes(scope: Scope) -> PlacedQuerySet[PatrolRoute]:
    """Routes in use in these areas, with their points and intervals. Three statements."""
    return (
        PatrolRoute.objects.in_scope(scope)
        .filter(retired_at__isnull=True)
        .prefetch_related(
            Prefetch("points", RoutePoint.objects.select_related("site").order_by("order", "pk")),
            Prefetch("terms", PatrolTerm.objects.select_related("person").order_by("pk")),
        )
    )


def patrol_watches(scope: Scope) -> list[PatrolWatch]:
    """The stages that hold over these areas or over the areas above them."""
    above = [code[:length] for code in scope.codes for length in (6, 9, 12) if length <= len(code)]
    own = PatrolWatch.objects.in_scope(scope).values("pk")
    rows = PatrolWatch.objects.filter(Q(pk__in=own) | Q(area_code__in=above), ended_at__isnull=True, exercise=None)
    return list(rows.select_related("opened_by").order_by("area_code", "pk"))


def patrol_runs(scope: Scope, *, running: bool = True) -> PlacedQuerySet[Any]:
    """Walks in these areas, the newest first, with how many points they have and how many were checked in."""
    rows = PatrolRun.objects.in_scope(scope).filter(exercise__isnull=True)
    if running:
        rows = rows.filter(ended_at__isnull=True)
    counted: PlacedQuerySet[Any] = rows.annotate(
        total=Count("points"),
        checked=Count("points", filter=Q(points__checked_at__isnull=False)),
        missed=Count("points", filter=Q(points__missed_at__isnull=False)),
    )
    return counted.select_related("route", "watch", "assignment__assignee", "stopped_by").order_by("-opened_at", "-pk")


def points_of(run: PatrolRun) -> list[PatrolPoint]:
    """The points of a walk in their order; `far`: checked in away from the place. One statement."""
    rows = list(run.points.select_related("site", "photo", "alarm").order_by("order", "pk"))
    return with_far(rows)


def with_far(rows: Iterable[PatrolPoint]) -> list[PatrolPoint]:
    """Marks the points that were checked in away from the place."""
    found = list(rows)
    for row in found:
        row.far = is_far(row.distance_m, row.accuracy_m)
    return found


def missed_points(scope: Scope, *, now: datetime, limit: int = PATROLS_SHOWN) -> list[PatrolPoint]:
    """Points of walks under way whose time has run out and where nobody has been, the longest first."""
    rows = PatrolPoint.objects.in_scope(scope).filter(
        checked_at__isnull=True, due_at__lt=now, run__ended_at__isnull=True, run__exercise__isnull=True
    )
    return list(rows.select_related("site", "run__route", "run__assignment__assignee").order_by("due_at", "pk")[:limit])


@dataclass(frozen=True)
class RouteLine:
    """A route as the desk lists it: where, by whom each stage is walked, what is missing."""

    route: PatrolRoute
    place: str
    terms: list[tuple[PatrolTerm, str]]

    @property
    def nobody(self) -> bool:
        """True when a stage has nobody who would walk it."""
        return any(not who for _term, who in self.terms)


def route_lines(routes: Sequence[PatrolRoute], *, now: datetime) -> list[RouteLine]:
    """These routes with who would walk them now. A fixed number of statements, as `who_owes`."""
    firsts = {route.pk: route.points.all()[0].site for route in routes if route.points.all()}
    owed = who_owes(list(firsts.values()), now=now)
    names = area_names({route.area_code for route in routes})

    def who(route: PatrolRoute, term: PatrolTerm) -> str:
        if term.person is not None and term.person.is_active:
            return term.person.name
        found = owed.get(firsts[route.pk].pk) if route.pk in firsts else None
        return found.name if found else ""

    return [
        RouteLine(
            route,
            names.get(route.area_code, route.area_code),
            [(term, who(route, term)) for term in route.terms.all()],
        )
        for route in routes
    ]


def run_by_token(token: str) -> tuple[PatrolRun, Assignment] | None:
    """The walk that a task link opens, by the walk's own duty or by that of a missed point; None for any other."""
    duty = assignment_by_token(token)
    if duty is None:
        return None
    run = (
        PatrolRun.objects.filter(Q(assignment=duty) | Q(points__alarm=duty))
        .select_related("route", "watch", "assignment__assignee")
        .first()
    )
    return (run, duty) if run else None


def run_for(user: User, pk: int, *, capability: str = "rounds.view") -> PlacedQuerySet[Any]:
    """At most one: the walk of that number where the person holds `capability`."""
    rows = PatrolRun.objects.in_scope(user.scope_for(capability)).filter(pk=pk)
    return rows.select_related("route", "watch", "assignment__assignee", "stopped_by")


def left_of(points: Sequence[PatrolPoint], *, now: datetime) -> tuple[int, int]:
    """How many points nobody has checked in yet, and how many of these are missed."""
    left = [point for point in points if point.checked_at is None]
    return len(left), sum(is_missed(point.due_at, None, now=now) for point in left)
