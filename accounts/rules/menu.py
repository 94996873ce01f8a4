"""What the menu offers to whom. Labels are English message ids; the entry of a page not built yet is left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.enums import Role


@dataclass(frozen=True)
class MenuEntry:
    """One entry: the message id of its label, the named address, the icon, who sees it, what else lies under it.

    `capability` empty: whoever has signed in. `main` is the one big button of a phone.
    """

    label: str
    route: str
    icon: str
    capability: str = ""
    below: tuple[str, ...] = ()
    main: bool = False


BOARD = MenuEntry("Situation map", "board:situation", "map-2", "board.view")
NOTICES = MenuEntry("Warnings and call-outs", "alerts:notices", "bell-ringing", "notices.view", ("/alerts/",))
HAZARDS = MenuEntry("Hazard inspection", "hazards:register", "shield-check", "sites.view", ("/hazards/",))
DUTIES = MenuEntry("To do", "assignments:mine", "list-check", "assignments.view", ("/assignments/", "/t/"))
PEOPLE = MenuEntry("Contacts", "accounts:people", "users", "people.view", ("/people/",))
SETTINGS = MenuEntry("Settings", "territory:areas", "settings", "people.manage", ("/areas/", "/households/", "/admin/"))

DESK = (BOARD, NOTICES, HAZARDS, DUTIES, PEOPLE, SETTINGS)

MINE = MenuEntry("Me", "accounts:me", "user-circle")
WORKER_BAR = (
    MenuEntry("To do", "field:home", "list-check", "assignments.act"),
    MenuEntry("Doors", "field:doors", "door", "doors.visit"),
    MenuEntry("Report danger", "field:danger", "alert-triangle", "assignments.act", main=True),
    MINE,
)
STREET_BAR = (
    DUTIES,
    MenuEntry("My area", "board:situation", "map-2", "board.view"),
    MenuEntry("On behalf", "field:on_behalf", "edit", "assignments.on_behalf"),
    MINE,
)
SIGNING_BAR = (
    MenuEntry("At a glance", "board:situation", "layout-dashboard", "board.view"),
    MenuEntry("To sign", "alerts:notices", "signature", "notices.approve", ("/alerts/",)),
    PEOPLE,
    MINE,
)
DUTY_BAR = (BOARD, NOTICES, DUTIES, MINE)

# The first of these roles that a person holds decides the bar at the foot of his phone.
PHONE_BARS: tuple[tuple[Role, tuple[MenuEntry, ...]], ...] = (
    (Role.COMMANDER, SIGNING_BAR),
    (Role.LEADER, SIGNING_BAR),
    (Role.DUTY_OFFICER, DUTY_BAR),
    (Role.SUBDISTRICT_OFFICER, STREET_BAR),
    (Role.ADMINISTRATOR, (BOARD, PEOPLE, SETTINGS, MINE)),
    (Role.AUDITOR, (BOARD, NOTICES, HAZARDS, MINE)),
)


def phone_bar(roles: Iterable[str]) -> tuple[MenuEntry, ...]:
    """The bar of the first role in the table that is held; everybody else works in the field."""
    held = set(roles)
    return next((bar for role, bar in PHONE_BARS if role in held), WORKER_BAR)
