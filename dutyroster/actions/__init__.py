"""What is done with the roster, with presence, handover and the log."""

from dutyroster.actions.answers import heard
from dutyroster.actions.check_in import check_in
from dutyroster.actions.handover import collect, open_handover, sign_handover, take_items, write_summary
from dutyroster.actions.log import correct, follow_up, note
from dutyroster.actions.roll_call import call_off, call_roll, confirm_absence, excuse, order_roll_call
from dutyroster.actions.stand_in import call_deputy, open_shifts, take_over, watch_shifts

__all__ = [
    "call_deputy",
    "call_off",
    "call_roll",
    "check_in",
    "collect",
    "confirm_absence",
    "correct",
    "excuse",
    "follow_up",
    "heard",
    "note",
    "open_handover",
    "open_shifts",
    "order_roll_call",
    "sign_handover",
    "take_items",
    "take_over",
    "watch_shifts",
    "write_summary",
]
