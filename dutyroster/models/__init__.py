"""Posts and who belongs to them, plans and shifts, calendar links."""

from dutyroster.models.attendance import CheckIn, RollCall, RollCallTarget, ShiftDuty, StandIn
from dutyroster.models.handover import Handover, HandoverItem
from dutyroster.models.log import LogEntry, LogFollowUp
from dutyroster.models.post import DutyPost, Leave, PostMember, PostRequirement
from dutyroster.models.roster import CalendarLink, RosterPlan, Shift

__all__ = [
    "CalendarLink",
    "CheckIn",
    "DutyPost",
    "Handover",
    "HandoverItem",
    "Leave",
    "LogEntry",
    "LogFollowUp",
    "PostMember",
    "PostRequirement",
    "RollCall",
    "RollCallTarget",
    "RosterPlan",
    "Shift",
    "ShiftDuty",
    "StandIn",
]
