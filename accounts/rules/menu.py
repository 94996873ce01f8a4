"""What the menu offers to whom. The entry of a page not built yet is left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.enums import MenuLabel, Role


@dataclass(frozen=True)
class MenuEntry:
    """One entry: its label, the named address, the icon, who sees it, what else lies under it.

    `capability` empty: whoever has signed in. `main` is the one big button of a phone.
    """

    label: MenuLabel
    route: str
    icon: str
    capability: str = ""
    below: tuple[str, ...] = ()
    main: bool = False


DUTY_DESK = MenuEntry(MenuLabel.DESK, "board:desk", "headset", "desk.open", ("/desk/",))
BOARD = MenuEntry(MenuLabel.SITUATION, "board:situation", "map-2", "board.view")
NOTICES = MenuEntry(MenuLabel.NOTICES, "alerts:notices", "bell-ringing", "notices.view", ("/alerts/",))
HAZARDS = MenuEntry(
    MenuLabel.HAZARDS,
    "hazards:register",
    "shield-check",
    "sites.view",
    (
        "/hazards/sites/",
        "/hazards/findings/",
        "/hazards/rounds/",
        "/hazards/inspections/",
        "/hazards/ledger/",
        "/hazards/upkeep/",
        "/hazards/cards/",
        "/hazards/patrols/",
        "/hazards/routine/",
    ),
)
COMMAND = MenuEntry(
    MenuLabel.COMMAND,
    "command:home",
    "speakerphone",
    "command.view",
    ("/command/responses/", "/command/orders/", "/command/calls/", "/command/timeline/", "/command/plans/"),
)
DANGERS = MenuEntry(
    MenuLabel.DANGERS,
    "command:dangers",
    "lifebuoy",
    "command.view",
    ("/command/dangers/", "/command/help/", "/command/closures/", "/command/underground/", "/command/shelters/"),
)
GRIDS = MenuEntry(
    MenuLabel.GRIDS,
    "field:grids",
    "building-community",
    "households.view",
    ("/field/grids/", "/field/ledger/", "/hazards/households/", "/hazards/requests/"),
)
ROSTER = MenuEntry(MenuLabel.ROSTER, "dutyroster:home", "calendar-event", "roster.view", ("/roster/",))
SUPPLIES = MenuEntry(MenuLabel.SUPPLIES, "supplies:home", "building-warehouse", "supplies.view", ("/supplies/",))
DRILLS = MenuEntry(MenuLabel.DRILLS, "drills:home", "target", "drills.view", ("/drills/",))
DUTIES = MenuEntry(MenuLabel.DUTIES, "assignments:mine", "list-check", "assignments.view", ("/assignments/", "/t/"))
PEOPLE = MenuEntry(MenuLabel.CONTACTS, "accounts:people", "users", "people.view", ("/people/",))
SETTINGS = MenuEntry(
    MenuLabel.SETTINGS,
    "territory:areas",
    "settings",
    "people.manage",
    ("/areas/", "/households/", "/messaging/", "/admin/"),
)

DESK = (
    DUTY_DESK, BOARD, NOTICES, COMMAND, DANGERS, HAZARDS, GRIDS, ROSTER, SUPPLIES, DRILLS, DUTIES, PEOPLE, SETTINGS,
)  # fmt: skip

MINE = MenuEntry(MenuLabel.ME, "accounts:me", "user-circle")
WORKER_BAR = (
    MenuEntry(MenuLabel.DUTIES, "field:home", "list-check", "assignments.act"),
    MenuEntry(MenuLabel.DOORS, "field:doors", "door", "doors.visit"),
    MenuEntry(MenuLabel.DANGER, "field:danger", "alert-triangle", "dangers.report", main=True),
    MINE,
)
STREET_BAR = (
    DUTIES,
    MenuEntry(MenuLabel.MY_AREA, "board:situation", "map-2", "board.view"),
    MenuEntry(MenuLabel.ON_BEHALF, "assignments:record", "edit", "assignments.on_behalf", ("/assignments/answers/",)),
    MINE,
)
SIGNING_BAR = (
    MenuEntry(MenuLabel.GLANCE, "board:brief", "layout-dashboard", "brief.view"),
    MenuEntry(MenuLabel.TO_SIGN, "alerts:notices", "signature", "notices.approve", ("/alerts/",)),
    PEOPLE,
    MINE,
)
DUTY_BAR = (DUTY_DESK, BOARD, DUTIES, MINE)

STORE_BAR = (
    DUTIES,
    SUPPLIES,
    MenuEntry(MenuLabel.DANGER, "field:danger", "alert-triangle", "dangers.report", main=True),
    MINE,
)

# The first of these roles that a person holds decides the bar at the foot of his phone.
PHONE_BARS: tuple[tuple[Role, tuple[MenuEntry, ...]], ...] = (
    (Role.COMMANDER, SIGNING_BAR),
    (Role.LEADER, SIGNING_BAR),
    (Role.DUTY_OFFICER, DUTY_BAR),
    (Role.SUBDISTRICT_OFFICER, STREET_BAR),
    (Role.STOREKEEPER, STORE_BAR),
    (Role.ADMINISTRATOR, (BOARD, PEOPLE, SETTINGS, MINE)),
    (Role.AUDITOR, (BOARD, NOTICES, HAZARDS, MINE)),
)


def phone_bar(roles: Iterable[str]) -> tuple[MenuEntry, ...]:
    """The bar of the first role in the table that is held; everybody else works in the field."""
    held = set(roles)
    return next((bar for role, bar in PHONE_BARS if role in held), WORKER_BAR)
