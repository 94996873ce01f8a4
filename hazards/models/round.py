"""Rounds of re-inspection with a frozen list of members, and what the sweep found."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.models import APPEND_ONLY, Stamped
from hazards.enums import SeasonPhase, Trigger
from hazards.models.inspection import Inspection
from hazards.models.site import HazardSite
from territory.models import Placed, PlacedQuerySet, Season


@pghistory.track()
class SeasonRound(Placed, Stamped):
    """A round that the calendar opens by itself, once a flood season: on which day, over which area, for how long."""

    title = models.CharField(_("title"), max_length=60)
    phase = models.CharField(_("counted from"), max_length=8, choices=SeasonPhase)
    offset_days = models.SmallIntegerField(_("days after that (negative: before)"), default=0)
    due_days = models.PositiveSmallIntegerField(_("to be done within (days)"), default=7)
    planned_at = models.DateTimeField(_("planned"))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    objects = PlacedQuerySet["SeasonRound"].as_manager()

    class Meta:
        verbose_name = _("round of the season calendar")
        verbose_name_plural = _("rounds of the season calendar")
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "phase", "offset_days"],
                condition=Q(stopped_at__isnull=True),
                name="season_round_once",
            ),
            models.CheckConstraint(condition=Q(due_days__gt=0), name="season_round_has_days"),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class InspectionRound(Placed, Stamped):
    """第 n 轮排查: the list of sites is frozen when it opens, so that 100 % means what it says.

    Closing below 100 % needs a signed reason for every member that is missing.
    """

    number = models.PositiveIntegerField(_("round"), unique=True)
    title = models.CharField(_("title"), max_length=80)
    trigger = models.CharField(_("opened by"), max_length=10, choices=Trigger, default=Trigger.PERSON)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"))
    planned = models.ForeignKey(SeasonRound, on_delete=models.PROTECT, null=True, blank=True, related_name="rounds")
    season = models.ForeignKey(Season, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["InspectionRound"].as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="round_closed_by_somebody",
            ),
            models.UniqueConstraint(fields=["planned", "season"], name="round_once_a_season"),
        ]

    def __str__(self) -> str:
        return self.title


class RoundMember(Placed, Stamped):
    """A site that this round must see.

    `is_addendum` marks those registered after it opened: they do not count in the 100 %.
    """

    round = models.ForeignKey(InspectionRound, on_delete=models.CASCADE, related_name="members")
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="memberships")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, null=True, related_name="round_member")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    is_addendum = models.BooleanField(_("added later"), default=False)
    missing_reason = models.CharField(_("why it was not inspected"), max_length=200, blank=True)

    # What queries add for screens.
    street: str

    objects = PlacedQuerySet["RoundMember"].as_manager()

    class Meta:
        verbose_name = _("member of the round")
        verbose_name_plural = _("members of the round")
        constraints = [models.UniqueConstraint(fields=["round", "site"], name="round_member_once")]
        indexes = [
            models.Index(
                fields=["round", "area_code"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                include=["id", "site", "inspection", "is_addendum"],
                name="round_member_by_area",
            )
        ]


class SweepRun(models.Model):
    """One run of the check that every site has been re-inspected: what it counted. Append-only."""

    round = models.ForeignKey(InspectionRound, on_delete=models.CASCADE, related_name="sweeps")
    at = models.DateTimeField(_("at"))
    required = models.PositiveIntegerField(_("required"))
    inspected = models.PositiveIntegerField(_("inspected"))
    done = models.PositiveIntegerField(_("verified"))
    late = models.PositiveIntegerField(_("late"))
    late_sites = models.JSONField(_("late sites"), default=list)
    reminded = models.PositiveIntegerField(_("reminded"), default=0)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        get_latest_by = "at"
        indexes = [models.Index(fields=["round", "-at"], name="sweep_newest")]
        triggers = [APPEND_ONLY]
