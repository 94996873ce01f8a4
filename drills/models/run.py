"""A plan that is played: its clock as events, what went out, who took part, what was found."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.models import APPEND_ONLY, Stamped
from drills.enums import FindingKind, RunVerb
from drills.models.plan import DrillPlan, Inject
from messaging.models import Broadcast
from territory.models import Placed, PlacedQuerySet


class DrillRun(Placed, Stamped):
    """One playing of a plan. `uuid` is the exercise that stands on every row it causes; its state follows from its
    events, and nothing of it is ever deleted.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(DrillPlan, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveSmallIntegerField(_("run"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = PlacedQuerySet["DrillRun"].as_manager()

    class Meta:
        verbose_name = _("drill run")
        verbose_name_plural = _("drill runs")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="run_number_once")]

    def __str__(self) -> str:
        return f"{self.plan.title} {self.number}"


class Participant(models.Model):
    """Somebody who takes part: injects look for their receivers among these, and only their telephones are enlisted."""

    run = models.ForeignKey(DrillRun, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "person"], name="participant_once")]


class RunEvent(models.Model):
    """What a controller did with the clock. Append-only: the exercise time is computed from these rows alone."""

    run = models.ForeignKey(DrillRun, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(_("what"), max_length=8, choices=RunVerb)
    at = models.DateTimeField(_("at"))
    seconds = models.PositiveIntegerField(_("put forward (s)"), default=0)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("clock event")
        verbose_name_plural = _("clock events")
        ordering = ["at", "pk"]
        triggers = [APPEND_ONLY]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "verb"],
                condition=Q(verb__in=[RunVerb.START, RunVerb.STOP]),
                name="run_starts_and_stops_once",
            ),
            models.CheckConstraint(
                condition=Q(verb=RunVerb.SKEW, seconds__gt=0) | (~Q(verb=RunVerb.SKEW) & Q(seconds=0)),
                name="only_skew_has_seconds",
            ),
        ]


class FiredInject(models.Model):
    """An inject that went out in a run, or was skipped: one row, so that it happens once. Append-only.

    `ref` and `url` name what it made elsewhere ("command.danger:7"); `fault` says why it could not do all it should.
    """

    run = models.ForeignKey(DrillRun, on_delete=models.PROTECT, related_name="fired")
    inject = models.ForeignKey(Inject, on_delete=models.PROTECT, related_name="fired")
    at = models.DateTimeField(_("at"))
    exercise_seconds = models.PositiveIntegerField(_("exercise time (s)"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_skipped = models.BooleanField(_("skipped"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, null=True, related_name="+")
    ref = models.CharField(max_length=80, blank=True)
    url = models.CharField(max_length=200, blank=True)
    fault = models.CharField(_("what went wrong"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("inject that went out")
        verbose_name_plural = _("injects that went out")
        ordering = ["at", "pk"]
        triggers = [APPEND_ONLY]
        constraints = [models.UniqueConstraint(fields=["run", "inject"], name="inject_fires_once")]


class FiredDuty(models.Model):
    """A duty that an inject gave to one of its receivers; its times are what is measured."""

    fired = models.ForeignKey(FiredInject, on_delete=models.PROTECT, related_name="duties")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="fired_duty")


class Finding(Stamped):
    """What somebody saw. To be improved: `assignment` is the improvement item, a real duty and no exercise."""

    run = models.ForeignKey(DrillRun, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(_("kind"), max_length=5, choices=FindingKind, default=FindingKind.MEND)
    text = models.CharField(_("observation"), max_length=500)
    inject = models.ForeignKey(
        Inject, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("at inject")
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, null=True, related_name="finding")

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["pk"]
