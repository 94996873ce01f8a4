"""What is done with notices, answers and doors, and with official warnings."""

from alerts.actions.aim import aim
from alerts.actions.answers import close_help, close_unreachable, record_answer, take_replies
from alerts.actions.authorise import (
    hear_of_use,
    issue_authorised,
    prepare_authorisation,
    revoke_authorisation,
    sign_authorisation,
)
from alerts.actions.call_back import ask_signature, set_code, take_signatures
from alerts.actions.call_people import answer_call, call_people, record_consultation, stand_down
from alerts.actions.counts import choose_goal, freeze_counts, mark_apart
from alerts.actions.expiry import remind_all_clear
from alerts.actions.feeds import poll_feeds
from alerts.actions.follow import all_clear, correct
from alerts.actions.judge import judge_visits
from alerts.actions.knock import close_waiting, send_knocks
from alerts.actions.oral import confirm_word, countersign, drop_word, record_word
from alerts.actions.receive import Entry, Received, WarningRefused, enter_warning, may_receive, receive_warning
from alerts.actions.relay import relay_warning
from alerts.actions.ring import ring_chains, set_chain
from alerts.actions.sign import approve, send_back, submit, tell_withdrawn, withdraw
from alerts.actions.subscriptions import (
    Confirmed,
    confirm_code,
    end_subscription,
    forget_subscriptions,
    request_code,
    take_cries,
    take_stops,
)
from alerts.actions.take_counts import note_look, take_counts
from alerts.actions.units import call_units, keep_unit, retire_unit
from alerts.actions.visits import record_visit, record_visit_for
from alerts.actions.waves import send_waves
from alerts.actions.write import discard, draft, edit

__all__ = [
    "Confirmed",
    "Entry",
    "Received",
    "WarningRefused",
    "aim",
    "all_clear",
    "answer_call",
    "approve",
    "ask_signature",
    "call_people",
    "call_units",
    "choose_goal",
    "close_help",
    "close_unreachable",
    "close_waiting",
    "confirm_code",
    "confirm_word",
    "correct",
    "countersign",
    "discard",
    "draft",
    "drop_word",
    "edit",
    "end_subscription",
    "enter_warning",
    "forget_subscriptions",
    "freeze_counts",
    "hear_of_use",
    "issue_authorised",
    "judge_visits",
    "keep_unit",
    "mark_apart",
    "may_receive",
    "note_look",
    "poll_feeds",
    "prepare_authorisation",
    "receive_warning",
    "record_answer",
    "record_consultation",
    "record_visit",
    "record_visit_for",
    "record_word",
    "relay_warning",
    "remind_all_clear",
    "request_code",
    "retire_unit",
    "revoke_authorisation",
    "ring_chains",
    "send_back",
    "send_knocks",
    "send_waves",
    "set_chain",
    "set_code",
    "sign_authorisation",
    "stand_down",
    "submit",
    "take_counts",
    "take_cries",
    "take_replies",
    "take_signatures",
    "take_stops",
    "tell_withdrawn",
    "withdraw",
]
