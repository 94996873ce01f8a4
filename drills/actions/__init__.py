"""What is done with drills."""

from drills.actions.fire import fire_due, let_out, skip
from drills.actions.plans import InjectContent, copy_plan, finish_plan, remove_inject, save_inject, save_plan
from drills.actions.review import note_finding, order_improvement
from drills.actions.runs import make_run, turn_clock
from drills.actions.sheet import check_injects, store_injects

__all__ = [
    "InjectContent",
    "check_injects",
    "copy_plan",
    "finish_plan",
    "fire_due",
    "let_out",
    "make_run",
    "note_finding",
    "order_improvement",
    "remove_inject",
    "save_inject",
    "save_plan",
    "skip",
    "store_injects",
    "turn_clock",
]
