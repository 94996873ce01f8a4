"""What happens elsewhere and concerns duties."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import person_replaced
from assignments import actions
from messaging.models import Broadcast, Reply
from messaging.signals import replies_end, replies_stored, reply_refused


@receiver(person_replaced)
def move_duties(
    sender: Any, leaver: User, successor: User, area_code: str, by: User, now: datetime, **kwargs: Any
) -> None:
    """Whoever replaces a person owes what that person owed there."""
    actions.hand_over_all(leaver=leaver, to=successor, area_code=area_code, by=by, now=now)


@receiver(replies_stored)
def take_replies(sender: Any, replies: list[Reply], **kwargs: Any) -> None:
    """Whoever owes a duty answers it by SMS or by a key."""
    actions.take_replies(replies=replies)


@receiver(reply_refused)
def keep_refused(sender: Any, reply: Reply, **kwargs: Any) -> None:
    """What could not be taken in stands with the replies that nobody has claimed."""
    actions.keep_refused(reply=reply)


@receiver(replies_end)
def forget_replies(sender: Any, broadcast: Broadcast, **kwargs: Any) -> None:
    """Replies that are destroyed wait for nobody any more."""
    actions.forget_replies(broadcast=broadcast)
