"""What is done with duties."""

from assignments.actions.assign import Duty, assign, assign_many
from assignments.actions.hand_over import hand_over, hand_over_all
from assignments.actions.remind import remind, remind_due
from assignments.actions.work import (
    OWN_VERBS,
    acknowledge,
    answer_by_link,
    cancel,
    cancel_many,
    decline,
    fulfil,
    keep_to_its_page,
    report,
    send_back,
    start,
    verify,
)

__all__ = [
    "OWN_VERBS",
    "Duty",
    "acknowledge",
    "answer_by_link",
    "assign",
    "assign_many",
    "cancel",
    "cancel_many",
    "decline",
    "fulfil",
    "hand_over",
    "hand_over_all",
    "keep_to_its_page",
    "remind",
    "remind_due",
    "report",
    "send_back",
    "start",
    "verify",
]
