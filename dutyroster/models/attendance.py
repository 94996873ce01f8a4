"""Who came, who stood in, and what the roll calls found."""

import uuid

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.models import APPEND_ONLY, Stamped
from dutyroster.enums import Came, CheckMeans, Outcome, StandInState
from dutyroster.models.post import DutyPost
from dutyroster.models.roster import Shift
from territory.models import Placed, PlacedQuerySet


class CheckIn(models.Model):
    """Somebody came to his shift or left it. Append-only; clocks use `occurred_at`."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="check_ins")
    kind = models.CharField(_("what"), max_length=3, choices=Came, default=Came.IN)
    is_late = models.BooleanField(_("late"), default=False)
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    means = models.CharField(_("how"), max_length=10, choices=CheckMeans, default=CheckMeans.PAGE)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=60, blank=True)
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["shift", "kind"], name="check_in_once")]
        triggers = [APPEND_ONLY]


class ShiftDuty(models.Model):
    """The duty to be at one's post, given before the shift starts and done by checking in."""

    shift = models.OneToOneField(Shift, on_delete=models.PROTECT, related_name="duty")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="shift_duty")

    class Meta:
        verbose_name = _("duty of a shift")
        verbose_name_plural = _("duties of shifts")


class StandIn(Stamped):
    """The call to a deputy because whoever has the shift did not come, or left his post. Each deputy once a shift."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="stand_ins")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="stand_in")
    noticed_at = models.DateTimeField(_("noticed"))
    # When silence is taken for a no; empty once the deputy has answered or is not needed.
    next_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=StandInState, default=StandInState.CALLED)
    replacement = models.OneToOneField(
        Shift, on_delete=models.PROTECT, null=True, blank=True, related_name="stands_in_for"
    )

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering = ["pk"]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="stand_in_due")]
        constraints = [models.UniqueConstraint(fields=["shift", "deputy"], name="stand_in_once")]


class RollCall(Placed, Stamped):
    """查岗: a moment drawn in advance by a stored seed, hidden from those who will be called.

    No history of this table is kept: it would tell the moment to whoever may read histories.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    posts = models.ManyToManyField(DutyPost, blank=True, related_name="+", verbose_name=_("posts"))
    window_from = models.DateTimeField(_("window from"))
    window_until = models.DateTimeField(_("window until"))
    at = models.DateTimeField(_("drawn moment"))
    seed = models.CharField(max_length=40)
    answer_minutes = models.PositiveSmallIntegerField(_("minutes to answer"), default=5)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ordered_by_name = models.CharField(max_length=60)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("called off"), null=True, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["RollCall"].as_manager()

    class Meta:
        verbose_name = _("roll call")
        verbose_name_plural = _("roll calls")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["at"], condition=Q(started_at__isnull=True, cancelled_at__isnull=True), name="roll_call_waiting"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(at__gte=F("window_from")) & Q(at__lt=F("window_until")), name="roll_call_in_window"
            )
        ]


class RollCallTarget(models.Model):
    """One person called: how often, what he answered, and who judged his silence. Nobody judges his own."""

    roll_call = models.ForeignKey(RollCall, on_delete=models.PROTECT, related_name="targets")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="roll_call_targets")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="roll_call_target")
    calls = models.PositiveSmallIntegerField(_("calls"), default=1)
    next_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.WAITING)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(_("judged"), null=True, blank=True)
    note = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("person called")
        verbose_name_plural = _("people called")
        ordering = ["pk"]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="roll_call_target_due")]
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "shift"], name="roll_call_target_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("person")),
                name="absence_judged_by_another",
                violation_error_message=_("Nobody judges his own absence: another person must."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[Outcome.CONFIRMED, Outcome.EXCUSED]) | Q(confirmed_by__isnull=False),
                name="absence_judged_by_somebody",
            ),
        ]
