"""Whoever wants the district's notices of an area on his telephone, household or not."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.enums.subscriptions import Ended
from territory.models import ContactPoint, Placed, PlacedQuerySet


class Subscription(Placed):
    """One telephone and one area, confirmed by a code. `uuid` is in the link that ends it and in no list.

    Nothing else is kept of the person. Ended ones are destroyed after KEEP_SUBSCRIPTIONS_DAYS.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(_("subscribed at"))
    ended_at = models.DateTimeField(_("subscription ended"), null=True)
    ended_how = models.CharField(_("how the subscription ended"), max_length=4, choices=Ended, blank=True)

    objects = PlacedQuerySet["Subscription"].as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["contact_point", "area_code"], condition=Q(ended_at=None), name="subscription_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="subscription_ended_somehow",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code"], condition=Q(ended_at=None), name="subscription_by_area"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="subscription_ended"),
        ]


class SubscriptionCode(models.Model):
    """A six-digit code sent to a telephone that somebody typed in; only its keyed hash is kept.

    `ends`: it was asked for to end every subscription of that telephone.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    area_code = models.CharField(max_length=15)
    ends = models.BooleanField(default=False)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["contact_point", "-sent_at"], name="subscription_code_newest")]
