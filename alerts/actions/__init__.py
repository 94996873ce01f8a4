"""What is done with notices, answers and doors."""

from alerts.actions.answers import close_help, close_unreachable, record_answer, take_replies
from alerts.actions.follow import all_clear, correct
from alerts.actions.knock import close_waiting, send_knocks
from alerts.actions.sign import approve, send_back, submit, tell_withdrawn, withdraw
from alerts.actions.visits import record_visit
from alerts.actions.waves import send_waves
from alerts.actions.write import discard, draft, edit

__all__ = [
    "all_clear",
    "approve",
    "close_help",
    "close_unreachable",
    "close_waiting",
    "correct",
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
    "tell_withdrawn",
    "withdraw",
]
