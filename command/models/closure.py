"""Places that water has closed, by whom, and who opened them again."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from command.enums.closing import ReopenReason
from command.enums.dangers import ClosureMeans, ClosureVerb, DangerSource
from core.models import APPEND_ONLY, Media, Stamped
from hazards.models import HazardSite
from territory.models import Placed, PlacedQuerySet


@pghistory.track(exclude=["closed_by_name"])
class Closure(Placed, Stamped):
    """One episode of water at a site: driving slowly, closed, waiting to be re-opened, open again.

    `depth_cm` is the last depth that somebody measured. Without `closed_at` people drive slowly. Whoever closed it or
    asked for its re-opening does not re-open it: the database refuses.
    """

    client_uuid = models.UUIDField(unique=True)
    body_sha256 = models.CharField(max_length=64)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="closures")
    began_at = models.DateTimeField(_("water since"))
    recorded_at = models.DateTimeField(_("recorded at"))
    depth_cm = models.PositiveSmallIntegerField(_("depth of water (cm)"))
    measured_at = models.DateTimeField(_("measured at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_by_name = models.CharField(max_length=60, blank=True)  # stands alone for whoever has no account
    means = models.CharField(_("by what"), max_length=14, choices=ClosureMeans, default=ClosureMeans.NONE)
    source = models.CharField(_("source"), max_length=10, choices=DangerSource)
    reopen_asked_at = models.DateTimeField(_("re-opening asked at"), null=True, blank=True)
    reopen_asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reopened_at = models.DateTimeField(_("re-opened at"), null=True, blank=True)
    reopened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reopen_reason = models.CharField(_("why it may open"), max_length=10, choices=ReopenReason, blank=True)
    reopen_depth_cm = models.PositiveSmallIntegerField(_("depth at re-opening (cm)"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["Closure"].as_manager()

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        indexes = [models.Index(fields=["-began_at", "-id"], name="closure_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "exercise"],
                condition=Q(reopened_at__isnull=True),
                name="closure_one_open_per_site",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closed_by_name="")
                | (Q(closed_at__isnull=False) & ~Q(closed_by_name="")),
                name="closure_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True)
                | Q(reopened_at__isnull=False, reopened_by__isnull=False),
                name="closure_reopened_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True)
                | Q(closed_at__isnull=True)
                | (Q(reopen_depth_cm__isnull=False) & ~Q(reopen_reason="")),
                name="closure_reopened_with_reason_and_depth",
            ),
            models.CheckConstraint(
                condition=Q(reopened_by__isnull=True)
                | Q(closed_at__isnull=True)
                | (
                    (Q(closed_by=None) | ~Q(reopened_by=F("closed_by")))
                    & (Q(reopen_asked_by=None) | ~Q(reopened_by=F("reopen_asked_by")))
                ),
                name="closure_reopened_by_another",
                violation_error_message=_("Another person than the one who closed it or asked must re-open it."),
            ),
        ]

    def __str__(self) -> str:
        return self.site.name


class ClosureAct(models.Model):
    """Something that happened at a closed place. Append-only."""

    closure = models.ForeignKey(Closure, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(_("what"), max_length=8, choices=ClosureVerb)
    depth_cm = models.PositiveSmallIntegerField(_("depth of water (cm)"), null=True, blank=True)
    at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    note = models.CharField(_("note"), max_length=200, blank=True)
    photo = models.ForeignKey(Media, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("closure event")
        verbose_name_plural = _("closure events")
        ordering = ["id"]
        triggers = [APPEND_ONLY]
