"""Posts and who belongs to them, plans and shifts, calendar links."""

from dutyroster.models.post import DutyPost, Leave, PostMember, PostRequirement
from dutyroster.models.roster import CalendarLink, RosterPlan, Shift

__all__ = [
    "CalendarLink",
    "DutyPost",
    "Leave",
    "PostMember",
    "PostRequirement",
    "RosterPlan",
    "Shift",
]
