"""Duties, everything that happened to them, ladders that are climbed while nobody answers, and replies."""

from assignments.models.answers import UnclaimedReply
from assignments.models.duty import Assignment, AssignmentEvent
from assignments.models.holding import PastHolding
from assignments.models.run import EscalationRun, EscalationSent

__all__ = ["Assignment", "AssignmentEvent", "EscalationRun", "EscalationSent", "PastHolding", "UnclaimedReply"]
