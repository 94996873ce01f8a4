"""Door-knocks: one duty per grid for the households not reached, and the visits that answer it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import VisitOutcome
from alerts.models.audience import AudienceHousehold
from alerts.models.notice import Notice
from assignments.models import Assignment
from core.models import APPEND_ONLY
from territory.models import Placed, PlacedQuerySet


class DoorKnock(Placed):
    """The duty to knock at the doors of one grid under one notice."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="knocks")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="door_knock")
    created_at = models.DateTimeField(_("created"))

    objects = PlacedQuerySet["DoorKnock"].as_manager()

    class Meta:
        verbose_name = _("door-knock")
        verbose_name_plural = _("door-knocks")
        constraints = [models.UniqueConstraint(fields=["notice", "area_code"], name="door_knock_once_per_grid")]


class Visit(models.Model):
    """What was found at one door, with the device's own id. Append-only."""

    client_uuid = models.UUIDField(unique=True)
    audience = models.ForeignKey(AudienceHousehold, on_delete=models.PROTECT, related_name="visits")
    outcome = models.CharField(_("outcome"), max_length=10, choices=VisitOutcome)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        triggers = [APPEND_ONLY]
