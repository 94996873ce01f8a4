"""What messaging does: writes broadcasts, hands deliveries over, takes in what comes back."""

from messaging.actions.broadcast import (
    Ladder,
    Recipient,
    add_recipients,
    cancel,
    send,
    send_private_text,
    send_private_texts,
    withdraw,
)
from messaging.actions.dispatch import Tally, dispatch
from messaging.actions.fall_back import fall_back
from messaging.actions.purge import purge, purge_old
from messaging.actions.register import decide_signature, decide_template, file_template, try_template
from messaging.actions.robot import retire_robot, save_robot
from messaging.actions.self_test import self_test, self_test_daily
from messaging.actions.switch import switch_off, switch_on
from messaging.actions.webhook import store_webhook, take_in_receipts

__all__ = [
    "Ladder",
    "Recipient",
    "Tally",
    "add_recipients",
    "cancel",
    "decide_signature",
    "decide_template",
    "dispatch",
    "fall_back",
    "file_template",
    "purge",
    "purge_old",
    "retire_robot",
    "save_robot",
    "self_test",
    "self_test_daily",
    "send",
    "send_private_text",
    "send_private_texts",
    "store_webhook",
    "switch_off",
    "switch_on",
    "take_in_receipts",
    "try_template",
    "withdraw",
]
