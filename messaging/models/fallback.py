"""Where a message goes next when an address does not hear of it in its time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.enums import Channel, State
from messaging.models.broadcast import Broadcast
from territory.models import ContactPoint, Placed


class Fallback(Placed):
    """The `rank`th next address of one recipient, written with the broadcast: whoever sends knows whose it is.

    `contact_point` is the recipient's first address, the one that the broadcast goes to. Taken once, by the wave that
    the row is sent in; `next_point` may be of another channel (a landline that is called).
    """

    area_code = models.CharField(_("area code"), max_length=15)  # no index: never listed by area alone
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="fallbacks", db_index=False)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    rank = models.PositiveSmallIntegerField()
    next_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=10, choices=Channel)
    wave = models.ForeignKey(Broadcast, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("next address")
        verbose_name_plural = _("next addresses")
        constraints = [models.UniqueConstraint(fields=["broadcast", "contact_point", "rank"], name="fallback_once")]
        indexes = [models.Index(fields=["broadcast"], condition=Q(wave__isnull=True), name="fallback_waiting")]


class PurgedCount(models.Model):
    """How many deliveries of a broadcast stood where when its rows were destroyed: the sums outlive the numbers."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="purged_counts")
    state = models.SmallIntegerField(choices=State)
    count = models.PositiveIntegerField()
    purged_at = models.DateTimeField()

    class Meta:
        verbose_name = _("count of destroyed deliveries")
        verbose_name_plural = _("counts of destroyed deliveries")
        constraints = [models.UniqueConstraint(fields=["broadcast", "state"], name="purged_count_once")]
