"""Posts, how many people each needs on which day, who takes turns there, and who is away."""

from datetime import time

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from core.models import Stamped
from dutyroster.enums import Presence
from territory.enums import DayKind
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class DutyPost(Placed, Stamped):
    """A place on the roster of an area. Its duty day begins at `starts_at` (district time) and lasts 24 hours.

    `role` says whose work the post is; `phone` is the fixed telephone that rings there. `rest_hours` lie at least
    between two shifts of one person, `late_minutes` after a shift's start he counts as late.
    """

    name = models.CharField(_("post"), max_length=40)
    role = models.CharField(_("role"), max_length=24, choices=Role)
    presence = models.CharField(_("presence"), max_length=10, choices=Presence, default=Presence.ON_SITE)
    starts_at = models.TimeField(_("change of shift"), default=time(8))
    shift_hours = models.PositiveSmallIntegerField(_("hours a shift"), default=24)
    rest_hours = models.PositiveSmallIntegerField(_("hours of rest"), default=24)
    late_minutes = models.PositiveSmallIntegerField(_("late after (minutes)"), default=15)
    phone = models.CharField(_("duty telephone"), max_length=20, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    retired_at = models.DateTimeField(_("out of use since"), null=True, blank=True)

    objects = PlacedQuerySet["DutyPost"].as_manager()

    class Meta:
        verbose_name = _("duty post")
        verbose_name_plural = _("duty posts")
        ordering = ["area_code", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "name"], condition=Q(retired_at__isnull=True), name="post_named_once"
            ),
            # Shifts have to fill the duty day exactly, or the change of shift would wander round the clock.
            models.CheckConstraint(condition=Q(shift_hours__in=(8, 12, 24)), name="post_shift_divides_the_day"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class PostRequirement(models.Model):
    """How many people a post needs on a kind of day; with a `response_level` (1–4), while that level is in force."""

    post = models.ForeignKey(DutyPost, on_delete=models.CASCADE, related_name="requirements")
    day_kind = models.CharField(_("kind of day"), max_length=10, choices=DayKind)
    response_level = models.PositiveSmallIntegerField(_("response level"), null=True, blank=True)
    staff = models.PositiveSmallIntegerField(_("people"))

    class Meta:
        verbose_name = _("required staff")
        verbose_name_plural = _("required staff")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "day_kind", "response_level"], nulls_distinct=False, name="requirement_once"
            ),
            models.CheckConstraint(
                condition=Q(response_level__isnull=True) | Q(response_level__range=(1, 4)), name="requirement_level"
            ),
            # Whatever day it turns out to be: an unknown one takes the highest of the three, so it has no row.
            models.CheckConstraint(
                condition=Q(day_kind__in=(DayKind.WORKDAY, DayKind.WEEKEND, DayKind.HOLIDAY)), name="requirement_day"
            ),
        ]


@pghistory.track()
class PostMember(models.Model):
    """Who takes turns at a post, both days included; a deputy steps in only when nobody else can."""

    post = models.ForeignKey(DutyPost, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="post_memberships")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    is_deputy = models.BooleanField(_("deputy"), default=False)
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a post")
        verbose_name_plural = _("members of a post")
        ordering = ["post", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["post", "person", "since"], name="post_member_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="post_member_ends_after_start"
            ),
        ]


@pghistory.track(exclude=["reason"])
class Leave(Stamped):
    """Days on which a person is not put on duty, both included. The reason is his own matter and has no history."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="leaves")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["first_day", "pk"]
        indexes = [models.Index(fields=["person", "last_day"], name="leave_by_person")]
        constraints = [models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="leave_ends_after_start")]
