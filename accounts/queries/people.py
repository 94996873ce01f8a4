"""People by area and role; every question a fixed number of SQL statements."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from accounts.enums import Role
from accounts.models import ActivationLink, RoleHeld, User
from territory.models import Area, within
from territory.rules import Scope


def _live(now: datetime) -> Q:
    return Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))


def people(scope: Scope, *, now: datetime, role: str = "", area_code: str = "", words: str = "") -> QuerySet[User]:
    """People who hold a role in the scope now, with their roles; by role, area (and below), name or phone."""
    held = RoleHeld.objects.filter(_live(now), within(scope), user=OuterRef("pk"))
    if role:
        held = held.filter(role=role)
    if area_code:
        held = held.filter(area_code__startswith=area_code)
    found = User.objects.filter(Exists(held), is_active=True)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(phone__endswith=words) | Q(username__iexact=words))
    return found.prefetch_related("roles_held").order_by("pk")


def waiting_for_activation(scope: Scope, *, now: datetime) -> QuerySet[User]:
    """People of the scope who never signed in and hold no link that still opens."""
    links = ActivationLink.objects.filter(user=OuterRef("pk"), used_at__isnull=True, expires_at__gt=now)
    return people(scope, now=now).filter(~Exists(links), activated_at__isnull=True, phone__isnull=False)


def workers_of(area_code: str, role: str, *, now: datetime) -> list[User]:
    """Active people who hold the role over exactly this area at the moment, who held it first first."""
    held = RoleHeld.objects.filter(_live(now), area_code=area_code, role=role, user__is_active=True)
    return [each.user for each in held.select_related("user").order_by("since", "user_id")]


def one_worker_per_grid(codes: Collection[str], *, now: datetime, but: int = 0) -> dict[str, User]:
    """Whom to send to each grid, in one SQL statement for any number of grids.

    The grid's own worker; else one who holds the whole community, else a neighbour's of the same community; else an
    officer of the sub-district. A grid for which nobody is found is missing from the answer. Never the person `but`.
    """
    communities = {code[:12] for code in codes}
    held = (
        RoleHeld.objects.annotate(community=Left("area_code", 12))
        .filter(_live(now), user__is_active=True)
        .exclude(user=but)
        .filter(
            Q(role=Role.GRID_WORKER, community__in=communities)
            | Q(role=Role.SUBDISTRICT_OFFICER, area_code__in={code[:9] for code in codes})
        )
        .select_related("user")
        # Short codes first: who holds the whole community comes before the neighbours.
        .order_by("area_code", "since", "user_id")
    )
    own: dict[str, User] = {}
    near: dict[str, User] = {}
    officers: dict[str, User] = {}
    for each in held:
        if each.role == Role.SUBDISTRICT_OFFICER:
            officers.setdefault(each.area_code, each.user)
        else:
            own.setdefault(each.area_code, each.user)
            near.setdefault(each.area_code[:12], each.user)
    found = {code: own.get(code) or near.get(code[:12]) or officers.get(code[:9]) for code in codes}
    return {code: user for code, user in found.items() if user is not None}


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """The names of these areas, a grid's with its community's before it."""
    wanted = set(codes)
    names = dict(
        Area.objects.filter(code__in=wanted | {code[:12] for code in wanted if len(code) == 15}).values_list(
            "code", "name"
        )
    )
    return {
        code: _whole_name(names.get(code[:12], ""), names.get(code, code)) if len(code) == 15 else names.get(code, code)
        for code in wanted
    }


def _whole_name(community: str, grid: str) -> str:
    # Some districts number their grids, some name them after the community.
    return grid if grid.startswith(community) else community + grid


def area_choices(scope: Scope) -> list[tuple[str, str]]:
    """District and sub-districts of a scope, to filter by."""
    areas = Area.objects.filter(within(scope, "code"), retired_at__isnull=True, level__in=("district", "subdistrict"))
    return list(areas.order_by("code").values_list("code", "name"))


def role_names(user: User, *, now: datetime, names: dict[str, str]) -> list[str]:
    """What he is and where, in words: “Grid worker · 东苑社区第一网格”."""
    return [f"{Role(held.role).label} · {names.get(held.area_code, held.area_code)}" for held in user.roles_at(now)]


def link_owner(token: str, *, now: datetime) -> User | None:
    """Whose activation link this is, while it can still be used."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    link = ActivationLink.objects.filter(token_sha256=digest, used_at__isnull=True, expires_at__gt=now)
    found = link.select_related("user").first()
    return found.user if found and found.user.is_active else None
