"""What threatens somewhere, and when each step against it was taken."""

import pghistory
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from command.enums.dangers import DangerKind, DangerSource, DangerVerb
from core.models import APPEND_ONLY, Media, Stamped
from hazards.models import HazardSite
from territory.models import Placed, PlacedQuerySet


@pghistory.track(exclude=["reporter_name", "reporter_phone"])
class Danger(Placed, Stamped):
    """One danger with its clocks: found, reported, acknowledged, somebody sent, on scene, under control.

    The device mints `uuid`: the same number and content (`body_sha256`) is the same report. Each clock holds the time
    at which it happened; when that was typed stands in the events. `duplicate_of`: the danger that counts instead.
    """

    uuid = models.UUIDField(unique=True)
    body_sha256 = models.CharField(max_length=64)
    kind = models.CharField(_("kind of danger"), max_length=16, choices=DangerKind)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, null=True, blank=True, related_name="dangers")
    place = models.CharField(_("place"), max_length=160, blank=True)
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True, blank=True)
    description = models.TextField(_("what is seen"), blank=True)
    source = models.CharField(_("source"), max_length=10, choices=DangerSource)
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reporter_name = models.CharField(_("reported by"), max_length=60, blank=True)
    reporter_phone = models.CharField(_("reporter's telephone"), max_length=30, blank=True)
    found_at = models.DateTimeField(_("found"))
    reported_at = models.DateTimeField(_("reported"))
    acknowledged_at = models.DateTimeField(_("danger acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dispatched_at = models.DateTimeField(_("somebody sent"), null=True, blank=True)
    on_scene_at = models.DateTimeField(_("on scene"), null=True, blank=True)
    controlled_at = models.DateTimeField(_("under control"), null=True, blank=True)
    closed_at = models.DateTimeField(_("danger closed"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_reason = models.CharField(_("how it ended"), max_length=200, blank=True)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="danger"
    )
    # Whoever was told that it came in; ended when somebody acknowledges the danger.
    receipt = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="danger_to_read"
    )
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["Danger"].as_manager()

    class Meta:
        verbose_name = _("danger")
        verbose_name_plural = _("dangers")
        indexes = [
            models.Index(fields=["area_code", "reported_at"], condition=Q(closed_at=None), name="danger_open"),
            models.Index(fields=["-reported_at", "-id"], name="danger_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(found_at__lte=models.F("reported_at")), name="danger_found_first"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(closed_reason=""), name="danger_closed_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | Q(closed_at__isnull=False), name="danger_duplicate_is_closed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.where}"

    @property
    def where(self) -> str:
        """The site's name or the place as it was said."""
        return self.site.name if self.site else self.place


class DangerAct(models.Model):
    """Something that happened to a danger. Append-only; `at` is when it happened, `recorded_at` when it was typed."""

    danger = models.ForeignKey(Danger, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(_("what"), max_length=12, choices=DangerVerb)
    at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    note = models.CharField(_("note"), max_length=500, blank=True)
    photo = models.ForeignKey(Media, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("danger event")
        verbose_name_plural = _("danger events")
        ordering = ["id"]
        triggers = [APPEND_ONLY]
