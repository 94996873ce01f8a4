"""What was seen at a site. An inspection is an observation: it is added, never edited."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Media, Stamped
from hazards.enums import ItemResult
from hazards.models.checklist import Checklist, ChecklistItem
from hazards.models.site import HazardSite
from territory.models import Placed, PlacedQuerySet


class Inspection(Placed, Stamped):
    """One visit to a site. The device mints `client_uuid`: the same id and body is the same inspection.

    `missing_photos` lists the photographs still on their way as {"sha256", "item"}; it counts as inspected only when
    none is missing.
    """

    client_uuid = models.UUIDField(unique=True)
    body_sha256 = models.CharField(max_length=64)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="inspections")
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="+")
    inspected_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="inspections")
    on_behalf_of = models.CharField(_("on behalf of"), max_length=60, blank=True)
    occurred_at = models.DateTimeField(_("inspected at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True, blank=True)
    distance_m = models.FloatField(_("distance to the site (m)"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    failed_items = models.PositiveSmallIntegerField(_("failed items"), default=0)
    missing_photos = models.JSONField(default=list, blank=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    sent_back_reason = models.CharField(_("sent back because"), max_length=200, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["Inspection"].as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        indexes = [
            # How a site stands is read from this index alone: every list, count and map asks it once a site.
            models.Index(
                fields=["site", "-occurred_at", "-id"],
                include=["failed_items"],
                condition=Q(sent_back_reason="", exercise__isnull=True),
                name="inspection_that_counts",
            ),
            # The few that are not done with: from these alone a round tells its done members from the others.
            models.Index(
                fields=["id"],
                condition=~Q(missing_photos=[]) | ~Q(sent_back_reason="") | Q(verified_at__isnull=True),
                name="inspection_not_done",
            ),
            GinIndex(fields=["missing_photos"], condition=~Q(missing_photos=[]), name="inspection_photos_missing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True, verified_at__isnull=True)
                | (Q(verified_by__isnull=False, verified_at__isnull=False) & ~Q(verified_by=F("inspected_by"))),
                name="inspection_verified_by_another",
                violation_error_message=_("Another person than the inspector must verify the inspection."),
            )
        ]


class InspectionAnswer(models.Model):
    """The answer to one item."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(_("result"), max_length=4, choices=ItemResult)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inspection", "item"], name="answer_once")]


class InspectionPhoto(models.Model):
    """A photograph that has arrived for an inspection, for one failed item or for the site as a whole."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="photos")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inspection", "media"], name="inspection_photo_once")]
