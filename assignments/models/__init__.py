"""Duties, everything that happened to them, and replies nobody has claimed."""

from assignments.models.answers import UnclaimedReply
from assignments.models.duty import Assignment, AssignmentEvent
from assignments.models.holding import PastHolding

__all__ = ["Assignment", "AssignmentEvent", "PastHolding", "UnclaimedReply"]
