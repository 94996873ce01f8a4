"""What a signer is written about his answer by telephone."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.models import SigningCall
from alerts.queries.purposes import SIGN_FAILED, purpose_of_call
from alerts.rules.signing import CALL_LASTS
from core.rules import SYSTEM, Refused
from messaging import actions as messages
from messaging.enums import Channel, Lane

ORIGIN = "alerts.signing"
SPOKEN = 35  # characters that a provider takes in one blank
WRONG = _("the code was wrong")
LOCKED = _("your code is locked, sign on the page")
NO_KEY = _("reply 1 or 2 and your code")
LATE = _("its time was over")
CHANGED = _("changed, decided or asked anew")


def write_to_signer(call: SigningCall, text: str, purpose: str, key: str, now: datetime, **blanks: str) -> None:
    """An SMS to the signer about his answer, once for each `key`. Raises Refused where none can be sent."""
    blanks["headline"] = call.notice.headline[:SPOKEN]
    with transaction.atomic():
        messages.send(
            lane=Lane.ALARM,
            channel=Channel.SMS,
            text=gettext(text),
            recipients=[messages.Recipient(call.contact_point_id, call.notice.area_code, blanks)],
            area_code=call.notice.area_code,
            by=SYSTEM,
            now=now,
            key=f"signing:{call.pk}:{key}",
            origin=f"{ORIGIN}:{call.pk}",
            exercise=call.notice.exercise,
            expires_at=max(call.ends_at, now + CALL_LASTS),
            purpose=purpose_of_call(purpose, is_exercise=call.notice.exercise is not None),
        )


def tell_why(call: SigningCall, why: str | Promise | Refused, key: str, now: datetime) -> None:
    """Tells the signer why his answer did nothing, once for each `key`. Where none can be sent the page says it."""
    with suppress(Refused):
        write_to_signer(call, SIGN_FAILED, "signing_failed", key, now, why=str(why).rstrip("。.")[:SPOKEN])
