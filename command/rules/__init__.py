"""What the command decides, as plain functions."""

from command.rules.calls import CALL_OUT, Call, call_state, call_tone, handled
from command.rules.levels import (
    PLAN_TASK,
    Step,
    Task,
    decided,
    given_up,
    holds,
    missing,
    next_step,
    roman,
    tone,
)
from command.rules.orders import ORDER, Receipts, receipts_tone

__all__ = [
    "CALL_OUT",
    "ORDER",
    "PLAN_TASK",
    "Call",
    "Receipts",
    "Step",
    "Task",
    "call_state",
    "call_tone",
    "decided",
    "given_up",
    "handled",
    "holds",
    "missing",
    "next_step",
    "receipts_tone",
    "roman",
    "tone",
]
