"""Broadcasts and deliveries. A delivery row is the queue entry, the proof and the record in one."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.enums import OPEN, Channel, Lane, State
from territory.models import ContactPoint, Placed


class Broadcast(Placed):
    """One text to one audience over one channel. Each wave, step and loop is a broadcast of its own.

    `text` may hold `{name}` blanks that a delivery's `params` fill (a personal link). `key` makes creation repeatable:
    the same key is the same broadcast. `origin` names the row above that caused it ("alerts.notice:12"). `purpose` says
    which of the platform's declared texts it is, so that a reviewed template may carry it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    lane = models.SmallIntegerField(_("lane"), choices=Lane)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    origin = models.CharField(max_length=80, blank=True, db_index=True)
    purpose = models.CharField(_("purpose"), max_length=40, null=True, blank=True)  # noqa: DJ001  (null: none declared)
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    text = models.TextField(_("text"))
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=60)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("no longer sent after"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    # After how long an address that keeps silent gives way to the recipient's next one; 0: there is none.
    fallback_seconds = models.PositiveIntegerField(default=0, db_default=0)
    follows = models.ForeignKey(  # a wave: the broadcast whose silent recipients it tries elsewhere
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="waves"
    )

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")


class Delivery(Placed):
    """One message to one contact point. Retries are the same row; the gateway's idempotency key is its id.

    `lease_until` and `fence` belong to the worker that claimed it: a result is recorded only under the fence it was
    claimed with. `address` is copied when it is handed over, as proof of where it went. Open rows are few and hot,
    closed ones many and cold: hence the partial index, the fill factor and the eager autovacuum (set in the migration).
    """

    area_code = models.CharField(_("area code"), max_length=15)  # no index: never listed by area alone
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    lane = models.SmallIntegerField(choices=Lane)
    # The broadcast's, copied: a claim of one channel must not wade through a million waiting rows of another.
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.SMS)
    state = models.SmallIntegerField(_("state"), choices=State, default=State.QUEUED)
    # The index of open rows hangs on this and on nothing that a claim changes: a claim then writes no index at all.
    is_open = models.GeneratedField(
        expression=models.ExpressionWrapper(Q(state__in=OPEN), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
        editable=False,
    )
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    address = models.CharField(max_length=120, blank=True)
    # Where the last try went. Only there does its id stop a second delivery.
    account = models.CharField(_("account"), max_length=30, blank=True, default="", db_default="")
    params = models.JSONField(null=True, blank=True)
    provider_id = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=40, blank=True)
    accepted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["broadcast", "contact_point"], name="delivery_once")]
        indexes = [
            models.Index(fields=["lane", "channel", "due_at", "id"], condition=Q(is_open=True), name="delivery_open"),
            # Calls are few beside texts; whom they rang of late is asked before every call.
            models.Index(fields=["contact_point", "accepted_at"], condition=Q(channel="voice"), name="delivery_rung"),
            models.Index(fields=["accepted_at"], condition=Q(channel="voice"), name="delivery_calls"),
        ]


class Enlisted(models.Model):
    """A contact point that agreed to take part in an exercise: without this row nothing of the exercise reaches it."""

    exercise = models.UUIDField()
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exercise", "contact_point"], name="enlisted_once")]
