"""What happens elsewhere and matters to records from the field."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from core import clock
from core.models import Media
from field import actions


@receiver(post_save, sender=Media)
def photo_came(sender: Any, instance: Media, created: bool, **kwargs: Any) -> None:
    """A photograph has arrived: the records that list it get it in the same transaction."""
    if created:
        actions.photo_came(sha256=instance.sha256, now=clock.now())
