"""In whose area a place lies, and who is near it."""

from datetime import datetime

from django.contrib.gis.geos import Point
from django.db.models import Q
from django.db.models.functions import Length

from accounts.enums import Role
from accounts.models import RoleHeld, User
from assignments.queries import prefixes
from hazards.models import HazardSite
from territory.models import Area
from territory.rules import Scope

MOST_NEAR = 200
MOST_SITES = 5_000


def area_of(position: Point | None, fallback: str) -> str:
    """The smallest area whose border holds the position; the fallback where nobody has drawn one."""
    if position is None:
        return fallback
    found = Area.objects.filter(border__contains=position, retired_at__isnull=True).order_by(Length("code").desc())
    return found.values_list("code", flat=True).first() or fallback


def site_names(scope: Scope) -> list[str]:
    """The names of every registered dangerous place in these areas, as people write them. One statement."""
    rows = HazardSite.objects.in_scope(scope).filter(retired_at__isnull=True)
    return list(rows.values_list("name", flat=True)[:MOST_SITES])


def near(area_code: str, *, now: datetime) -> list[tuple[User, str]]:
    """Who may be sent there, the nearest first, each with what he is: those of the sub-district, then above it.

    Whoever only reads or runs the platform is left out. One statement, at most 200 people.
    """
    held = (
        RoleHeld.objects.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now, user__is_active=True)
        .filter(Q(area_code__startswith=area_code[:9]) | Q(area_code__in=prefixes(area_code)))
        .exclude(role__in=(Role.AUDITOR, Role.ADMINISTRATOR))
        .select_related("user")
        .order_by(Length("area_code").desc(), "area_code", "pk")[:MOST_NEAR]
    )
    rows = sorted(held, key=lambda each: -_shared(each.area_code, area_code))
    found: dict[int, tuple[User, str]] = {}
    for each in rows:
        found.setdefault(each.user_id, (each.user, str(Role(each.role).label)))
    return list(found.values())


def _shared(held: str, wanted: str) -> int:
    """How much of the code both have in common: the grid's own worker before a neighbour, both before the district."""
    same = 0
    for one, other in zip(held, wanted, strict=False):
        if one != other:
            break
        same += 1
    return same
