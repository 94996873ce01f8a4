"""Which places are closed, since when, by whom."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries import area_names
from assignments.models import Assignment
from command.enums.closing import Party
from command.enums.dangers import RoadState
from command.models import Closure, ClosureAct, ClosureTick
from command.queries.closing import depths_of, limits, ticks_of
from command.queries.danger import point_of
from command.rules.closure import ROAD_TONES, road_state
from core.rules import OpenItem
from hazards import queries as hazards
from hazards.enums import SiteKind
from hazards.models import HazardSite
from territory.models import PlacedQuerySet, within
from territory.rules import Scope

SHOWN_AFTER = timedelta(hours=2)  # how long residents still read that a road is open again
MOST_SITES = 80
ROADS = (SiteKind.UNDERPASS, SiteKind.WATERLOG_POINT, SiteKind.UG_PARKING, SiteKind.UG_MALL)


@dataclass(frozen=True)
class ClosureLine:
    """One episode of water as lists and residents read it."""

    closure: Closure
    area: str
    state: RoadState
    limit: int  # centimetres from which the place is closed
    ticks: tuple[ClosureTick, ...] = ()
    way: str = ""  # round it, where residents are told

    @property
    def missing(self) -> list[Party]:
        """The parties without whose tick the closing is not whole; none unless it is closed."""
        if self.closure.closed_at is None or self.closure.reopened_at is not None:
            return []
        made = {tick.party for tick in self.ticks if tick.ticked_at}
        return [party for party in Party if party.value not in made]

    @property
    def missing_words(self) -> str:
        """The missing parties as people read them."""
        return gettext(", ").join(str(party.label) for party in self.missing)

    @property
    def tone(self) -> str:
        """The colour and shape of its state."""
        return ROAD_TONES[self.state]

    @property
    def shape(self) -> str:
        """Closed roads have a sign of their own."""
        return "barred" if self.state == RoadState.CLOSED else self.tone


def state_of(row: Closure) -> RoadState:
    """What people read of it."""
    return road_state(
        closed=row.closed_at is not None,
        asked=row.reopen_asked_at is not None,
        reopened=row.reopened_at is not None,
    )


def closures_in_force(scope: Scope | None, now: datetime) -> list[Closure]:
    """Places with water now, closed ones first; `scope` None is the whole district. Exercises apart. One statement."""
    del now  # in force until somebody opens it again
    rows = Closure.objects.all() if scope is None else Closure.objects.in_scope(scope)
    shut_first = Case(When(closed_at__isnull=False, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = rows.filter(reopened_at__isnull=True, exercise=None).select_related("site", "closed_by", "reopen_asked_by")
    return list(rows.order_by(shut_first, "began_at", "pk"))


def public_closures(now: datetime, area_code: str = "") -> list[Closure]:
    """What residents read: places with water, and those opened again within two hours. Exercises apart."""
    rows = Closure.objects.filter(
        Q(reopened_at__isnull=True) | Q(reopened_at__gte=now - SHOWN_AFTER, closed_at__isnull=False), exercise=None
    )
    if area_code:
        rows = rows.filter(area_code__startswith=area_code[:9])
    order = Case(
        When(reopened_at__isnull=False, then=Value(2)),
        When(closed_at__isnull=True, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    found = list(rows.select_related("site").order_by(order, "began_at", "pk"))
    # A place that has water again is not open, whatever stood there an hour ago.
    going_on = {row.site_id for row in found if row.reopened_at is None}
    return [row for row in found if row.reopened_at is None or row.site_id not in going_on]


def closures(scope: Scope, *, ended: bool = False, exercise: UUID | None = None) -> PlacedQuerySet[Closure]:
    """Episodes of these areas, the newest first: those that go on, or those that ended."""
    rows = Closure.objects.in_scope(scope).filter(exercise=exercise, reopened_at__isnull=not ended)
    return rows.select_related("site", "closed_by", "reopen_asked_by", "reopened_by").order_by("-pk")


def closure_for(user: User, uuid: UUID, capability: str = "dangers.report", *, now: datetime) -> QuerySet[Closure]:
    """The one episode, for those whose areas hold it or who answer for its site."""
    sites = hazards.sites_open_to(user, capability, now=now).order_by().values("pk")
    rows = Closure.objects.filter(within(user.scope_for(capability)) | Q(site__in=sites), client_uuid=uuid)
    return rows.select_related("site", "closed_by", "reopen_asked_by", "reopened_by")


def closure_lines(rows: Iterable[Closure]) -> list[ClosureLine]:
    """Episodes with their state and ticks. Three statements, however many they are."""
    found = list(rows)
    names, known, ticks = area_names({row.area_code for row in found}), limits(), ticks_of(found)
    return [
        ClosureLine(
            row,
            names.get(row.area_code, row.area_code),
            state_of(row),
            depths_of(row.site, known).closing,
            tuple(ticks[row.pk]),
        )
        for row in found
    ]


def parties_missing(rows: Sequence[Closure]) -> list[str]:
    """Which parties' ticks are missing at the closed ones among these, the most often missing first: "交警 2".

    One statement.
    """
    shut = [row for row in rows if row.closed_at is not None and row.reopened_at is None]
    made = ticks_of(shut)
    counts = {
        party: sum(not any(tick.party == party and tick.ticked_at for tick in made[row.pk]) for row in shut)
        for party in Party
    }
    worst = sorted((party for party in Party if counts[party]), key=lambda party: -counts[party])
    return [f"{party.label} {counts[party]}" for party in worst]


@dataclass(frozen=True)
class Road:
    """A site that water may close, with its state now."""

    site: HazardSite
    closure: Closure | None

    @property
    def state(self) -> RoadState:
        """Normal where no water was reported."""
        return state_of(self.closure) if self.closure else RoadState.NORMAL

    @property
    def tone(self) -> str:
        """The colour and shape of its state."""
        return ROAD_TONES[self.state]


def roads(user: User, *, now: datetime) -> list[Road]:
    """The places this person may close: underpasses first, those with water on top. Two statements."""
    mine = hazards.site_for(user, "dangers.report", now=now)
    return roads_at(mine.filter(kind__in=ROADS, retired_at__isnull=True))


def roads_at(rows: QuerySet[HazardSite], *, exercise: UUID | None = None) -> list[Road]:
    """These places with their state now, in the order that somebody in the rain looks for them. Two statements."""
    order = {kind.value: place for place, kind in enumerate(ROADS)}
    sites = sorted(
        rows.prefetch_related(None).order_by("code"),
        key=lambda site: (order[site.kind], site.code),
    )
    going_on = {
        row.site_id: row
        for row in Closure.objects.filter(site__in=sites, reopened_at__isnull=True, exercise=exercise).order_by("pk")
    }
    found = [Road(site, going_on.get(site.pk)) for site in sites]
    return sorted(found, key=lambda road: road.closure is None)[:MOST_SITES]


@dataclass(frozen=True)
class ClosureCounts:
    """Places closed, places with water where people drive slowly, and those waiting for a second person."""

    closed: int
    slow: int
    waiting: int


def closure_counts(scope: Scope, now: datetime) -> ClosureCounts:
    """The figures of every screen. Exercises apart. One statement."""
    states = [state_of(row) for row in closures_in_force(scope, now)]
    waiting = states.count(RoadState.REOPENING)
    return ClosureCounts(states.count(RoadState.CLOSED) + waiting, states.count(RoadState.SLOW), waiting)


def closure_acts(row: Closure) -> list[ClosureAct]:
    """Everything that happened there, oldest first. One statement."""
    return list(row.acts.select_related("photo").order_by("pk"))


def told_of(row: Closure) -> list[Assignment]:
    """Who was told of it, whoever has not ticked yet first. One statement."""
    duties = Assignment.objects.filter(key__startswith=f"closure:{row.pk}:").select_related("assignee")
    return list(duties.order_by(F("acknowledged_at").asc(nulls_first=True), "pk"))


def closed_sites_geojson(scope: Scope) -> str:
    """Places with water as GeoJSON points for the map. Exercises apart."""
    rows = Closure.objects.in_scope(scope).filter(reopened_at__isnull=True, exercise=None).select_related("site")
    features = [
        {
            "type": "Feature",
            "id": line.closure.pk,
            "geometry": {"type": "Point", "coordinates": point},
            "properties": _printed(line),
        }
        for line in closure_lines(rows.order_by("pk")[:500])
        if (point := point_of(None, line.closure.site)) is not None
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _printed(line: ClosureLine) -> dict[str, Any]:
    return {
        "name": line.closure.site.name,
        "state": f"{line.state.label} {line.closure.depth_cm} cm",
        "tone": line.tone,
        "shape": "arch" if line.state == RoadState.SLOW else "barred",
        "url": reverse("command:closure", args=[line.closure.client_uuid]),
    }


def closure_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Closed places for the handover and the desk."""
    return [
        OpenItem(
            f"command.closure:{row.pk}",
            gettext("Place with water"),
            f"{row.site}（{state_of(row).label} {row.depth_cm} cm）",
            reverse("command:closure", args=[row.client_uuid]),
            row.closed_at or row.began_at,
        )
        for row in closures_in_force(scope, now)
    ]
