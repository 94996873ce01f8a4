"""What gateways and phones send back."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import APPEND_ONLY
from messaging.enums import State
from messaging.models.broadcast import Delivery


class WebhookBatch(models.Model):
    """A signed post from a gateway, stored as it came before anything is made of it. The signature bars a replay.

    A post of replies stands in several rows where telephones in it may ask for help: theirs are taken in first.
    """

    class Kind(models.TextChoices):
        RECEIPTS = "receipts"
        REPLIES = "replies"
        CRIES = "cries"

    gateway = models.CharField(max_length=30)
    kind = models.CharField(max_length=10, choices=Kind)
    signature = models.CharField(max_length=80, unique=True)
    body = models.JSONField()
    rows = models.PositiveIntegerField(default=0, db_default=0)
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    unmatched = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(taken_at__isnull=True), name="webhook_waiting")]


class Receipt(models.Model):
    """What a gateway said became of a delivery, once per status. Append-only: the delivery's state follows from it.

    The statement that writes them has looked the delivery up; a check of each key at commit cost as much as the row.
    """

    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, related_name="receipts", db_index=False, db_constraint=False
    )
    status = models.SmallIntegerField(choices=State)
    code = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [models.UniqueConstraint(fields=["delivery", "status"], name="receipt_once")]
        triggers = [APPEND_ONLY]


class Reply(models.Model):
    """What a phone answered. Append-only; `delivery` is the one named, or the newest message that phone had.

    `named`: the gateway itself said which message is answered.
    """

    sender = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="replies")
    named = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [models.UniqueConstraint(fields=["sender", "at", "text"], name="reply_once")]
        triggers = [APPEND_ONLY]

    @property
    def said_at(self) -> datetime:
        """When it was said, as far as we can know: the gateway's clock may be ahead of ours."""
        return min(self.at, self.received_at)
