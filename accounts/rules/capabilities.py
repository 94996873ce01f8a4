"""Which role may do what.

A capability is `noun.verb`; the area over which the role is held limits where. Two people make a public notice:
the commander and the leader on duty sign, the duty officer drafts, and the database refuses the same person twice.
"""

from collections.abc import Iterable

from accounts.enums import Role

SEE = frozenset(
    {"board.view", "sites.view", "rounds.view", "notices.view", "coverage.view", "assignments.view", "people.view"}
    | {"assignments.supervise"}  # sees what others owe, in his areas
)
WORK = frozenset({"assignments.act", "sites.inspect", "doors.visit"})
DIRECT = frozenset(
    {"assignments.assign", "assignments.verify", "assignments.on_behalf", "households.view", "people.call"}
)

CAPABILITIES: dict[Role, frozenset[str]] = {
    Role.COMMANDER: SEE | WORK | DIRECT | {"rounds.open", "rounds.close", "notices.approve", "notices.draft"},
    Role.LEADER: SEE | WORK | DIRECT | {"rounds.open", "rounds.close", "notices.approve", "notices.draft"},
    Role.DUTY_OFFICER: SEE
    | WORK
    | DIRECT
    | {"rounds.open", "sites.edit", "notices.draft", "knocks.send", "households.reveal"},
    Role.SUBDISTRICT_OFFICER: SEE | WORK | DIRECT | {"sites.edit", "knocks.send", "households.reveal"},
    Role.GRID_WORKER: WORK | {"sites.view", "assignments.view", "households.view"},
    Role.STOREKEEPER: WORK | {"assignments.view"},
    Role.AGENCY_LIAISON: WORK | {"sites.view", "assignments.view"},
    Role.SITE_KEEPER: WORK | {"sites.view", "assignments.view"},
    Role.AUDITOR: SEE | {"households.view", "audit.view"},
    Role.ADMINISTRATOR: SEE
    | {"areas.import", "people.import", "people.manage", "sites.edit", "households.view", "households.import"},
}


def capabilities_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything these roles may do together."""
    return frozenset().union(*(CAPABILITIES[Role(role)] for role in roles))
