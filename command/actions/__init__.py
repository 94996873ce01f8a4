"""What the command does."""

from command.actions.calls import call_deputy, call_out, close_call_out, note_support, reached_by_hand, take_answer
from command.actions.closing import drop_partner, name_partner, set_limit, take_back_tick, take_tick, tick
from command.actions.closure import add_to_closure, ask_reopening, reopen, report_water
from command.actions.cries import help_of_card, help_of_resident
from command.actions.danger import (
    acknowledge_danger,
    add_to_danger,
    check_danger_handler,
    close_danger,
    danger_from_note,
    dispatch,
    merge_danger,
    report_danger,
    step_danger,
)
from command.actions.help import (
    check_help_area,
    close_help_request,
    help_from_note,
    name_helper,
    record_spoken,
    request_help,
)
from command.actions.orders import Receiver, give_order, note_result, withdraw_order
from command.actions.plans import (
    TaskGiven,
    add_round,
    add_task,
    copy_plan,
    make_plan,
    publish_plan,
    remove_round,
    remove_task,
)
from command.actions.responses import end, give_missing, lower, raise_level, start
from command.actions.shelters import check_shelters, close_shelter, open_shelter, store_shelters
from command.actions.timeline import record
from command.actions.underground import end_underground, open_underground, take_back_step, tick_step

__all__ = [
    "Receiver",
    "TaskGiven",
    "acknowledge_danger",
    "add_round",
    "add_task",
    "add_to_closure",
    "add_to_danger",
    "ask_reopening",
    "call_deputy",
    "call_out",
    "check_danger_handler",
    "check_help_area",
    "check_shelters",
    "close_call_out",
    "close_danger",
    "close_help_request",
    "close_shelter",
    "copy_plan",
    "danger_from_note",
    "dispatch",
    "drop_partner",
    "end",
    "end_underground",
    "give_missing",
    "give_order",
    "help_from_note",
    "help_of_card",
    "help_of_resident",
    "lower",
    "make_plan",
    "merge_danger",
    "name_helper",
    "name_partner",
    "note_result",
    "note_support",
    "open_shelter",
    "open_underground",
    "publish_plan",
    "raise_level",
    "reached_by_hand",
    "record",
    "record_spoken",
    "remove_round",
    "remove_task",
    "reopen",
    "report_danger",
    "report_water",
    "request_help",
    "set_limit",
    "start",
    "step_danger",
    "store_shelters",
    "take_answer",
    "take_back_step",
    "take_back_tick",
    "take_tick",
    "tick",
    "tick_step",
    "withdraw_order",
]
