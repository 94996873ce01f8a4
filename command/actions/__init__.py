"""What the command does."""

from command.actions.calls import call_deputy, call_out, close_call_out, reached_by_hand, take_answer
from command.actions.orders import Receiver, give_order, note_result, withdraw_order
from command.actions.plans import TaskGiven, add_task, copy_plan, make_plan, publish_plan, remove_task
from command.actions.responses import end, give_missing, lower, raise_level, start
from command.actions.timeline import record

__all__ = [
    "Receiver",
    "TaskGiven",
    "add_task",
    "call_deputy",
    "call_out",
    "close_call_out",
    "copy_plan",
    "end",
    "give_missing",
    "give_order",
    "lower",
    "make_plan",
    "note_result",
    "publish_plan",
    "raise_level",
    "reached_by_hand",
    "record",
    "remove_task",
    "start",
    "take_answer",
    "withdraw_order",
]
