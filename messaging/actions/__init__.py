"""What messaging does: writes broadcasts, hands deliveries over, takes in what comes back."""

from messaging.actions.broadcast import (
    Ladder,
    Recipient,
    cancel,
    send,
    send_private_text,
    send_private_texts,
    withdraw,
)
from messaging.actions.dispatch import Tally, dispatch
from messaging.actions.fall_back import fall_back
from messaging.actions.purge import purge
from messaging.actions.register import decide_signature, decide_template, file_template, try_template
from messaging.actions.webhook import store_webhook, take_in_receipts

__all__ = [
    "Ladder",
    "Recipient",
    "Tally",
    "cancel",
    "decide_signature",
    "decide_template",
    "dispatch",
    "fall_back",
    "file_template",
    "purge",
    "send",
    "send_private_text",
    "send_private_texts",
    "store_webhook",
    "take_in_receipts",
    "try_template",
    "withdraw",
]
