"""The aim of a notice: how it is printed, and the sites whose surroundings it may be for."""

from dataclasses import dataclass

from django.db.models import Q

from alerts.models import Notice, NoticeAim
from hazards.models import HazardSite

MOST_SITES = 300


def sites_to_aim_at(row: Notice) -> list[HazardSite]:
    """Placed sites in the notice's areas, by kind and name. One statement besides the areas."""
    codes = [area.area_code for area in row.areas.all()] or [row.area_code]
    inside = Q(pk__in=())
    for code in codes:
        inside |= Q(area_code__startswith=code)
    rows = HazardSite.objects.filter(inside, retired_at=None, geometry__isnull=False)
    return list(rows.order_by("kind", "name", "pk")[:MOST_SITES])


@dataclass(frozen=True)
class AimLine:
    """An aim as it is printed: the site and its metres, whether something was drawn, whether only must-reach."""

    site: str
    radius_m: int
    is_drawn: bool
    only_must_reach: bool


def aim_of(row: Notice) -> AimLine | None:
    """Whom a notice is for inside its areas; None: everybody there."""
    aim = NoticeAim.objects.filter(notice=row).select_related("site").first()
    if aim is None:
        return None
    return AimLine(aim.site.name if aim.site else "", aim.radius_m, aim.polygon is not None, aim.only_must_reach)
