"""Replies that nobody could be sure of."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.enums import Stray
from assignments.models.duty import Assignment
from messaging.models import Reply
from territory.models import Placed, PlacedQuerySet


class UnclaimedReply(Placed):
    """A reply to a duty's message that is no plain answer of one duty (待认领): a person says what it is.

    `speaker` is whose phone it came from. Settled by naming the duty it answers, or as no answer (`assignment` None).
    """

    reply = models.OneToOneField(Reply, on_delete=models.PROTECT, related_name="unclaimed")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    speaker = models.CharField(_("speaker"), max_length=60)
    why = models.CharField(_("why"), max_length=12, choices=Stray)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PlacedQuerySet["UnclaimedReply"].as_manager()

    class Meta:
        verbose_name = _("reply nobody has claimed")
        verbose_name_plural = _("replies nobody has claimed")
        indexes = [
            models.Index(fields=["area_code"], condition=Q(settled_at__isnull=True), name="unclaimed_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, assignment__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="unclaimed_settled_by_somebody",
            )
        ]
