"""The register: which sites, in which state, and who answers for them."""

import json
from datetime import datetime
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import AsGeoJSON, Distance
from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
)
from django.urls import reverse

from accounts.models import User
from assignments.queries import handed_on_from
from core import clock
from core.queries import sole
from hazards.enums import SiteKind, SiteRole, SiteState
from hazards.models import HazardSite, Responsibility
from hazards.rules import KIND_MARKS, STATE_TONES, SiteFilter
from territory.models import PlacedQuerySet, within
from territory.rules import Scope

ALL = SiteFilter()
ANY_ROLE = "any"
MARGIN = 0.006  # degrees, about 600 m


def sites(scope: Scope, filters: SiteFilter = ALL, *, now: datetime | None = None) -> PlacedQuerySet[HazardSite]:
    """Sites on the register in `scope`, by code, with what the screens say of each.

    Annotated: `state` (enums.SiteState), `inspected_at` of the newest visit that counts (not sent back, no exercise),
    `failed_items`, what is wrong and not written off; prefetched as `present`: who answers for it at `now`. Two
    statements, whatever the size.
    """
    moment = now or clock.now()
    rows = _with_state(HazardSite.objects.in_scope(scope).filter(retired_at__isnull=True))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.area_code:
        rows = rows.filter(area_code__startswith=filters.area_code)
    if filters.text:
        rows = rows.filter(
            Q(name__icontains=filters.text) | Q(code__icontains=filters.text) | Q(address__icontains=filters.text)
        )
    if filters.state:
        rows = rows.filter(Q(state=filters.state))
    if filters.gap:
        rows = _with_gap(rows, filters.gap, moment)
    return rows.prefetch_related(_present(moment)).order_by("code")


def _with_state(rows: PlacedQuerySet[HazardSite]) -> PlacedQuerySet[HazardSite]:
    standing: dict[str, Any] = {name: F(f"standing__{name}") for name in ("inspected_at", "failed_items", "state")}
    return rows.annotate(**standing)


def _present(now: datetime) -> "Prefetch[str]":
    return Prefetch(
        "responsibilities",
        Responsibility.objects.filter(during__contains=now).select_related("person", "deputy").order_by("role"),
        to_attr="present",
    )


def _with_gap(rows: PlacedQuerySet[HazardSite], gap: str, now: datetime) -> PlacedQuerySet[HazardSite]:
    held = Responsibility.objects.filter(site=OuterRef("pk"), during__contains=now)
    wanted = SiteRole.values if gap == ANY_ROLE else [gap]
    condition = Q(pk__in=())
    for role in wanted:
        condition |= ~Q(Exists(held.filter(role=role)))
    return rows.filter(condition)


def responsibility_gaps(scope: Scope, *, now: datetime) -> list[tuple[HazardSite, list[SiteRole]]]:
    """Sites for which somebody is missing, each with the roles that nobody holds."""
    found = sites(scope, SiteFilter(gap=ANY_ROLE), now=now)
    return [(site, [role for role in SiteRole if role not in {one.role for one in site.present}]) for site in found]


def in_charge(site: HazardSite, *, now: datetime) -> list[tuple[SiteRole, Responsibility | None]]:
    """Each of the three roles with who holds it at `now`."""
    held = {
        one.role: one for one in site.responsibilities.filter(during__contains=now).select_related("person", "deputy")
    }
    return [(role, held.get(role.value)) for role in SiteRole]


def sites_open_to(
    user: User, capability: str, *, now: datetime, at: datetime | None = None
) -> PlacedQuerySet[HazardSite]:
    """The sites at which `user` may use `capability`: those in his areas, and those he himself answers for.

    A grid worker is given sites that lie in a community's or sub-district's hands: what somebody owes he may open.
    `at`: what was open to him at that moment is open as well, for word of it that comes late.
    """
    found = within(user.scope_for(capability))
    if user.can(capability):
        found |= _charged(user, now)
        found |= Q(pk__in=HazardSite.objects.filter(memberships__assignment__assignee=user).values("pk"))
        found |= Q(pk__in=HazardSite.objects.filter(routine_dates__assignment__assignee=user).values("pk"))
    if at is not None and (held := user.scope_at(capability, at)).codes:
        before = handed_on_from(user, at=at)
        found |= within(held) | _charged(user, at)
        found |= Q(pk__in=HazardSite.objects.filter(memberships__assignment__in=before).values("pk"))
        found |= Q(pk__in=HazardSite.objects.filter(routine_dates__assignment__in=before).values("pk"))
    return HazardSite.objects.filter(found)


