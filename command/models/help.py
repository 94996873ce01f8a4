"""People who ask for help: one list, whatever way they asked."""

import pghistory
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.models import AudienceHousehold
from assignments.models import Assignment
from command.enums.dangers import HelpOutcome, HelpSource
from core.models import Stamped
from dutyroster.models import LogEntry
from territory.models import Placed, PlacedQuerySet


@pghistory.track(exclude=["who", "phone"])
class HelpRequest(Placed, Stamped):
    """One call for help. It closes only after somebody has spoken with whoever asked.

    `audience` is the household of a notice that answered so: it has at most one open call here, and both close
    together. `log_entry` is the line of the duty log it was noted from.
    """

    uuid = models.UUIDField(unique=True)
    body_sha256 = models.CharField(max_length=64, blank=True)
    who = models.CharField(_("who asks"), max_length=60, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    persons = models.PositiveSmallIntegerField(_("persons"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)
    need = models.CharField(_("what is needed"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=HelpSource)
    audience = models.ForeignKey(
        AudienceHousehold, on_delete=models.PROTECT, null=True, blank=True, related_name="help_requests"
    )
    log_entry = models.OneToOneField(
        LogEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="help_request"
    )
    received_at = models.DateTimeField(_("asked at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="help_request"
    )
    helper_named_at = models.DateTimeField(_("helper named at"), null=True, blank=True)
    spoken_at = models.DateTimeField(_("spoken with at"), null=True, blank=True)
    spoken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    spoken_by_name = models.CharField(max_length=60, blank=True)
    closed_at = models.DateTimeField(_("help closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=10, choices=HelpOutcome, blank=True)
    outcome_note = models.CharField(_("what was done"), max_length=200, blank=True)
    # More came from that internet address than people press: thousands of telephones share one, so it is only said.
    many_from_address = models.BooleanField(_("many from one address"), default=False, db_default=False)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["HelpRequest"].as_manager()

    class Meta:
        verbose_name = _("call for help")
        verbose_name_plural = _("calls for help")
        indexes = [
            models.Index(fields=["area_code", "received_at"], condition=Q(closed_at=None), name="help_open"),
            models.Index(fields=["-received_at", "-id"], name="help_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["audience"], condition=Q(closed_at__isnull=True), name="help_open_once_per_household"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | (Q(spoken_at__isnull=False) & ~Q(outcome="")),
                name="help_closed_only_after_speaking",
                violation_error_message=_("Nobody has spoken with them yet: speak first, record it, then close."),
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(part for part in (self.who, self.place) if part) or self.phone
