"""Duties, everything that happened to them, ladders that are climbed while nobody answers, replies, and appraisals."""

from assignments.models.answers import UnclaimedReply
from assignments.models.appraisal import (
    Appraisal,
    AppraisalAppeal,
    AppraisalChange,
    AppraisalLine,
    AppraisalScheme,
)
from assignments.models.duty import Assignment, AssignmentEvent
from assignments.models.holding import PastHolding
from assignments.models.run import EscalationRun, EscalationSent
from assignments.models.worklog import WorkLog

__all__ = [
    "Appraisal",
    "AppraisalAppeal",
    "AppraisalChange",
    "AppraisalLine",
    "AppraisalScheme",
    "Assignment",
    "AssignmentEvent",
    "EscalationRun",
    "EscalationSent",
    "PastHolding",
    "UnclaimedReply",
    "WorkLog",
]
