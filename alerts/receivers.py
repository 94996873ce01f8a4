"""What happens elsewhere and concerns notices."""

from typing import Any

from django.dispatch import receiver

from alerts import actions
from messaging.models import Reply
from messaging.signals import replies_stored


@receiver(replies_stored)
def take_replies(sender: Any, replies: list[Reply], **kwargs: Any) -> None:
    """Households answer by SMS."""
    actions.take_replies(replies=replies)
