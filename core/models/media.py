"""Photographs: content-addressed, kept as they came until a worker has re-encoded them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import Stamped


class Media(Stamped):
    """One uploaded photograph, keyed by the SHA-256 of its bytes as the device sent them."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        READY = "ready", _("Ready")
        UNREADABLE = "unreadable", _("Not readable")

    sha256 = models.CharField(max_length=64, primary_key=True)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    uploaded_by_id = models.BigIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        indexes = [models.Index(fields=["state"], condition=models.Q(state="received"), name="media_waiting")]

    @property
    def path(self) -> str:
        """Where the bytes lie below MEDIA_ROOT."""
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"
