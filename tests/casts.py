"""The people and places that every test knows.

District 410403 has the sub-districts 001 and 002; each has one community with grids. Whoever is not said otherwise
holds his role over the whole district.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.hashers import make_password

from accounts.enums import Role
from accounts.models import PersonContact, RoleHeld, User
from territory.enums import ContactKind, Level
from territory.models import Area, ContactPoint

NIGHT = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai, a Sunday in the main flood season
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "lightning-over-the-river"

DISTRICT = "410403"
SUBDISTRICT = "410403001"
OTHER_SUBDISTRICT = "410403002"
COMMUNITY = "410403001001"
OTHER_COMMUNITY = "410403002001"
GRID = "410403001001001"
GRIDS = ("410403001001001", "410403001001002", "410403001001003")
OTHER_GRIDS = ("410403002001001", "410403002001002")
OTHER_GRID = OTHER_GRIDS[0]

PLACES = {
    DISTRICT: "卫东区",
    SUBDISTRICT: "东安路街道",
    OTHER_SUBDISTRICT: "优越路街道",
    COMMUNITY: "东安路一社区",
    OTHER_COMMUNITY: "优越路一社区",
    GRIDS[0]: "东安路一社区第一网格",
    GRIDS[1]: "东安路一社区第二网格",
    GRIDS[2]: "东安路一社区第三网格",
    OTHER_GRIDS[0]: "优越路一社区第一网格",
    OTHER_GRIDS[1]: "优越路一社区第二网格",
}
LEVELS = {6: Level.DISTRICT, 9: Level.SUBDISTRICT, 12: Level.COMMUNITY, 15: Level.GRID}


@dataclass(frozen=True)
class Cast:
    """Everybody, by what he does. The outsider has an account and no role."""

    commander: User
    leader: User
    duty_officer: User
    subdistrict_officer: User
    other_officer: User
    grid_worker: User
    other_worker: User
    storekeeper: User
    agency_liaison: User
    site_keeper: User
    auditor: User
    administrator: User
    outsider: User


# Member of the cast: printed name, role, area.
PEOPLE: dict[str, tuple[str, Role | None, str]] = {
    "commander": ("指挥长", Role.COMMANDER, DISTRICT),
    "leader": ("带班领导", Role.LEADER, DISTRICT),
    "duty_officer": ("值班员", Role.DUTY_OFFICER, DISTRICT),
    "subdistrict_officer": ("东安路防汛专干", Role.SUBDISTRICT_OFFICER, SUBDISTRICT),
    "other_officer": ("优越路防汛专干", Role.SUBDISTRICT_OFFICER, OTHER_SUBDISTRICT),
    "grid_worker": ("东安路网格员", Role.GRID_WORKER, GRID),
    "other_worker": ("优越路网格员", Role.GRID_WORKER, OTHER_GRID),
    "storekeeper": ("仓库管理员", Role.STOREKEEPER, DISTRICT),
    "agency_liaison": ("成员单位联络员", Role.AGENCY_LIAISON, DISTRICT),
    "site_keeper": ("点位管护员", Role.SITE_KEEPER, DISTRICT),
    "auditor": ("审计员", Role.AUDITOR, DISTRICT),
    "administrator": ("系统管理员", Role.ADMINISTRATOR, DISTRICT),
    "outsider": ("外来人员", None, ""),
}


def make_areas() -> dict[str, Area]:
    """The ten areas, by code."""
    return {
        area.code: area
        for area in Area.objects.bulk_create(
            Area(code=code, name=name, level=LEVELS[len(code)]) for code, name in PLACES.items()
        )
    }


def make_person(
    username: str,
    *,
    name: str,
    phone: str,
    role: Role | None = None,
    area_code: str = DISTRICT,
    password: str = PASSWORD,
) -> User:
    """Somebody who can sign in with `password` and is reached at `phone` (E.164) first."""
    person = User.objects.create_user(
        username, password, name=name, phone=phone, activated_at=LONG_AGO, phone_verified_at=LONG_AGO
    )
    point, _ = ContactPoint.objects.get_or_create(kind=ContactKind.MOBILE, address=phone)
    PersonContact.objects.create(user=person, contact_point=point, rank=1)
    if role:
        RoleHeld.objects.create(user=person, role=role, area_code=area_code, since=LONG_AGO)
    return person


def make_cast() -> Cast:
    """Everybody, with the telephones +8613900000001, …002 and so on: what `make_person` makes, in four statements."""
    sealed = make_password(PASSWORD)
    people = User.objects.bulk_create(
        User(
            username=member,
            password=sealed,
            name=name,
            phone=f"+86139{number:08d}",
            activated_at=LONG_AGO,
            phone_verified_at=LONG_AGO,
        )
        for number, (member, (name, _role, _area)) in enumerate(PEOPLE.items(), start=1)
    )
    points = ContactPoint.objects.bulk_create(
        ContactPoint(kind=ContactKind.MOBILE, address=str(person.phone)) for person in people
    )
    PersonContact.objects.bulk_create(
        PersonContact(user=person, contact_point=point, rank=1) for person, point in zip(people, points, strict=True)
    )
    RoleHeld.objects.bulk_create(
        RoleHeld(user=person, role=role, area_code=area_code, since=LONG_AGO)
        for person, (_name, role, area_code) in zip(people, PEOPLE.values(), strict=True)
        if role
    )
    return Cast(**{person.username: person for person in people})
