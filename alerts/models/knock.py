"""Door-knocks: one duty per grid for the households not reached, and the visits that answer it."""

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import VisitOutcome
from alerts.models.audience import AudienceHousehold
from alerts.models.notice import Notice
from assignments.models import Assignment
from core.models import APPEND_ONLY
from territory.models import Placed, PlacedQuerySet


class DoorKnock(Placed):
    """The duty to knock at the doors of one grid under one notice. `again`: how often somebody was sent there before
    whose visits did not hold.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="knocks")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="door_knock")
    again = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("created"))

    objects = PlacedQuerySet["DoorKnock"].as_manager()

    class Meta:
        verbose_name = _("door-knock")
        verbose_name_plural = _("door-knocks")
        constraints = [
            models.UniqueConstraint(fields=["notice", "area_code", "again"], name="door_knock_once_per_grid")
        ]


class Visit(models.Model):
    """What was found at one door, with the device's own id; where the device was, if it said so. Append-only.

    `by` was there. `recorded_by` wrote it down for him (代录) and `told_by` is who told it; both empty: he did himself.
    """

    client_uuid = models.UUIDField(unique=True)
    audience = models.ForeignKey(AudienceHousehold, on_delete=models.PROTECT, related_name="visits")
    outcome = models.CharField(_("outcome"), max_length=10, choices=VisitOutcome)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    told_by = models.CharField(_("told by"), max_length=60, blank=True, default="", db_default="")
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)
    accuracy_m = models.FloatField(_("accurate to (m)"), null=True, blank=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_by=None, told_by="")
                | (Q(recorded_by__isnull=False, by__isnull=False) & ~Q(told_by="") & ~Q(recorded_by=F("by"))),
                name="visit_recorded_for_another",
            )
        ]
        triggers = [APPEND_ONLY]


class VisitCheck(models.Model):
    """What the community found of a visit that nobody could have made that fast. One that does not hold is no visit."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="check_of")
    holds = models.BooleanField(_("holds"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("check of a visit")
        verbose_name_plural = _("checks of visits")
        triggers = [APPEND_ONLY]
