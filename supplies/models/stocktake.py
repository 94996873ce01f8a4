"""Stock-takes: who counts, who recounts, who approves, and what was found lot by lot."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.models import Stamped
from supplies.enums import StocktakeState
from supplies.models.ledger import Movement
from supplies.models.store import Lot, Store
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class Stocktake(Placed, Stamped):
    """盘点: three persons, one store. Neither of those who count is shown what the ledger expects."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="stocktakes")
    state = models.CharField(_("state"), max_length=12, choices=StocktakeState, default=StocktakeState.COUNTING)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    counter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("counter"))
    recounter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("recounter"))
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    count_duty = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="stocktake_counted"
    )
    recount_duty = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="stocktakes_recounted"
    )
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"))
    counted_at = models.DateTimeField(_("counted"), null=True, blank=True)
    recounted_at = models.DateTimeField(_("recounted"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    reason = models.CharField(_("reason of the differences"), max_length=200, blank=True)

    objects = PlacedQuerySet["Stocktake"].as_manager()

    class Meta:
        verbose_name = _("stock-take")
        verbose_name_plural = _("stock-takes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["store"],
                condition=~Q(state__in=[StocktakeState.BOOKED, StocktakeState.CANCELLED]),
                name="stocktake_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(counter=F("recounter")),
                name="stocktake_recounted_by_another",
                violation_error_message=_("Another person than the counter must recount: choose somebody else."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | (~Q(approved_by=F("counter")) & ~Q(approved_by=F("recounter"))),
                name="stocktake_approved_by_a_third",
                violation_error_message=_("A third person approves: whoever counted or recounted does not."),
            ),
            models.CheckConstraint(
                condition=~Q(state=StocktakeState.BOOKED) | Q(approved_by__isnull=False, closed_at__isnull=False),
                name="stocktake_booked_by_somebody",
            ),
        ]


@pghistory.track()
class StocktakeLine(models.Model):
    """One lot of a stock-take. `expected` is the ledger's figure at the opening, kept from those who count.

    `difference` is frozen at the booking; until then it is worked out from the ledger.
    """

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    expected = models.DecimalField(_("expected"), max_digits=14, decimal_places=3)
    counted = models.DecimalField(_("counted"), max_digits=14, decimal_places=3, null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    recounted = models.DecimalField(_("recounted"), max_digits=14, decimal_places=3, null=True, blank=True)
    recounted_at = models.DateTimeField(null=True, blank=True)
    difference = models.DecimalField(_("difference"), max_digits=14, decimal_places=3, null=True, blank=True)
    movement = models.OneToOneField(
        Movement, on_delete=models.PROTECT, null=True, blank=True, related_name="stocktake_line"
    )

    class Meta:
        verbose_name = _("line of a stock-take")
        verbose_name_plural = _("lines of a stock-take")
        constraints = [
            models.UniqueConstraint(fields=["stocktake", "lot"], name="stocktake_line_once"),
            models.CheckConstraint(
                condition=Q(counted__isnull=True, counted_at__isnull=True)
                | Q(counted__gte=0, counted_at__isnull=False),
                name="stocktake_counted_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(recounted__isnull=True, recounted_at__isnull=True)
                | Q(recounted__gte=0, recounted_at__isnull=False),
                name="stocktake_recounted_at_a_time",
            ),
        ]
