"""A subscriber to notices who asks for help is a call for help like any other."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.dispatch import receiver

from alerts.signals import subscriber_cried
from command import actions
from command.enums.dangers import HelpSource


@receiver(subscriber_cried)
def take_cry(
    sender: Any,
    key: str,
    phone: str,
    area_code: str,
    text: str,
    at: datetime,
    now: datetime,
    exercise: UUID | None,
    **kwargs: Any,
) -> None:
    """Only his number is known: somebody has to ring it."""
    actions.request_help(
        client_uuid=uuid5(NAMESPACE_URL, f"alerts.subscriber:{key}"),
        source=HelpSource.ANSWER,
        by=None,
        now=now,
        area_code=area_code,
        phone=phone,
        need=text,
        received_at=min(at, now),
        exercise=exercise,
    )
