"""The three ticks of a closing, who makes them where, and from which depth a kind of place is closed."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.enums import Means
from assignments.models import Assignment
from command.enums.closing import Party
from command.models.closure import Closure
from core.models import Stamped
from hazards.enums import SiteKind
from territory.models import ContactPoint, Placed, PlacedQuerySet


@pghistory.track()
class ClosingLimit(Stamped):
    """From which depth places of a kind are closed, below which they may be opened. A site's own depth goes first."""

    kind = models.CharField(_("kind"), max_length=16, choices=SiteKind, unique=True)
    closing_depth_cm = models.PositiveSmallIntegerField(_("closed from (cm)"))
    reopen_below_cm = models.PositiveSmallIntegerField(_("opened below (cm)"))

    class Meta:
        verbose_name = _("depth limit of a kind")
        verbose_name_plural = _("depth limits of kinds")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closing_depth_cm__gte=1, reopen_below_cm__gte=1)
                & Q(reopen_below_cm__lte=F("closing_depth_cm")),
                name="closing_limit_opens_below_closing",
            )
        ]


@pghistory.track(exclude=["contact_name"])
class ClosingPartner(Placed, Stamped):
    """Who answers for one party of a closing in an area: somebody with an account, or a name and a telephone.

    The smallest area that holds the place goes first.
    """

    party = models.CharField(_("party"), max_length=10, choices=Party)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact_name = models.CharField(_("agency or person"), max_length=40, blank=True)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PlacedQuerySet["ClosingPartner"].as_manager()

    class Meta:
        verbose_name = _("partner of closings")
        verbose_name_plural = _("partners of closings")
        ordering = ["party", "area_code"]
        constraints = [
            models.UniqueConstraint(fields=["party", "area_code"], name="closing_partner_once_an_area"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, contact_name="", contact_point__isnull=True)
                | (Q(person__isnull=True, contact_point__isnull=False) & ~Q(contact_name="")),
                name="closing_partner_is_reached",
            ),
        ]


@pghistory.track(exclude=["ticked_by_name"])
class ClosureTick(Stamped):
    """One of the three things without which a closing is not whole, and the duty with which it is asked for.

    `ticked_at` is when it was done, `recorded_at` when it was said. `means` tells whether it was recorded for another.
    """

    closure = models.ForeignKey(Closure, on_delete=models.PROTECT, related_name="ticks")
    party = models.CharField(_("party"), max_length=10, choices=Party)
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="closure_tick")
    ticked_at = models.DateTimeField(_("done at"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), null=True, blank=True)
    ticked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ticked_by_name = models.CharField(max_length=60, blank=True)
    means = models.CharField(_("how"), max_length=12, choices=Means, blank=True)

    class Meta:
        verbose_name = _("tick of a closing")
        verbose_name_plural = _("ticks of closings")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["closure", "party"], name="closure_tick_once_a_party"),
            models.CheckConstraint(
                condition=Q(ticked_at__isnull=True, recorded_at__isnull=True, ticked_by__isnull=True, ticked_by_name="")
                | (Q(ticked_at__isnull=False, recorded_at__isnull=False) & ~Q(ticked_by_name="")),
                name="closure_ticked_by_somebody",
            ),
        ]
