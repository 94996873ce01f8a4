"""What is done with duties."""

from assignments.actions.assign import Duty, assign, assign_many
from assignments.actions.hand_over import hand_over
from assignments.actions.remind import remind_due
from assignments.actions.work import (
    OWN_VERBS,
    acknowledge,
    answer_by_link,
    cancel,
    decline,
    fulfil,
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
    "decline",
    "fulfil",
    "hand_over",
    "remind_due",
    "report",
    "send_back",
    "start",
    "verify",
]
