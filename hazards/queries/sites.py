"""The register: which sites, in which state, and who answers for them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    prefetch_related_objects,
)
from django.urls import reverse

from accounts.models import User
from assignments.queries import handed_on_from
from core import clock
from core.queries import sole
from hazards.enums import SiteKind, SiteRole, SiteState
from hazards.models import HazardSite, Responsibility, SiteStanding
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
    return _with_state(bare_sites(scope, filters, now=moment)).prefetch_related(_present(moment))


def bare_sites(scope: Scope, filters: SiteFilter = ALL, *, now: datetime) -> PlacedQuerySet[HazardSite]:
    """The same rows with nothing looked up about them, for a page to be cut from; `with_standing` looks it up."""
    rows = HazardSite.objects.in_scope(scope).filter(_narrowed(filters, now), retired_at__isnull=True)
    if filters.state:
        rows = rows.filter(standing__state=filters.state)
    return rows.order_by("code")


def standings(scope: Scope, filters: SiteFilter = ALL, *, now: datetime) -> PlacedQuerySet[SiteStanding]:
    """The same sites as the view shows them, for figures and maps: one look at each."""
    rows = SiteStanding.objects.in_scope(scope).filter(_narrowed(filters, now), retired_at__isnull=True)
    return rows.filter(state=filters.state) if filters.state else rows


def _narrowed(filters: SiteFilter, now: datetime) -> Q:
    """What both have in common: everything but the state."""
    found = Q()
    if filters.kind:
        found &= Q(kind=filters.kind)
    if filters.area_code:
        found &= Q(area_code__startswith=filters.area_code)
    if filters.text:
        words = filters.text
        found &= Q(name__icontains=words) | Q(code__icontains=words) | Q(address__icontains=words)
    if filters.gap:
        found &= _gap(filters.gap, now)
    return found


def with_standing(rows: Iterable[HazardSite]) -> list[HazardSite]:
    """A page of `bare_sites` with `state`, `inspected_at` and `failed_items`. One statement."""
    found = list(rows)
    known = SiteStanding.objects.in_bulk([site.pk for site in found])
    for site in found:
        stands = known[site.pk]
        site.state, site.inspected_at, site.failed_items = stands.state, stands.inspected_at, stands.failed_items
    return found


def with_people(rows: list[HazardSite], *, now: datetime) -> list[HazardSite]:
    """The same with who answers for each at `now`, as `present`. One statement."""
    prefetch_related_objects(rows, _present(now))
    return rows


def _with_state(rows: PlacedQuerySet[HazardSite]) -> PlacedQuerySet[HazardSite]:
    standing: dict[str, Any] = {name: F(f"standing__{name}") for name in ("inspected_at", "failed_items", "state")}
    return rows.annotate(**standing)


def _present(now: datetime) -> "Prefetch[str]":
    return Prefetch(
        "responsibilities",
        Responsibility.objects.filter(during__contains=now).select_related("person", "deputy").order_by("role"),
        to_attr="present",
    )


def _gap(gap: str, now: datetime) -> Q:
    held = Responsibility.objects.filter(site=OuterRef("pk"), during__contains=now)
    condition = Q(pk__in=())
    for role in SiteRole.values if gap == ANY_ROLE else [gap]:
        condition |= ~Q(Exists(held.filter(role=role)))
    return condition


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


Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True)
class RegisterFigures:
    """How many sites each kind and each state would show, "" for all, and the box around those that are shown."""

    kinds: dict[str, int]
    states: dict[str, int]
    box: Box | None

    @property
    def extent(self) -> str:
        """The box with a margin, as the map takes it: west,south,east,north; empty without any position."""
        if self.box is None:
            return ""
        west, south, east, north = self.box
        return f"{west - MARGIN:.5f},{south - MARGIN:.5f},{east + MARGIN:.5f},{north + MARGIN:.5f}"


def register_figures(scope: Scope, filters: SiteFilter, *, now: datetime) -> RegisterFigures:
    """Every figure above the register: each chip counts under the other filters. One statement, one look a site."""
    rows = standings(scope, SiteFilter(**filters.query(kind="", state="")), now=now)
    kinds, states = dict.fromkeys(["", *SiteKind.values], 0), dict.fromkeys(["", *SiteState.values], 0)
    boxes: list[Box] = []
    for kind, state, count, box in (
        rows.values("kind", "state")
        .annotate(count=Count("pk"), box=Extent("geometry"))
        .values_list("kind", "state", "count", "box")
    ):
        shown_kind, shown_state = filters.kind in ("", kind), filters.state in ("", state)
        if shown_state:
            kinds[kind] += count
            kinds[""] += count
        if shown_kind:
            states[state] += count
            states[""] += count
        if shown_kind and shown_state and box:
            boxes.append(box)
    return RegisterFigures(kinds, states, _around(boxes))


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def sites_geojson(scope: Scope, filters: SiteFilter = ALL, *, now: datetime | None = None) -> str:
    """The same sites as a GeoJSON FeatureCollection, made by the database in one statement.

    Properties: code, name, kind, state, area_code, kind_label and state_label in the language in force, and what the
    map draws them with: shape, tone, url. A site without position has a null geometry.
    """
    rows = (
        standings(scope, filters, now=now or clock.now())
        .annotate(shown=AsGeoJSON("geometry", precision=6))
        .values("site_id", "code", "name", "kind", "state", "area_code", "shown")
    )
    inner, params = rows.query.sql_with_params()
    # Text put together: a build of objects takes three times as long, and the words of a kind are the same for all.
    sql = f"""
        SELECT '{{"type": "FeatureCollection", "features": [' || COALESCE(string_agg(
            '{{"type": "Feature", "id": ' || to_json(code) || ', "geometry": ' || COALESCE(shown, 'null')
            || ', "properties": {{"code": ' || to_json(code) || ', "name": ' || to_json(name)
            || ', "area_code": "' || area_code || '", "url": ' || to_json(%s || code || %s)
            || COALESCE(%s::jsonb ->> kind, ', "kind": ' || to_json(kind)) || (%s::jsonb ->> state) || '}}}}',
            ',' ORDER BY site_id), '') || ']}}'
        FROM ({inner}) AS found
    """  # noqa: S608  (the inner statement is the ORM's own)
    before, _code, after = reverse("hazards:site", args=["__code__"]).partition("__code__")
    with connection.cursor() as cursor:
        cursor.execute(sql, [before, after, _words_of_kinds(), _words_of_states(), *params])
        return str(cursor.fetchone()[0])


def _words_of_kinds() -> str:
    said = {
        kind.value: {"kind": kind.value, "kind_label": str(kind.label), "shape": KIND_MARKS[kind]} for kind in SiteKind
    }
    return _as_fragments(said)


def _words_of_states() -> str:
    said = {
        state.value: {"state": state.value, "state_label": str(state.label), "tone": STATE_TONES[state]}
        for state in SiteState
    }
    return _as_fragments(said)


def _as_fragments(said: dict[str, dict[str, str]]) -> str:
    """By value: the rest of a JSON object, with the comma before it."""
    return json.dumps(
        {value: f", {json.dumps(words, ensure_ascii=False)[1:-1]}" for value, words in said.items()}, ensure_ascii=False
    )


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
