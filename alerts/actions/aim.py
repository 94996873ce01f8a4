"""Narrowing a draft's audience: a polygon drawn on the map, the surroundings of a site, must-reach households only."""

import json
from datetime import datetime

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon
from django.db import connection

from accounts.models import User
from alerts.actions.refusals import covered, locked, refuse
from alerts.enums import AimObjection, MessageType, NoticeState, Objection
from alerts.models import Notice, NoticeAim
from core.audit import act
from core.rules import Refused
from hazards.models import HazardSite

NEAREST, FARTHEST = 50, 3_000  # metres around a site
MOST_POINTS = 250  # more is a line nobody drew, and costs time for nothing


def aim(
    *,
    notice: Notice,
    version: int,
    drawn: str,
    site: HazardSite | None,
    radius_m: int,
    only_must_reach: bool,
    by: User,
    now: datetime,
) -> Notice:
    """Sets whom a draft is for inside its areas; with nothing of it, everybody there again. An edit like any other.

    `drawn` is a GeoJSON polygon (empty: none), longitude first, WGS 84.
    """
    polygon = _polygon(drawn) if drawn.strip() else None
    if site is not None and site.geometry is None:
        raise _object(AimObjection.SITE, "site")
    if site is not None and not NEAREST <= radius_m <= FARTHEST:
        raise _object(AimObjection.RADIUS, "radius_m")
    with act("alerts.notice.aim", by=by.actor):
        row = locked(notice)
        covered(row, by, "notices.draft")
        if row.state != NoticeState.DRAFT:
            raise refuse(Objection.STATE)
        if row.version != version:
            raise refuse(Objection.STALE)
        if row.message_type != MessageType.ALERT:
            raise _object(AimObjection.FOLLOWS)
        NoticeAim.objects.filter(notice=row).delete()
        if polygon or site or only_must_reach:
            NoticeAim.objects.create(
                notice=row,
                polygon=polygon,
                site=site,
                radius_m=radius_m if site else 0,
                shape=_together(polygon, site, radius_m),
                only_must_reach=only_must_reach,
            )
        row.last_editor, row.version = by, row.version + 1
        row.save(update_fields=["last_editor", "version", "updated_at"])
    return row


def _polygon(drawn: str) -> Polygon:
    try:
        shape = GEOSGeometry(json.dumps(json.loads(drawn)), srid=4326)
    except (ValueError, TypeError, GEOSException, GDALException):
        raise _object(AimObjection.SHAPE, "polygon") from None
    if not isinstance(shape, Polygon) or not shape.valid or shape.empty or shape.num_coords > MOST_POINTS:
        raise _object(AimObjection.SHAPE, "polygon")
    return shape


def _together(polygon: Polygon | None, site: HazardSite | None, radius_m: int) -> MultiPolygon | None:
    """The polygon and the ring of `radius_m` metres around the site, as one."""
    if polygon is None and site is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT ST_AsHEXEWKB(ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_Union(parts.part)), 3)))
              FROM (SELECT %s::geometry AS part
                     UNION ALL
                    SELECT ST_Buffer(geometry::geography, %s)::geometry FROM hazards_hazardsite WHERE id = %s) parts
            """,
            [polygon.hexewkb.decode() if polygon else None, radius_m, site.pk if site else None],
        )
        shape = GEOSGeometry(cursor.fetchone()[0])
    if not isinstance(shape, MultiPolygon) or shape.empty:
        raise _object(AimObjection.SHAPE, "polygon")
    return shape


def _object(objection: AimObjection, field: str = "") -> Refused:
    return Refused(objection.value, objection.label, field=field)
