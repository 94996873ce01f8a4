"""Fixed lists of the command."""

from command.enums.orders import AT_THE_POST, CALL_OUT_LABEL, ORDER_LABEL, CallState, CallTier
from command.enums.responses import PLAN_TASK_LABEL, Objection, Receives, ResponseLevel, ResponseVerb, TaskStand
from command.enums.timeline import EntryKind

__all__ = [
    "AT_THE_POST",
    "CALL_OUT_LABEL",
    "ORDER_LABEL",
    "PLAN_TASK_LABEL",
    "CallState",
    "CallTier",
    "EntryKind",
    "Objection",
    "Receives",
    "ResponseLevel",
    "ResponseVerb",
    "TaskStand",
]
