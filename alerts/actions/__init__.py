"""What is done with notices, answers and doors."""

from alerts.actions.answers import close_help, close_unreachable, record_answer, take_replies
from alerts.actions.knock import close_waiting, send_knocks
from alerts.actions.sign import approve, send_back, submit, withdraw
from alerts.actions.visits import record_visit
from alerts.actions.waves import send_waves
from alerts.actions.write import discard, draft, edit

__all__ = [
    "approve",
    "close_help",
    "close_unreachable",
    "close_waiting",
    "discard",
    "draft",
    "edit",
    "record_answer",
    "record_visit",
    "send_back",
    "send_knocks",
    "send_waves",
    "submit",
    "take_replies",
    "withdraw",
]
