"""Decisions about messages, in plain Python: what may go out, what an answer means, what a text costs."""

from messaging.rules.channel import Accepted, Channel, Message, Rejected, Result, RetryAfter, Unknown
from messaging.rules.delivery import (
    BATCH,
    LEASE_SECONDS,
    REST_OF_PASS,
    RETRY_WAITS,
    TOO_OLD,
    UNANSWERED_SECONDS,
    Claim,
    Outcome,
    dead_numbers,
    decide,
    outcome_of,
    pause_after,
)
from messaging.rules.text import EXERCISE_MARK, SMS_MOST, Template, marked, signed, sms_parts
from messaging.rules.webhook import Malformed, read_receipts, read_replies

__all__ = [
    "BATCH",
    "EXERCISE_MARK",
    "LEASE_SECONDS",
    "REST_OF_PASS",
    "RETRY_WAITS",
    "SMS_MOST",
    "TOO_OLD",
    "UNANSWERED_SECONDS",
    "Accepted",
    "Channel",
    "Claim",
    "Malformed",
    "Message",
    "Outcome",
    "Rejected",
    "Result",
    "RetryAfter",
    "Template",
    "Unknown",
    "dead_numbers",
    "decide",
    "marked",
    "outcome_of",
    "pause_after",
    "read_receipts",
    "read_replies",
    "signed",
    "sms_parts",
]
