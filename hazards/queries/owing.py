"""Who inspects a site, and how much that gives each person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.enums import Role
from accounts.models import User
from accounts.queries import one_worker_per_grid, workers_of
from hazards.enums import SiteRole
from hazards.models import HazardSite, Responsibility
from territory.queries import area_names
from territory.rules import Scope


@dataclass(frozen=True)
class Load:
    """How many sites a person would owe; `person` None: nobody answers for them."""

    person: User | None
    streets: str
    count: int
    kinds: list[tuple[str, int]] = field(default_factory=list)


def who_owes(sites: Sequence[HazardSite], *, now: datetime) -> dict[int, User]:
    """Who inspects each site, by its primary key: its patrol person, else its grid's worker, else the sub-district.

    A fixed number of statements, besides one a sub-district for sites without a grid.
    """
    patrols = Responsibility.objects.filter(
        site__in=sites, role=SiteRole.PATROL_RESP, during__contains=now, person__is_active=True
    ).select_related("person")
    owed = {one.site_id: one.person for one in patrols}
    rest = [site for site in sites if site.pk not in owed]
    workers = one_worker_per_grid({site.area_code for site in rest if len(site.area_code) >= 12}, now=now)
    officers: dict[str, list[User]] = {}
    for site in rest:
        street = site.area_code[:9]
        if site.area_code not in workers and street not in officers:
            officers[street] = workers_of(street, Role.SUBDISTRICT_OFFICER, now=now)
        found = workers.get(site.area_code) or next(iter(officers.get(street, [])), None)
        if found is not None:
            owed[site.pk] = found
    return owed


def load_of(scope: Scope, *, now: datetime) -> list[Load]:
    """Who would get how many sites if a round were opened over these areas now; nobody first, then the most loaded."""
    sites = list(HazardSite.objects.in_scope(scope).filter(retired_at__isnull=True).order_by("code"))
    owed = who_owes(sites, now=now)
    of: dict[User | None, list[HazardSite]] = {}
    for site in sites:
        of.setdefault(owed.get(site.pk), []).append(site)
    names = area_names({site.area_code[:9] for site in sites})
    loads = [
        Load(
            person,
            "、".join(dict.fromkeys(names.get(site.area_code[:9], site.area_code) for site in own)),
            len(own),
            _by_kind(own),
        )
        for person, own in of.items()
    ]
    return sorted(loads, key=lambda load: (load.person is not None, -load.count, load.person.pk if load.person else 0))


def _by_kind(sites: Iterable[HazardSite]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for site in sites:
        label = str(site.get_kind_display())
        counts[label] = counts.get(label, 0) + 1
    return list(counts.items())
