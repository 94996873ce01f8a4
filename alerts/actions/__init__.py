"""What is done with notices, answers and doors, and with official warnings."""

from alerts.actions.answers import close_help, close_unreachable, record_answer, take_replies
from alerts.actions.call_people import answer_call, call_people, record_consultation, stand_down
from alerts.actions.feeds import poll_feeds
from alerts.actions.follow import all_clear, correct
from alerts.actions.knock import close_waiting, send_knocks
from alerts.actions.receive import Entry, Received, WarningRefused, enter_warning, may_receive, receive_warning
from alerts.actions.relay import relay_warning
from alerts.actions.sign import approve, send_back, submit, tell_withdrawn, withdraw
from alerts.actions.visits import record_visit
from alerts.actions.waves import send_waves
from alerts.actions.write import discard, draft, edit

__all__ = [
    "Entry",
    "Received",
    "WarningRefused",
    "all_clear",
    "answer_call",
    "approve",
    "call_people",
    "close_help",
    "close_unreachable",
    "close_waiting",
    "correct",
    "discard",
    "draft",
    "edit",
    "enter_warning",
    "may_receive",
    "poll_feeds",
    "receive_warning",
    "record_answer",
    "record_consultation",
    "record_visit",
    "relay_warning",
    "send_back",
    "send_knocks",
    "send_waves",
    "stand_down",
    "submit",
    "take_replies",
    "tell_withdrawn",
    "withdraw",
]