def site_open_to(
    user: User, capability: str, code: str, *, now: datetime, at: datetime | None = None
) -> HazardSite | None:
    """The site of that code where `sites_open_to` has it; who answers for what is asked only outside his areas."""
    found = sole(HazardSite.objects.filter(code=code))
    if found is None:
        return None
    held = [user.scope_for(capability), *([user.scope_at(capability, at)] if at is not None else [])]
    if any(scope.covers(found.area_code) for scope in held):
        return found
    return sole(sites_open_to(user, capability, now=now, at=at).filter(pk=found.pk))


def _charged(user: User, at: datetime) -> Q:
    answering = Responsibility.objects.filter(Q(person=user) | Q(deputy=user), during__contains=at)
    return Q(pk__in=answering.values("site"))


def site_for(user: User, capability: str, *, now: datetime, at: datetime | None = None) -> PlacedQuerySet[HazardSite]:
    """The same with what the screens say of each, as `sites` has it."""
    return _with_state(sites_open_to(user, capability, now=now, at=at)).prefetch_related(_present(now))


def extent(scope: Scope, filters: SiteFilter = ALL, *, now: datetime | None = None) -> str:
    """The box around these sites with a margin, as the map takes it: west,south,east,north; empty without any."""
    rows = sites(scope, filters, now=now).prefetch_related(None).order_by()
    box = rows.aggregate(box=Extent("geometry"))["box"]
    if box is None:
        return ""
    west, south, east, north = box
    return f"{west - MARGIN:.5f},{south - MARGIN:.5f},{east + MARGIN:.5f},{north + MARGIN:.5f}"


def chips(scope: Scope, filters: SiteFilter, *, now: datetime) -> dict[str, dict[str, int]]:
    """How many sites each kind and each state would show: {"kind": {...}, "state": {...}} with "" for all."""
    by_kind = dict.fromkeys(SiteKind.values, 0) | _counts(scope, SiteFilter(**filters.query(kind="")), "kind", now)
    by_state = dict.fromkeys(SiteState.values, 0) | _counts(scope, SiteFilter(**filters.query(state="")), "state", now)
    return {"kind": by_kind, "state": by_state}


def _counts(scope: Scope, filters: SiteFilter, column: str, now: datetime) -> dict[str, int]:
    rows = sites(scope, filters, now=now).prefetch_related(None).order_by().values(column)
    counts = {row[column]: row["count"] for row in rows.annotate(count=Count("pk"))}
    return {"": sum(counts.values())} | counts


def sites_geojson(scope: Scope, filters: SiteFilter = ALL, *, now: datetime | None = None) -> str:
    """The same sites as a GeoJSON FeatureCollection, made by the database in one statement.

    Properties: code, name, kind, state, area_code, kind_label and state_label in the language in force, and what the
    map draws them with: shape, tone, url. A site without position has a null geometry.
    """
    rows = (
        sites(scope, filters, now=now)
        .prefetch_related(None)
        .annotate(shown=AsGeoJSON("geometry", precision=6))
        .values("code", "name", "kind", "state", "area_code", "shown")
    )
    inner, params = rows.query.sql_with_params()
    sql = f"""
        SELECT json_build_object('type', 'FeatureCollection', 'features', COALESCE(json_agg(json_build_object(
            'type', 'Feature', 'id', code, 'geometry', shown::json, 'properties', json_build_object(
                'code', code, 'name', name, 'kind', kind, 'state', state, 'area_code', area_code,
                'kind_label', %s::jsonb ->> kind, 'state_label', %s::jsonb ->> state,
                'shape', %s::jsonb ->> kind, 'tone', %s::jsonb ->> state, 'url', replace(%s, '__code__', code)
            )) ORDER BY code), '[]'::json))::text
        FROM ({inner}) AS found
    """  # noqa: S608  (the inner statement is the ORM's own)
    words = [
        json.dumps({kind.value: str(kind.label) for kind in SiteKind}),
        json.dumps({state.value: str(state.label) for state in SiteState}),
        json.dumps(KIND_MARKS),
        json.dumps(STATE_TONES),
        reverse("hazards:site", args=["__code__"]),
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*words, *params])
        return str(cursor.fetchone()[0])


def distance_to(site: HazardSite, position: Point | None) -> float | None:
    """Metres to the registered point, line or area, on the spheroid; None where either is unknown."""
    if position is None or site.geometry is None:
        return None
    found = (
        HazardSite.objects.filter(pk=site.pk)
        .annotate(apart=Distance("geometry", position, spheroid=True))
        .values_list("apart", flat=True)
        .first()
    )
    return round(found.m, 1) if found is not None else None
