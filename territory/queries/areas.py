"""The area tree, as lists, names, counts and map layers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Length

from territory.enums import Level
from territory.models import Area, within
from territory.rules import Scope

# Degrees: what a screen cannot show at the zoom where the level is looked at. A grid is some 300 m wide.
TOLERANCE = {Level.DISTRICT: 0.0005, Level.SUBDISTRICT: 0.0002}
FINEST = 0.00002


def areas(scope: Scope, level: str | None = None, parent: str = "") -> QuerySet[Area]:
    """The areas in scope that are in use, by code; of one level, or the next ones below `parent`."""
    found = Area.objects.filter(within(scope, "code"), retired_at=None).order_by("code")
    if level:
        found = found.filter(level=level)
    if parent:
        found = found.alias(digits=Length("code")).filter(code__startswith=parent, digits=len(parent) + 3)
    return found


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Code → name, for those that exist."""
    # By hand: Django composes a place for each of hundreds of codes, which takes longer than the answer.
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, name FROM territory_area WHERE code = ANY (%s)", [list(set(codes))])
        return dict(cursor.fetchall())


def areas_geojson(scope: Scope, level: str | None = None, parent: str = "") -> str:
    """A FeatureCollection of the borders in scope, written by the database: WGS-84, five decimals (1 m), simplified.

    Properties: code, name, level, sketch (the map says 示意), role for the base map. Areas without border have
    a null geometry, so that the number of features is the number of areas.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _GEOJSON,
            {
                "prefixes": [f"{code}%" for code in sorted(scope.codes)],
                "level": level or "",
                "parent": parent,
                "tolerance": TOLERANCE.get(Level(level), FINEST) if level in Level.values else FINEST,
            },
        )
        (text,) = cursor.fetchone()
    return str(text)


_GEOJSON = """
SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
    'type', 'Feature', 'id', code,
    'properties', json_build_object('code', code, 'name', name, 'level', level, 'sketch', border_is_sketch, 'role',
        CASE level WHEN 'district' THEN 'district' WHEN 'subdistrict' THEN 'outline' END),
    'geometry', ST_AsGeoJSON(ST_SimplifyPreserveTopology(border, %(tolerance)s), 5)::json
    ) ORDER BY code), '[]'::json))::text
FROM territory_area
WHERE retired_at IS NULL AND code LIKE ANY(%(prefixes)s::text[]) AND (%(level)s = '' OR level = %(level)s)
    AND (%(parent)s = '' OR (code LIKE %(parent)s || '%%' AND length(code) = length(%(parent)s) + 3))
"""


@dataclass(frozen=True)
class AreaCount:
    """What is set up in one sub-district. A household without a telephone is reached at the door only."""

    code: str
    name: str
    communities: int
    grids: int
    households: int
    must_reach: int
    without_phone: int


def area_counts(scope: Scope) -> list[AreaCount]:
    """Per sub-district that the scope touches, by code: what lies in the scope. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"prefixes": [f"{code}%" for code in sorted(scope.codes)]})
        return [AreaCount(*row) for row in cursor.fetchall()]


_COUNTS = """
WITH places AS (
    SELECT left(code, 9) AS code, count(*) FILTER (WHERE length(code) = 12) AS communities,
        count(*) FILTER (WHERE length(code) = 15) AS grids
    FROM territory_area WHERE retired_at IS NULL AND length(code) >= 9 AND code LIKE ANY(%(prefixes)s::text[])
    GROUP BY 1
), homes AS (
    SELECT left(h.area_code, 9) AS code, count(*) AS households,
        count(*) FILTER (WHERE h.must_reach <> '') AS must_reach,
        count(*) FILTER (WHERE c.household_id IS NULL) AS without_phone
    FROM territory_household h
    LEFT JOIN territory_householdcontact c ON c.household_id = h.id AND c.rank = 1
    WHERE h.retired_at IS NULL AND h.area_code LIKE ANY(%(prefixes)s::text[])
    GROUP BY 1
)
SELECT places.code, coalesce(area.name, places.code), communities, grids, coalesce(households, 0),
    coalesce(must_reach, 0), coalesce(without_phone, 0)
FROM places LEFT JOIN territory_area area ON area.code = places.code LEFT JOIN homes ON homes.code = places.code
ORDER BY places.code
"""
