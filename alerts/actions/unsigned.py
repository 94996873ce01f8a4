"""What waits for a signature ends with the notice's waiting: open calls to the signer, words that nobody confirmed."""

from datetime import datetime

from alerts.enums import CallOutcome
from alerts.models import Notice, OralWord, SigningCall
from core.rules import SYSTEM
from messaging import actions as messages


def close_calls(row: Notice, now: datetime) -> None:
    """The notice is signed or sent back: whoever is still being called about it is called no more."""
    for call in SigningCall.objects.filter(notice=row, settled_at=None).select_related("broadcast"):
        close_call(call, CallOutcome.REPLACED, now)
    OralWord.objects.filter(notice=row, heard_at=None, dropped_at=None).update(dropped_at=now)


def close_call(call: SigningCall, outcome: CallOutcome, now: datetime, why: str = "") -> None:
    """Ends one call; what has not left yet stays unsent."""
    call.outcome, call.settled_at, call.why = outcome, now, why[:300]
    call.save(update_fields=["outcome", "settled_at", "why"])
    if call.broadcast and outcome in (CallOutcome.REPLACED, CallOutcome.OVER):
        messages.cancel(broadcast=call.broadcast, by=SYSTEM, now=now)
