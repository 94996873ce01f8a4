"""Duties, everything that happened to them, and replies nobody has claimed."""

from assignments.models.answers import UnclaimedReply
from assignments.models.duty import Assignment, AssignmentEvent

__all__ = ["Assignment", "AssignmentEvent", "UnclaimedReply"]
