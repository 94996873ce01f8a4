"""What is to be rehearsed: a plan, what it wants to show, and its injects."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from core.models import Stamped
from drills.enums import InjectKind, PlanState, Receiver
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class DrillPlan(Placed, Stamped):
    """One drill as it is written down. Once it has been run it stays as it was; a change is made in a copy."""

    title = models.CharField(_("title"), max_length=80)
    scenario = models.TextField(_("scenario"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PlanState, default=PlanState.DRAFT)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by"))
    copy_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies")

    objects = PlacedQuerySet["DrillPlan"].as_manager()

    class Meta:
        verbose_name = _("drill plan")
        verbose_name_plural = _("drill plans")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title


class Objective(models.Model):
    """One thing that the drill is to show."""

    plan = models.ForeignKey(DrillPlan, on_delete=models.CASCADE, related_name="objectives")
    order = models.PositiveSmallIntegerField(_("order"))
    text = models.CharField(_("objective"), max_length=200)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "text"], name="objective_once")]

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class Inject(Placed, Stamped):
    """导调信息: something that happens in the exercise, `minute` minutes after its start, and what is expected then.

    `area_code` is where it happens. Expectations are minutes of running exercise time after it went out.
    """

    plan = models.ForeignKey(DrillPlan, on_delete=models.CASCADE, related_name="injects")
    number = models.PositiveSmallIntegerField(_("number"))
    minute = models.PositiveSmallIntegerField(_("minutes after the start"))
    kind = models.CharField(_("kind"), max_length=10, choices=InjectKind)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), blank=True)
    receiver = models.CharField(_("who gets it"), max_length=10, choices=Receiver, default=Receiver.NOBODY)
    role = models.CharField(_("role"), max_length=24, choices=Role, blank=True)
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    level = models.PositiveSmallIntegerField(_("response level"), null=True, blank=True)
    expected = models.CharField(_("expected action"), max_length=200, blank=True)
    expect_ack_minutes = models.PositiveSmallIntegerField(_("acknowledged within (min)"), null=True, blank=True)
    expect_done_minutes = models.PositiveSmallIntegerField(_("done within (min)"), null=True, blank=True)
    objective = models.ForeignKey(
        Objective, on_delete=models.PROTECT, null=True, blank=True, related_name="injects", verbose_name=_("objective")
    )
    needs_controller = models.BooleanField(_("the controller lets it out"), default=False)

    objects = PlacedQuerySet["Inject"].as_manager()

    class Meta:
        verbose_name = _("inject")
        verbose_name_plural = _("injects")
        ordering = ["minute", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="inject_number_once",
                violation_error_message=_("This plan has an inject of this number: give it another."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(receiver__in=[Receiver.ROLE, Receiver.ON_DUTY], person__isnull=True) & ~Q(role="")
                    | Q(receiver=Receiver.PERSON, person__isnull=False, role="")
                    | Q(receiver=Receiver.NOBODY, person__isnull=True, role="")
                ),
                name="inject_receiver_is_one",
            ),
            models.CheckConstraint(
                condition=(~Q(kind=InjectKind.LEVEL) & Q(level__isnull=True))
                | Q(kind=InjectKind.LEVEL, level__gte=1, level__lte=4),
                name="inject_level_is_one_of_four",
            ),
            models.CheckConstraint(
                condition=Q(expect_ack_minutes__isnull=True)
                | Q(expect_done_minutes__isnull=True)
                | Q(expect_done_minutes__gte=F("expect_ack_minutes")),
                name="inject_done_after_acknowledged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
