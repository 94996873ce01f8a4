"""The further telephones of a household, each tried in a wave of its own when the ones before brought nothing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.models.audience import AudienceHousehold
from alerts.models.notice import Notice
from messaging.models import Broadcast
from territory.models import ContactPoint


class AudiencePhone(models.Model):
    """The `rank`th further telephone of one household of the audience, frozen with it; rank 1 goes out in wave 2.

    `broadcast` is what the number was written to with: its wave, or whatever of this notice it had before (a number of
    two households hears once and speaks for both). Empty: it was not needed so far.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="phones", db_index=False)
    audience = models.ForeignKey(AudienceHousehold, on_delete=models.PROTECT, related_name="phones", db_index=False)
    rank = models.PositiveSmallIntegerField()
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("further telephone of a household")
        verbose_name_plural = _("further telephones of households")
        constraints = [
            models.UniqueConstraint(fields=["audience", "rank"], name="audience_phone_once"),
            models.CheckConstraint(
                condition=Q(broadcast__isnull=True, taken_at__isnull=True)
                | Q(broadcast__isnull=False, taken_at__isnull=False),
                name="audience_phone_taken_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["notice"], condition=Q(broadcast__isnull=True), name="audience_phone_waiting"),
            models.Index(fields=["notice"], condition=Q(broadcast__isnull=False), name="audience_phone_taken"),
        ]
