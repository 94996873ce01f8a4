"""Households and the addresses that reach them."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from territory.enums import ContactKind, MustReach
from territory.models.area import Placed, PlacedQuerySet
from territory.rules import door


class Household(Placed, Stamped):
    """One household of the roll; `code` is the number the sub-district gave it and stays its own."""

    code = models.CharField(_("household code"), max_length=32, unique=True)
    building = models.CharField(_("building"), max_length=60, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    room = models.CharField(_("room"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    head_name = models.CharField(_("head of household"), max_length=40, blank=True)
    persons = models.PositiveSmallIntegerField(_("persons"), default=1)
    must_reach = models.CharField(
        _("must be reached"), max_length=12, choices=MustReach, blank=True, default=MustReach.ORDINARY
    )
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)
    verified_at = models.DateField(_("last verified"), null=True, blank=True)
    retired_at = models.DateTimeField(_("left the roll"), null=True, blank=True)

    objects = PlacedQuerySet["Household"].as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        indexes = [models.Index(fields=["area_code", "building", "floor", "room"], name="household_doors")]

    @property
    def door(self) -> str:
        """Where the household lives: address, building, stairway, room, each said once."""
        return door(self.address, self.building, self.unit, self.room)


class ContactPoint(models.Model):
    """An address without an owner: an E.164 telephone number or an e-mail. Households and people point here."""

    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind)
    address = models.CharField(_("address"), max_length=120)
    verified_at = models.DateTimeField(_("last verified"), null=True, blank=True)
    dead_since = models.DateTimeField(_("dead since"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        constraints = [models.UniqueConstraint(fields=["kind", "address"], name="contact_point_once")]


class HouseholdContact(models.Model):
    """Which address reaches a household, and in which order it is tried (1 first)."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="contacts")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="household_contacts")
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "contact_point"], name="household_contact_once"),
            models.UniqueConstraint(fields=["household", "rank"], name="household_contact_rank"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="household_contact_rank_from_one"),
        ]
