"""Routine inspections between the rounds: how often, since when, and every date that has fallen due."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assignments.models import Assignment
from core.models import Stamped
from hazards.enums import Base, Circumstance, SiteKind
from hazards.models.inspection import Inspection
from hazards.models.site import HazardSite
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class RoutineTerm(models.Model):
    """Every how many days a kind of site is seen in one circumstance. Of those that hold the shortest counts."""

    kind = models.CharField(_("kind"), max_length=16, choices=SiteKind)
    circumstance = models.CharField(_("circumstance"), max_length=8, choices=Circumstance)
    days = models.PositiveSmallIntegerField(_("every (days)"))
    ahead = models.PositiveSmallIntegerField(_("duty given ahead (days)"), default=0)

    class Meta:
        verbose_name = _("interval of routine inspections")
        verbose_name_plural = _("intervals of routine inspections")
        constraints = [
            models.UniqueConstraint(fields=["kind", "circumstance"], name="routine_term_once"),
            models.CheckConstraint(condition=Q(days__gt=0, ahead__lt=F("days")), name="routine_term_has_days"),
        ]

    def __str__(self) -> str:
        return f"{SiteKind(self.kind).label} {Circumstance(self.circumstance).label}"


@pghistory.track(exclude=["reckoned_to"])  # it moves every day and decides nothing
class RoutineSchedule(Placed, Stamped):
    """The routine of one site: its next date, what that is counted from, and the last day that has been reckoned.

    `stopped_at`: no further dates fall due; those that have stay.
    """

    site = models.OneToOneField(HazardSite, on_delete=models.PROTECT, related_name="routine")
    base = models.CharField(_("counted from"), max_length=10, choices=Base, default=Base.SCHEDULED)
    next_on = models.DateField(_("next date"))
    last_on = models.DateField(_("date before"), null=True, blank=True)
    reckoned_to = models.DateField(_("reckoned to"))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    objects = PlacedQuerySet["RoutineSchedule"].as_manager()

    class Meta:
        verbose_name = _("routine of a site")
        verbose_name_plural = _("routines of sites")
        indexes = [
            models.Index(fields=["reckoned_to"], condition=Q(stopped_at__isnull=True), name="routine_to_reckon"),
        ]


class RoutineDue(Placed, Stamped):
    """One date of a routine and its one duty. Written once, whatever happens; missed is a question, not a state.

    `opens_on`: a visit from this day on keeps it. Without assignment it was over before anybody could be told, or
    nobody answers for the site. `done_at`: when the visit took place that kept it or made it up.
    """

    schedule = models.ForeignKey(RoutineSchedule, on_delete=models.PROTECT, related_name="dates")
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="routine_dates")
    due_date = models.DateField(_("date"))
    opens_on = models.DateField(_("opens"))
    days = models.PositiveSmallIntegerField(_("every (days)"))
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="routine_due"
    )
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="routine_dates"
    )
    done_at = models.DateTimeField(_("seen"), null=True, blank=True)

    # What queries add for screens.
    state: str
    tone: str
    state_label: str
    street: str

    objects = PlacedQuerySet["RoutineDue"].as_manager()

    class Meta:
        verbose_name = _("date of a routine")
        verbose_name_plural = _("dates of routines")
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_date"], name="routine_due_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(inspection__isnull=False), name="routine_done_by_a_visit"
            ),
            models.CheckConstraint(condition=Q(opens_on__lte=F("due_date")), name="routine_opens_before_it_is_due"),
        ]
        indexes = [
            models.Index(fields=["area_code", "due_date"], condition=Q(done_at__isnull=True), name="routine_owed"),
            models.Index(fields=["site", "-due_date"], name="routine_of_site"),
        ]
