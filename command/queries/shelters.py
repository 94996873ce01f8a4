"""Shelters and high ground: what there is, what is open, what lies nearest."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import get_language

from command.enums.shelters import ShelterKind
from command.models import Shelter, WayRound
from command.rules.shelters import Leg, leg, shown_phone
from territory import queries as territory
from territory.models import PlacedQuerySet
from territory.rules import Scope, scope_of


@dataclass(frozen=True)
class ShelterLine:
    """One place as it is read: where it lies, and how to go there from where one asked from (None: from nowhere)."""

    shelter: Shelter
    area: str
    leg: Leg | None = None

    @property
    def name(self) -> str:
        """Its name in the reader's language, as far as it has one."""
        in_english = get_language() == "en" and self.shelter.name_en
        return self.shelter.name_en if in_english else self.shelter.name

    @property
    def is_open(self) -> bool:
        """High ground is always open."""
        return self.shelter.kind == ShelterKind.HIGH_GROUND or self.shelter.opened_at is not None

    @property
    def phone(self) -> str:
        """Its telephone as it is dialled."""
        return shown_phone(self.shelter.phone)

    @property
    def longitude(self) -> str:
        """Five decimals are a metre."""
        return f"{self.shelter.position.x:.5f}"

    @property
    def latitude(self) -> str:
        """As above."""
        return f"{self.shelter.position.y:.5f}"


def shelters(scope: Scope) -> PlacedQuerySet[Shelter]:
    """The places in use in these areas, by area and code."""
    return (
        Shelter.objects.in_scope(scope)
        .filter(retired_at=None)
        .select_related("opened_by")
        .order_by("area_code", "code")
    )


def shelter_lines(rows: Iterable[Shelter], *, start: tuple[float, float] | None = None) -> list[ShelterLine]:
    """Places with their area's name and the way from `start` (longitude, latitude). One statement."""
    found = list(rows)
    names = territory.area_names({row.area_code[:length] for row in found for length in (9, 12)})
    return [
        ShelterLine(
            row,
            names.get(row.area_code[:12], names.get(row.area_code[:9], "")),
            leg(start, (row.position.x, row.position.y)) if start else None,
        )
        for row in found
    ]


def shelters_version() -> str:
    """What changes when any of them does, for an ETag. One statement."""
    newest = Shelter.objects.aggregate(at=Max("updated_at"), count=Count("pk"), open=Count("opened_at"))
    return ":".join(str(value) for value in newest.values())


def nearest_shelters(area_code: str, *, most: int | None = None) -> list[ShelterLine]:
    """The places nearest to the middle of an area, near ones beyond its border too; of the district open ones first.

    The middle is that of the area's border, where one is stored; without one only its own places are known to be near.
    Three statements.
    """
    whole = scope_of(area_code[:6])
    if len(area_code) <= 6:
        return shelter_lines(shelters(whole).order_by("opened_at", "area_code", "code")[:most])
    start = middle_of(area_code)
    if start is None:
        return shelter_lines(shelters(scope_of(area_code[:9]))[:most])
    by_distance = Distance("position", Point(*start, srid=4326))
    rows = shelters(whole).annotate(apart=by_distance).order_by("apart", "code")
    return shelter_lines(rows[:most], start=start)


def middle_of(area_code: str) -> tuple[float, float] | None:
    """A point inside an area, as (longitude, latitude); of the area above where it has no border. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT ST_X(point), ST_Y(point) FROM (
                   SELECT ST_PointOnSurface(border) AS point FROM territory_area
                    WHERE code = ANY (%s) AND length(code) > 6 AND border IS NOT NULL
                    ORDER BY length(code) DESC LIMIT 1) found""",
            [[area_code[:length] for length in (9, 12, 15)]],
        )
        found = cursor.fetchone()
    return (float(found[0]), float(found[1])) if found else None


def shelters_geojson(scope: Scope) -> str:
    """The places of these areas for a map of the desk."""
    features = [
        {
            "type": "Feature",
            "id": row.code,
            "geometry": {"type": "Point", "coordinates": [round(row.position.x, 5), round(row.position.y, 5)]},
            "properties": {
                "name": row.name,
                "state": str(row.get_kind_display()),
                "tone": "ok" if row.opened_at or row.kind == ShelterKind.HIGH_GROUND else "waiting",
                "url": reverse("command:shelters") + f"#{row.code}",
            },
        }
        for row in shelters(scope)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def ways_round(sites: Iterable[int]) -> dict[int, str]:
    """How to go round these sites, by site, in the reader's language where it was written. One statement."""
    in_english = get_language() == "en"
    rows = WayRound.objects.filter(site__in=set(sites))
    return {row.site_id: (row.words_en if in_english and row.words_en else row.words) for row in rows}
