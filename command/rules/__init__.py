"""What the command decides, as plain functions."""

from command.rules.calls import CALL_OUT, Call, Term, answering_within, call_state, call_tone, handled, terms_in_force
from command.rules.levels import (
    PLAN_TASK,
    Asked,
    Step,
    Task,
    decided,
    due,
    given_up,
    holds,
    missing,
    next_step,
    roman,
    tasks_of,
    tone,
)
from command.rules.orders import ORDER, Receipts, receipts_tone

__all__ = [
    "CALL_OUT",
    "ORDER",
    "PLAN_TASK",
    "Asked",
    "Call",
    "Receipts",
    "Step",
    "Task",
    "Term",
    "answering_within",
    "call_state",
    "call_tone",
    "decided",
    "due",
    "given_up",
    "handled",
    "holds",
    "missing",
    "next_step",
    "receipts_tone",
    "roman",
    "tasks_of",
    "terms_in_force",
    "tone",
]
