"""What lies in the emergency pack (应急包): the numbers and lists that a duty desk needs when nothing else works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import RoleHeld
from hazards.enums import SiteKind, SiteRole
from hazards.models import HazardSite
from hazards.queries import sites
from territory.enums import MustReach
from territory.models import Household
from territory.queries import area_names, households
from territory.rules import Scope

DESK_ROLES = (
    Role.COMMANDER,
    Role.LEADER,
    Role.DUTY_OFFICER,
    Role.SUBDISTRICT_OFFICER,
    Role.AGENCY_LIAISON,
    Role.STOREKEEPER,
)


@dataclass(frozen=True)
class Table:
    """One list of the pack: a title, the heads, the rows as text, and how wide the columns are to each other."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    widths: tuple[int, ...]


def pack_tables(scope: Scope, *, now: datetime) -> list[Table]:
    """The five lists, in the order in which they are needed at night; six statements whatever the size."""
    held = list(
        RoleHeld.objects.in_scope(scope)
        .filter(Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now)), user__is_active=True)
        .select_related("user")
        .order_by("area_code", "since", "user_id")
    )
    found = list(sites(scope, now=now))
    homes = list(households(scope, must_reach="any"))
    codes = {each.area_code for each in (*held, *found, *homes)}
    names = area_names(codes | {code[:length] for code in codes for length in (9, 12)})
    workers: dict[str, RoleHeld] = {}
    for each in held:
        if each.role == Role.GRID_WORKER:
            workers.setdefault(each.area_code, each)
    return [
        _desk(held, names),
        _sites(found, names),
        _must_reach(homes, workers, names),
        _workers([each for each in held if each.role == Role.GRID_WORKER], names),
        _closing_forms([site for site in found if site.kind == SiteKind.UNDERPASS], names),
    ]


def _desk(held: list[RoleHeld], names: dict[str, str]) -> Table:
    order = {role: rank for rank, role in enumerate(DESK_ROLES)}
    rows = [
        (str(Role(each.role).label), _where(each.area_code, names), each.user.name, _shown(each.user.phone))
        for each in sorted((one for one in held if one.role in order), key=lambda one: order[Role(one.role)])
    ]
    return Table(_("Command and liaison"), (_("Role"), _("Area"), _("Name"), _("Phone")), rows, (3, 4, 4, 3))


def _sites(found: list[HazardSite], names: dict[str, str]) -> Table:
    heads = (
        _("Code"),
        _("Kind"),
        _("Site"),
        _("Sub-district"),
        _("Closes at (cm)"),
        *(str(one.label) for one in SiteRole),
    )
    rows = []
    for site in found:
        people = {one.role: one.person for one in site.present}
        charged = [people.get(role.value) for role in SiteRole]
        rows.append(
            (
                site.code,
                str(SiteKind(site.kind).label),
                site.name,
                names.get(site.area_code[:9], site.area_code[:9]),
                "" if site.closing_depth_cm is None else str(site.closing_depth_cm),
                *(f"{person.name} {_shown(person.phone)}" if person else _("nobody named") for person in charged),
            )
        )
    return Table(_("Dangerous sites and who answers for them"), heads, rows, (3, 4, 7, 4, 2, 6, 6, 6))


def _must_reach(homes: list[Household], workers: dict[str, RoleHeld], names: dict[str, str]) -> Table:
    heads = (
        _("Grid"), _("Door"), _("Head of household"), _("Persons"), _("Why"), _("Phone"), _("Grid worker"),
        _("Reached at"),
    )  # fmt: skip
    rows = []
    for home in sorted(homes, key=lambda one: (one.area_code, one.building, one.floor or 0, one.room)):
        worker = workers.get(home.area_code)
        phones = [contact.contact_point.address for contact in home.contacts.all()]
        rows.append(
            (
                _where(home.area_code, names),
                home.door,
                home.head_name,
                str(home.persons),
                str(MustReach(home.must_reach).label),
                " ".join(_shown(phone) for phone in phones) or _("no telephone"),
                f"{worker.user.name} {_shown(worker.user.phone)}" if worker else _("nobody named"),
                "",
            )
        )
    return Table(_("Households that must be reached"), heads, rows, (6, 6, 5, 2, 4, 5, 6, 3))


def _workers(held: list[RoleHeld], names: dict[str, str]) -> Table:
    rows = [
        (names.get(each.area_code[:9], ""), _where(each.area_code, names), each.user.name, _shown(each.user.phone))
        for each in held
    ]
    return Table(_("Grid workers"), (_("Sub-district"), _("Grid"), _("Name"), _("Phone")), rows, (4, 6, 4, 4))


def _closing_forms(found: list[HazardSite], names: dict[str, str]) -> Table:
    heads = (
        _("Site"), _("Sub-district"), _("Closes at (cm)"), _("Closed at"), _("Depth (cm)"), _("Closed by"),
        _("Way round"), _("Police told"), _("Opened at"), _("Opened by"),
    )  # fmt: skip
    rows = [
        (
            site.name,
            names.get(site.area_code[:9], ""),
            "" if site.closing_depth_cm is None else str(site.closing_depth_cm),
            *("" for _column in heads[3:]),
        )
        for site in found
    ]
    return Table(_("Closing record (blank)"), heads, rows, (6, 4, 2, 3, 2, 3, 4, 3, 3, 3))


def _where(code: str, names: dict[str, str]) -> str:
    return names.get(code, code)


def _shown(phone: str | None) -> str:
    return (phone or "").removeprefix("+86")
