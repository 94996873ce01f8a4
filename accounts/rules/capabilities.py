"""Which role may do what.

A capability is `noun.verb`; the area over which the role is held limits where. Two people make a public notice:
the commander and the leader on duty sign, the duty officer drafts, and the database refuses the same person twice.
"""

from collections.abc import Iterable

from accounts.enums import Role

SEE = frozenset(
    {"board.view", "sites.view", "rounds.view", "notices.view", "coverage.view", "assignments.view", "people.view"}
    | {"assignments.supervise"}  # sees what others owe, in his areas
    | {"roster.view", "supplies.view", "command.view", "drills.view"}
)
WORK = frozenset({"assignments.act", "sites.inspect", "doors.visit", "dangers.report", "roster.own"})
DIRECT = frozenset(
    {"assignments.assign", "assignments.verify", "assignments.on_behalf", "households.view", "people.call"}
    | {
        "log.write",
        "roster.edit",
        "rollcalls.confirm",
        "dangers.handle",
        "help.handle",
        "closures.decide",
        "orders.give",
    }
)
# Of the district alone: signing, drills, the desk of the duty room.
SIGN = frozenset({"responses.sign", "supplies.approve", "rollcalls.order", "brief.view", "drills.run", "desk.open"})

CAPABILITIES: dict[Role, frozenset[str]] = {
    Role.COMMANDER: SEE
    | WORK
    | DIRECT
    | SIGN
    | {"requests.view"}
    | {"rounds.open", "rounds.close", "findings.supervise", "channels.view"}
    | {"notices.approve", "notices.draft", "warnings.receive"},
    Role.LEADER: SEE
    | WORK
    | DIRECT
    | SIGN
    | {"requests.view"}
    | {"rounds.open", "rounds.close", "findings.supervise", "channels.view"}
    | {"notices.approve", "notices.draft", "warnings.receive"},
    Role.DUTY_OFFICER: SEE
    | WORK
    | DIRECT
    | {
        "rounds.open",
        "findings.supervise",
        "findings.papers",
        "sites.edit",
        "notices.draft",
        "warnings.receive",
        "knocks.send",
        "households.reveal",
    }
    | {"households.export", "requests.view", "requests.take", "requests.handle"}
    | {"desk.open", "responses.propose", "plans.edit", "rollcalls.order", "supplies.issue", "supplies.approve"}
    | {"drills.plan", "drills.run", "channels.view"},
    Role.SUBDISTRICT_OFFICER: SEE
    | WORK
    | DIRECT
    | {"sites.edit", "knocks.send", "households.reveal", "facts.view"}
    | {"notices.draft"}  # a street tells its own area; a leader over that street signs, or the district's
    | {"households.check", "households.correct", "households.export"}
    | {"requests.view", "requests.take", "requests.handle"}
    | {"appraisals.view", "appraisals.review"},
    Role.GRID_WORKER: WORK
    | {"sites.view", "assignments.view", "households.view", "households.check"}
    | {"requests.view", "requests.take"},
    Role.STOREKEEPER: WORK | {"assignments.view", "supplies.view", "supplies.issue", "supplies.keep"},
    Role.AGENCY_LIAISON: WORK | {"sites.view", "assignments.view"},
    Role.SITE_KEEPER: WORK | {"sites.view", "assignments.view"},
    Role.AUDITOR: SEE
    | {"households.view", "households.export", "requests.view", "audit.view", "facts.view", "appraisals.view"},
    Role.ADMINISTRATOR: SEE
    | {"roster.edit", "supplies.edit", "plans.edit", "drills.plan"}
    | {"findings.papers", "channels.view", "channels.manage", "appraisals.set_points"}
    | {"areas.import", "people.import", "people.manage", "sites.edit", "households.view", "households.import"},
}


def capabilities_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything these roles may do together."""
    return frozenset().union(*(CAPABILITIES[Role(role)] for role in roles))
