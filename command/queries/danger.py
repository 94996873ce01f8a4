"""Which dangers are open, and how long each clock has run. Each question a fixed number of statements."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.measure import D
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from openpyxl import Workbook

from accounts.models import User
from accounts.queries import area_names
from command.enums.dangers import DangerKind, DangerState, DangerStep
from command.models import Danger, DangerAct
from command.rules.danger import DANGER_MARKS, DANGER_TONES, DangerTimes, Leg, danger_state, legs
from core.rules import OpenItem
from hazards.models import HazardSite
from territory.models import PlacedQuerySet, within
from territory.rules import Scope, without_formula

MOST_ROWS = 20_000
NEAR_M = 300
NEAR_HOURS = 6
PAGE = 50


@dataclass(frozen=True)
class DangerLine:
    """One danger as lists and its page show it."""

    danger: Danger
    area: str
    state: DangerState
    legs: list[Leg]

    @property
    def tone(self) -> str:
        """The colour and shape of its state; red while a clock runs over its target."""
        if any(leg.running and leg.late for leg in self.legs):
            return "danger"
        return DANGER_TONES[self.state]

    @property
    def running(self) -> Leg | None:
        """The clock that runs now."""
        return next((leg for leg in self.legs if leg.running), None)

    @property
    def sent(self) -> str:
        """Who was sent; empty when nobody."""
        return self.danger.assignment.assignee_name if self.danger.assignment else ""


@dataclass(frozen=True)
class DangerFilters:
    """What the list is narrowed to; empty narrows nothing. `state` is "open", "new", "controlled" or "closed"."""

    state: str = "open"
    kind: str = ""
    area_code: str = ""


def dangers(
    scope: Scope, filters: DangerFilters | None = None, *, exercise: UUID | None = None
) -> PlacedQuerySet[Danger]:
    """Dangers of these areas, the newest first."""
    given = filters or DangerFilters()
    rows = Danger.objects.in_scope(scope).filter(exercise=exercise)
    if given.state == "closed":
        rows = rows.filter(closed_at__isnull=False)
    elif given.state != "all":
        rows = rows.filter(closed_at__isnull=True)
    if given.state == "new":
        rows = rows.filter(acknowledged_at__isnull=True)
    elif given.state == "controlled":
        rows = rows.filter(controlled_at__isnull=False)
    if given.kind:
        rows = rows.filter(kind=given.kind)
    if given.area_code:
        rows = rows.filter(area_code__startswith=given.area_code)
    return rows.select_related("site", "assignment", "reporter").order_by("-pk")


def danger_for(user: User, uuid: UUID, capability: str = "command.view") -> QuerySet[Danger]:
    """The one danger, for those whose areas hold it, for whoever reported it and for whoever was sent."""
    own = Q(reporter=user) | Q(assignment__assignee=user)
    rows = Danger.objects.filter(within(user.scope_for(capability)) | own, uuid=uuid)
    people = ("assignment__assignee", "reporter", "acknowledged_by", "closed_by")
    return rows.select_related("site", "duplicate_of", *people)


def my_reports(user: User, *, limit: int = 10) -> list[Danger]:
    """What this person has reported lately, the newest first."""
    return list(Danger.objects.filter(reporter=user).select_related("site").order_by("-pk")[:limit])


def times_of(row: Danger) -> DangerTimes:
    """The clocks as rules know them."""
    return DangerTimes(
        row.found_at,
        row.reported_at,
        row.acknowledged_at,
        row.dispatched_at,
        row.on_scene_at,
        row.controlled_at,
        row.closed_at,
    )


def danger_lines(rows: Iterable[Danger], *, now: datetime) -> list[DangerLine]:
    """Dangers with their clocks. One statement for the names of all areas."""
    found = list(rows)
    names = area_names({row.area_code for row in found})
    return [
        DangerLine(
            row,
            names.get(row.area_code, row.area_code),
            danger_state(times_of(row), is_duplicate=row.duplicate_of_id is not None),
            legs(times_of(row), now=now),
        )
        for row in found
    ]


@dataclass(frozen=True)
class DangerCounts:
    """Open dangers, those nobody acknowledged, those not under control, and since when the oldest of these waits."""

    open: int = 0
    new: int = 0
    uncontrolled: int = 0
    oldest: datetime | None = None


def danger_counts(scope: Scope, now: datetime) -> DangerCounts:
    """The figures of every screen. Exercises apart. One statement."""
    del now  # the same figures at any moment; the signature is that of the other counts
    uncontrolled = Q(controlled_at__isnull=True)
    found: dict[str, Any] = (
        Danger.objects.in_scope(scope)
        .filter(closed_at__isnull=True, exercise=None)
        .aggregate(
            open=Count("pk"),
            new=Count("pk", filter=Q(acknowledged_at__isnull=True)),
            uncontrolled=Count("pk", filter=uncontrolled),
            oldest=Min("reported_at", filter=uncontrolled),
        )
    )
    return DangerCounts(**found)


def acts_of(row: Danger) -> list[DangerAct]:
    """Everything that happened to it, oldest first. One statement."""
    return list(row.acts.select_related("photo").order_by("pk"))


def perhaps_the_same(row: Danger) -> list[Danger]:
    """Open dangers that may be the same: at the same site, or near and within six hours. One statement."""
    near = Q(pk__in=())
    if row.site_id:
        near |= Q(site=row.site_id)
    if row.position:
        near |= Q(position__dwithin=(row.position, 0.004), kind=row.kind)
    rows: QuerySet[Any] = (
        Danger.objects.filter(near, closed_at__isnull=True, exercise=row.exercise)
        .filter(
            reported_at__gte=row.reported_at - timedelta(hours=NEAR_HOURS),
            reported_at__lte=row.reported_at + timedelta(hours=NEAR_HOURS),
        )
        .exclude(pk=row.pk)
    )
    if row.position:
        rows = rows.annotate(apart=Distance("position", row.position, spheroid=True)).filter(
            Q(apart__lte=D(m=NEAR_M)) | Q(site=row.site_id, site__isnull=False)
        )
    return list(rows.select_related("site").order_by("pk")[:5])


def dangers_geojson(scope: Scope, now: datetime) -> str:
    """Open dangers as GeoJSON points for the map, at the site where the report had no position. Exercises apart.

    One without any place on the map is a feature without geometry, so that the layer counts what the lists count.
    """
    rows = Danger.objects.in_scope(scope).filter(closed_at__isnull=True, exercise=None).select_related("site")
    features = [_feature(line, _point(line.danger)) for line in danger_lines(rows.order_by("-pk")[:500], now=now)]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def danger_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Open dangers for the handover and the desk."""
    rows = dangers(scope)[:200]
    return [
        OpenItem(
            f"command.danger:{line.danger.pk}",
            gettext("Open danger"),
            f"{line.danger}（{line.state.label}）",
            reverse("command:danger", args=[line.danger.uuid]),
            line.danger.reported_at,
        )
        for line in danger_lines(rows, now=now)
    ]


