"""Questions about drills."""

from drills.queries.clock import (
    clock,
    clock_events,
    controller,
    open_items,
    open_runs,
    plans,
    run_in_scope,
    runs,
    waiting_injects,
)
from drills.queries.console import Answer, Console, Out, Waiting, console
from drills.queries.receivers import ReceiverOf, candidates, enlisted_points, grid_workers, receivers
from drills.queries.review import Goal, Review, improvements, review
from drills.queries.sheet import plan_sheet, review_sheet

__all__ = [
    "Answer",
    "Console",
    "Goal",
    "Out",
    "ReceiverOf",
    "Review",
    "Waiting",
    "candidates",
    "clock",
    "clock_events",
    "console",
    "controller",
    "enlisted_points",
    "grid_workers",
    "improvements",
    "open_items",
    "open_runs",
    "plan_sheet",
    "plans",
    "receivers",
    "review",
    "review_sheet",
    "run_in_scope",
    "runs",
    "waiting_injects",
]
