"""What a phone has sent: the sealed record as it came, and what of it is still on its way."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Stamped
from field.enums import PositionSource, RecordKind
from territory.models import Placed, PlacedQuerySet


class SealedRecord(Placed, Stamped):
    """One record of a phone's outbox. The device mints `client_uuid`; the same id and content is the same record.

    `missing_photos` are the hashes still on their way; `applied_at` is empty while the act of its kind waits for them.
    What it became stands in the table of its kind under the same number.
    """

    client_uuid = models.UUIDField(unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=RecordKind)
    body_sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sealed_records")
    captured_at = models.DateTimeField(_("recorded on the phone"))
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True, blank=True)
    position_source = models.CharField(_("source of the position"), max_length=8, choices=PositionSource, blank=True)
    distance_m = models.FloatField(_("distance to the site (m)"), null=True, blank=True)
    flags = models.JSONField(_("what looks odd"), default=list, blank=True)
    missing_photos = models.JSONField(default=list, blank=True)
    applied_at = models.DateTimeField(_("taken in"), null=True, blank=True)
    # Why the act of its kind could not be done once its photographs had arrived, and what was done about it then.
    refusal = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_words = models.CharField(_("what was done"), max_length=200, blank=True)
    # What its person is told with the receipt: {"code", "who", "at", "stored"}.
    news = models.JSONField(default=dict, blank=True)
    # Who read it in from a file; empty when its own phone sent it.
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["SealedRecord"].as_manager()

    class Meta:
        verbose_name = _("record from the field")
        verbose_name_plural = _("records from the field")
        indexes = [
            models.Index(fields=["area_code", "-recorded_at"], name="sealed_by_area"),
            models.Index(fields=["by", "-recorded_at"], name="sealed_mine"),
            models.Index(
                fields=["area_code", "recorded_at"],
                condition=~Q(refusal="") & Q(settled_at__isnull=True),
                name="sealed_refused",
            ),
            GinIndex(fields=["missing_photos"], condition=~Q(missing_photos=[]), name="sealed_photos_missing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settled_words="")),
                name="sealed_settled_by_somebody",
            ),
        ]

    @property
    def is_complete(self) -> bool:
        """Everything that it lists has arrived."""
        return not self.missing_photos