def dangers_sheet(rows: QuerySet[Danger], *, now: datetime) -> bytes:
    """The list as xlsx with every clock in minutes; no cell that a spreadsheet would run as a formula."""
    book = Workbook(write_only=True)
    page = book.create_sheet(gettext("Dangers"))
    steps = [step for step in DangerStep if step not in (DangerStep.CLOSED, DangerStep.FOUND)]
    heads = [
        gettext("No."),
        gettext("Kind"),
        gettext("Place"),
        gettext("Area"),
        gettext("What is seen"),
        gettext("State"),
    ]
    minutes = [gettext("%(step)s (min)") % {"step": step.label} for step in steps]
    page.append(
        [
            *heads,
            gettext("Found at"),
            gettext("Time of report"),
            *minutes,
            gettext("Reported by"),
            gettext("Who was sent"),
        ]
    )
    for line in danger_lines(rows[:MOST_ROWS], now=now):
        row = line.danger
        texts = (str(DangerKind(row.kind).label), row.where, line.area, row.description, str(line.state.label))
        times = [timezone.localtime(at).strftime("%Y-%m-%d %H:%M") for at in (row.found_at, row.reported_at)]
        taken = {leg.step: leg.minutes for leg in line.legs if leg.at}
        page.append(
            [row.pk, *map(without_formula, texts), *times]
            + [taken.get(step, "") for step in steps]
            + [without_formula(row.reporter_name), without_formula(line.sent)]
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _point(row: Danger) -> list[float] | None:
    return point_of(row.position, row.site)


def point_of(position: Any, site: HazardSite | None) -> list[float] | None:
    """Longitude and latitude of a report, else of the middle of its site; None where neither is known."""
    place = position or (site.geometry.centroid if site and site.geometry else None)
    return [round(place.x, 6), round(place.y, 6)] if place else None


def _feature(line: DangerLine, point: list[float] | None) -> dict[str, Any]:
    row = line.danger
    return {
        "type": "Feature",
        "id": row.pk,
        "geometry": {"type": "Point", "coordinates": point} if point else None,
        "properties": {
            "name": str(row),
            "kind": row.kind,
            "state": str(line.state.label),
            "tone": line.tone,
            "shape": DANGER_MARKS[row.kind],
            "url": reverse("command:danger", args=[row.uuid]),
        },
    }
