"""What is kept, where, by whom, and how much of it there ought to be."""

from decimal import Decimal

import pghistory
from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Stamped
from supplies.enums import ItemCategory, StoreMode
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class SupplyItem(Stamped):
    """One kind of goods with the unit in which it is counted."""

    code = models.CharField(_("item code"), max_length=32, unique=True)
    name = models.CharField(_("item"), max_length=60)
    unit = models.CharField(_("unit"), max_length=12)
    category = models.CharField(_("class"), max_length=12, choices=ItemCategory, default=ItemCategory.MATERIAL)
    has_expiry = models.BooleanField(_("has a date of expiry"), default=False)
    load_minutes = models.PositiveSmallIntegerField(_("loading takes (minutes)"), null=True, blank=True)
    retired_at = models.DateTimeField(_("no longer kept"), null=True, blank=True)

    # What queries add to a row.
    quantity: Decimal
    quota: Decimal | None

    class Meta:
        verbose_name = _("supply item")
        verbose_name_plural = _("supply items")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["phone"])
class Store(Placed, Stamped):
    """One store: own, entrusted, pledged or contract. `is_sample` marks demo names and positions."""

    code = models.CharField(_("store code"), max_length=32, unique=True)
    name = models.CharField(_("store"), max_length=80)
    mode = models.CharField(_("mode"), max_length=12, choices=StoreMode, default=StoreMode.OWN)
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)
    address = models.CharField(_("address"), max_length=160, blank=True)
    keeper = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="stores", verbose_name=_("keeper")
    )
    deputy_keeper = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy keeper")
    )
    vehicle = models.CharField(_("vehicle"), max_length=80, blank=True)
    phone = models.CharField(_("telephone of the store"), max_length=20, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)
    retired_at = models.DateTimeField(_("given up"), null=True, blank=True)

    objects = PlacedQuerySet["Store"].as_manager()

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        constraints = [
            models.CheckConstraint(
                condition=Q(deputy_keeper__isnull=True) | Q(keeper__isnull=True) | ~Q(deputy_keeper=F("keeper")),
                name="store_deputy_is_another",
                violation_error_message=_("The deputy must be another person than the keeper."),
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Quota(Stamped):
    """How much of an item there ought to be: in a store, or in the whole district (`store` empty).

    `response_level` empty: always; 1–4: while that level or a more severe one is in force.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, null=True, blank=True, related_name="quotas")
    item = models.ForeignKey(SupplyItem, on_delete=models.CASCADE, related_name="quotas")
    response_level = models.PositiveSmallIntegerField(_("response level"), null=True, blank=True)
    quantity = models.DecimalField(_("quota"), max_digits=14, decimal_places=3)
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "item", "response_level"], nulls_distinct=False, name="quota_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quota_positive"),
            models.CheckConstraint(
                condition=Q(response_level__isnull=True) | Q(response_level__range=(1, 4)), name="quota_level"
            ),
        ]


class Lot(models.Model):
    """Goods of one item that came together: their number, and until when they are good."""

    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(_("lot"), max_length=40)
    made_on = models.DateField(_("made on"), null=True, blank=True)
    expires_on = models.DateField(_("good until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="lot_number_once")]

    def __str__(self) -> str:
        return self.number
