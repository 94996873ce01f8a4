"""What a signer is written about his answer by telephone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from alerts.models import SigningCall
from alerts.queries.purposes import purpose_of_call
from alerts.rules.signing import CALL_LASTS
from core.rules import SYSTEM
from messaging import actions as messages
from messaging.enums import Channel, Lane

ORIGIN = "alerts.signing"
SPOKEN = 35  # characters that a provider takes in one blank


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
