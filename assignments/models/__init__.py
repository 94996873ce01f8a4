"""Duties and everything that happened to them."""

from assignments.models.duty import Assignment, AssignmentEvent

__all__ = ["Assignment", "AssignmentEvent"]
