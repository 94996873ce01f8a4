"""How true the register is: what is unverified, who is missing or about to leave, what may be one place twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils import timezone

from hazards.enums import Fact
from hazards.models import HazardSite, KeptFact, Responsibility
from hazards.queries.sites import sites
from hazards.rules.ledger import NEAR_METRES
from hazards.rules.upkeep import ENDING, KeptLine, kept_lines
from territory.models import within
from territory.rules import Scope


@dataclass(frozen=True)
class Twins:
    """Two sites so near to each other that they may be one."""

    one: HazardSite
    other: HazardSite
    metres: float


def kept_of(rows: Sequence[HazardSite], *, now: datetime) -> dict[int, list[KeptLine]]:
    """The kept facts of each of these sites, which `sites` or `site_for` gave; one statement.

    A position counts as verified by the register's own date too.
    """
    verified: dict[int, dict[str, date]] = defaultdict(dict)
    for one in KeptFact.objects.filter(site__in=rows).order_by("pk"):
        verified[one.site_id][one.fact] = one.verified_at
    lines: dict[int, list[KeptLine]] = {}
    for site in rows:
        known = verified[site.pk]
        if site.verified_at:
            known[Fact.POSITION] = max(site.verified_at, known.get(Fact.POSITION, date.min))
        holders = {one.role: one.person.name for one in site.present}
        lines[site.pk] = kept_lines(known, holders, today=timezone.localdate(now))
    return lines


def unverified(scope: Scope, *, now: datetime) -> list[tuple[HazardSite, list[KeptLine]]]:
    """Sites of the scope with a fact nobody has verified for 90 days, and those facts."""
    found = list(sites(scope, now=now))
    lines = kept_of(found, now=now)
    stale = [(site, [line for line in lines[site.pk] if line.is_stale]) for site in found]
    return [(site, old) for site, old in stale if old]


def ending(scope: Scope, *, now: datetime) -> list[Responsibility]:
    """Responsibilities that end within a month with nobody to follow, soonest first."""
    held = Responsibility.objects.filter(
        within(scope, "site__area_code"),
        site__retired_at=None,
        during__contains=now,
        during__endswith__lte=now + ENDING,
    )
    rows = held.select_related("site", "person").order_by("during__endswith", "pk")
    followed = {
        (site, role, start.lower)
        for site, role, start in Responsibility.objects.filter(
            site__in=[one.site_id for one in rows], during__startswith__gt=now
        )
        .order_by("pk")
        .values_list("site_id", "role", "during")
    }
    return [one for one in rows if (one.site_id, one.role, one.during.upper) not in followed]


def twins(scope: Scope) -> list[Twins]:
    """Pairs of sites within five metres of each other, in one statement."""
    ours = dict(HazardSite.objects.in_scope(scope).filter(retired_at=None, geometry__isnull=False).in_bulk())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, b.id, ST_Distance(a.geometry::geography, b.geometry::geography)"
            " FROM hazards_hazardsite a JOIN hazards_hazardsite b ON a.code < b.code"
            " AND b.geometry && ST_Expand(a.geometry, 0.0002)"
            " AND ST_DWithin(a.geometry::geography, b.geometry::geography, %s)"
            " WHERE a.id = ANY(%s) AND b.id = ANY(%s) ORDER BY a.code, b.code",
            [NEAR_METRES, list(ours), list(ours)],
        )
        return [Twins(ours[one], ours[other], metres) for one, other, metres in cursor.fetchall()]


def near(place: GEOSGeometry, *, besides: HazardSite | None = None) -> list[tuple[HazardSite, float]]:
    """Sites on the register within five metres of a place, with the metres, the nearest first; of any area."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, ST_Distance(s.geometry::geography, p.place::geography) FROM hazards_hazardsite s,"
            " (SELECT ST_GeomFromEWKT(%s) AS place) p"
            " WHERE s.retired_at IS NULL AND s.id <> %s AND s.geometry && ST_Expand(p.place, 0.0002)"
            " AND ST_DWithin(s.geometry::geography, p.place::geography, %s) ORDER BY 2, 1",
            [place.ewkt, besides.pk if besides else 0, NEAR_METRES],
        )
        found = dict(cursor.fetchall())
    rows = HazardSite.objects.in_bulk(found)
    return [(rows[pk], metres) for pk, metres in found.items()]
