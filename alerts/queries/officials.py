"""The officials whom a notice concerns: who is to be called when it goes out, shown while it is being written."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.enums import Role
from accounts.models import RoleHeld
from alerts.models import Notice
from dutyroster import queries as roster
from territory import queries as territory
from territory.rules import LENGTHS

CALLED = (Role.COMMANDER, Role.LEADER, Role.DUTY_OFFICER, Role.SUBDISTRICT_OFFICER)
MOST = 60


@dataclass(frozen=True)
class Official:
    """One person on the list: as what, over which area, at which number; whether the roster has him on duty now."""

    name: str
    role: str
    area: str
    phone: str
    is_verified: bool
    is_on_duty: bool


def officials(row: Notice, now: datetime) -> list[Official]:
    """Leaders and officers of the notice's areas, of those above and below, each once; the highest first.

    Four statements, however many areas.
    """
    codes = [area.area_code for area in row.areas.all()] or [row.area_code]
    above = {code[:length] for code in codes for length in LENGTHS if length <= len(code)}
    places = Q(area_code__in=above)
    for code in codes:
        places |= Q(area_code__startswith=code)
    held = RoleHeld.objects.filter(
        places, Q(until=None) | Q(until__gt=now), role__in=CALLED, since__lte=now, user__is_active=True
    )
    rows = list(held.select_related("user").order_by("area_code", "role", "user_id")[: MOST * 2])
    names = territory.area_names({each.area_code for each in rows})
    on_duty = {person.pk for person in roster.on_duty_people(row.area_code, now)}
    found: dict[int, Official] = {}
    for each in sorted(rows, key=lambda one: (len(one.area_code), one.area_code, CALLED.index(Role(one.role)))):
        person = each.user
        found.setdefault(
            person.pk,
            Official(
                person.name,
                str(Role(each.role).label),
                names.get(each.area_code, each.area_code),
                person.phone or "",
                person.phone_verified_at is not None,
                person.pk in on_duty,
            ),
        )
    return list(found.values())[:MOST]
