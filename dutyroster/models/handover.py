"""Shift handover: every open item of every app, taken one by one before anybody signs."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Stamped
from dutyroster.models.post import DutyPost
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class Handover(Placed, Stamped):
    """交接班 of one post. Until the incoming person signs, the outgoing one stays responsible."""

    post = models.ForeignKey(DutyPost, on_delete=models.PROTECT, related_name="handovers")
    outgoing = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("hands over"))
    incoming = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("takes over"))
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    summary = models.TextField(_("what matters"), blank=True)
    taken_over_at = models.DateTimeField(_("signed"), null=True, blank=True)

    objects = PlacedQuerySet["Handover"].as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(incoming=F("outgoing")),
                name="handover_between_two",
                violation_error_message=_("Who takes over must be another person than who hands over: choose again."),
            ),
            models.UniqueConstraint(
                fields=["post"], condition=Q(taken_over_at__isnull=True), name="handover_open_once_a_post"
            ),
        ]


class HandoverItem(models.Model):
    """One open item as it stood when it was collected. `closed_at`: it was settled meanwhile and bars nothing."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="items")
    key = models.CharField(max_length=80)
    label = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("what"), max_length=200)
    url = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField(_("since"))
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("settled"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("item of a handover")
        verbose_name_plural = _("items of a handover")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "key"], name="handover_item_once"),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="handover_item_taken_by_somebody",
            ),
        ]
