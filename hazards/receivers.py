"""What happens elsewhere and matters to inspections."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from core import clock
from core.models import Media
from hazards import actions


@receiver(post_save, sender=Media)
def complete_inspections(sender: Any, instance: Media, created: bool, **kwargs: Any) -> None:
    """A photograph has arrived: the visits that announced it get it in the same transaction."""
    if created:
        actions.photo_arrived(media=instance, now=clock.now())
