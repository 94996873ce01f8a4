"""Underground spaces of an area that were told to close, and what their keepers have ticked."""

import uuid

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.enums import Means
from assignments.models import Assignment
from command.enums.closing import BackReason, KeeperStep
from core.models import APPEND_ONLY, Stamped
from hazards.models import HazardSite
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class UndergroundCall(Placed, Stamped):
    """One press: every car park and market below ground of an area is to close.

    Whoever pressed does not end it: people go down again. The database refuses.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["UndergroundCall"].as_manager()

    class Meta:
        verbose_name = _("closing of underground spaces")
        verbose_name_plural = _("closings of underground spaces")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="underground_call_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | ~Q(ended_by=F("opened_by")),
                name="underground_call_ended_by_another",
            ),
        ]


class UndergroundSpace(Placed):
    """One space of a call and the duty of its keeper. A space stands in one open call."""

    call = models.ForeignKey(UndergroundCall, on_delete=models.PROTECT, related_name="spaces")
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="+")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="underground_space")
    has_keeper = models.BooleanField(_("has a keeper"), default=True)  # else the sub-district owes it
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["UndergroundSpace"].as_manager()

    class Meta:
        verbose_name = _("underground space")
        verbose_name_plural = _("underground spaces")
        constraints = [
            models.UniqueConstraint(fields=["call", "site"], name="underground_space_once_a_call"),
            models.UniqueConstraint(
                fields=["site", "exercise"],
                condition=Q(ended_at__isnull=True),
                name="underground_space_in_one_open_call",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.site.name


class UndergroundTickQuerySet(models.QuerySet["UndergroundTick"]):
    """Ticks of underground spaces."""

    def standing(self) -> "UndergroundTickQuerySet":
        """Those that nobody has taken back."""
        return self.filter(back=None)


class UndergroundTick(models.Model):
    """Something that a keeper has done. Append-only; `nth` is above 1 where the one before was taken back."""

    space = models.ForeignKey(UndergroundSpace, on_delete=models.PROTECT, related_name="ticks")
    step = models.CharField(_("what"), max_length=8, choices=KeeperStep)
    nth = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    means = models.CharField(_("how"), max_length=12, choices=Means)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)

    objects = UndergroundTickQuerySet.as_manager()

    class Meta:
        verbose_name = _("tick of an underground space")
        verbose_name_plural = _("ticks of underground spaces")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["space", "step", "nth"], name="underground_tick_once_a_turn")]
        triggers = [APPEND_ONLY]


class UndergroundBack(models.Model):
    """A tick that does not hold, taken back with the reason; the tick itself stays. Append-only."""

    tick = models.OneToOneField(UndergroundTick, on_delete=models.PROTECT, related_name="back")
    reason = models.CharField(_("why"), max_length=8, choices=BackReason)
    at = models.DateTimeField(_("taken back at"))
    means = models.CharField(_("how"), max_length=12, choices=Means)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("tick taken back")
        verbose_name_plural = _("ticks taken back")
        ordering = ["id"]
        triggers = [APPEND_ONLY]
