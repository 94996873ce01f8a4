"""Who stands behind a step of a ladder at this moment, and where he is reached."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.enums import Role
from accounts.models import PersonContact, RoleHeld, User
from assignments.enums import Who
from assignments.models import Assignment
from assignments.queries.duties import holding, prefixes
from core.queries import resolver

People = dict[int, str]  # names by primary key
_LEADING = (Role.LEADER, Role.COMMANDER)


@dataclass(frozen=True)
class Owed:
    """As much of a duty as decides who is told of it. `key` is whatever the asker finds it again by."""

    key: int
    duty: int
    area_code: str
    assignee: int | None
    assignee_name: str


def first_contacts(people: Iterable[int]) -> dict[int, int]:
    """The first living telephone of each person: person id to contact point id. One statement."""
    ranked = PersonContact.objects.filter(user_id__in=set(people), contact_point__dead_since__isnull=True)
    found = ranked.order_by("user_id", "rank").distinct("user_id")
    return dict(found.values_list("user_id", "contact_point_id"))


def numbers_owing(numbers: Collection[str]) -> set[str]:
    """Of these telephones those of people who have duties, or may have: what they answer may concern one. One
    statement.
    """
    people = PersonContact.objects.filter(contact_point__address__in=numbers).values("contact_point__address")
    others = Assignment.objects.filter(contact_point__address__in=numbers).values("contact_point__address")
    return {row["contact_point__address"] for row in people.union(others)}


def superiors(area_codes: set[str], level: int, now: datetime) -> dict[str, People]:
    """Who is told that a duty in each area is late: 1 the sub-district's officers, 2 the district's duty room.

    In the duty room those are told who are on duty now; when the roster names nobody, every duty officer is. Above an
    area that lies in no sub-district stands the duty room itself. One statement, and one a district whose duty room is
    asked for.
    """
    above = {prefix for code in area_codes for prefix in prefixes(code)}
    held = RoleHeld.objects.filter(
        holding(now),
        role__in=(Role.SUBDISTRICT_OFFICER, Role.DUTY_OFFICER),
        area_code__in=above,
        user__is_active=True,
    ).values_list("role", "area_code", "user_id", "user__name")
    by_role: dict[str, list[tuple[str, int, str]]] = {}
    for role, code, person, name in held:
        by_role.setdefault(role, []).append((code, person, name))
    rooms: dict[str, People] = {}
    answer: dict[str, People] = {}
    for area in area_codes:
        role = Role.SUBDISTRICT_OFFICER if level == 1 and len(area) > 6 else Role.DUTY_OFFICER
        found = {person: name for code, person, name in by_role.get(role, []) if area.startswith(code)}
        if role == Role.DUTY_OFFICER:
            found = _on_duty(area[:6], (Role.DUTY_OFFICER,), rooms, now) or found
        if found:
            answer[area] = found
    return answer


def holders_of_room(area_codes: Collection[str], now: datetime) -> dict[str, People]:
    """The duty officers of these areas' districts, by area."""
    return superiors(set(area_codes), 2, now)


def _on_duty(district: str, roles: Collection[str], known: dict[str, People], now: datetime) -> People:
    if district not in known:
        people: Iterable[User] = (one for role in roles for one in resolver("ON_DUTY")(district, now, role))
        known[district] = {person.pk: person.name for person in people}
    return known[district]


def _leaders(areas: Collection[str], now: datetime) -> dict[str, People]:
    """The leaders on duty over each area's district; when the roster names none, whoever leads there."""
    districts = {area[:6] for area in areas}
    known: dict[str, People] = {}
    held = RoleHeld.objects.filter(
        holding(now), role__in=_LEADING, area_code__in=districts, user__is_active=True
    ).values_list("area_code", "user_id", "user__name")
    leading: dict[str, People] = {}
    for code, person, name in held:
        leading.setdefault(code, {})[person] = name
    of = {district: _on_duty(district, _LEADING, known, now) or leading.get(district, {}) for district in districts}
    return {area: of[area[:6]] for area in areas}


def behind(who: Who, owed: Collection[Owed], now: datetime) -> dict[int, People]:
    """Who stands behind a step for each of these duties now, by key; never the silent person himself.

    A fixed number of statements, and one for each district whose roster is asked for.
    """
    if who == Who.ASSIGNEE:
        return {one.key: {one.assignee or 0: one.assignee_name} for one in owed}
    if who == Who.DEPUTY:
        named: Mapping[int, People] = resolver("DEPUTIES")(
            {one.duty: one.assignee for one in owed if one.assignee}, now
        )
        found = {one.key: named.get(one.duty, {}) for one in owed}
    else:
        areas = {one.area_code for one in owed}
        by_area = _leaders(areas, now) if who == Who.LEADER else superiors(areas, 1 if who == Who.SUPERIOR else 2, now)
        found = {one.key: by_area.get(one.area_code, {}) for one in owed}
    return {
        one.key: {person: name for person, name in found[one.key].items() if person != one.assignee} for one in owed
    }
