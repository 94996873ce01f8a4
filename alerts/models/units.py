"""重点单位: one named receiver each, who answers for everybody in it."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.enums import UnitKind
from alerts.models.notice import Notice
from assignments.models import Assignment
from core.models import Stamped
from territory.models import ContactPoint, Placed, PlacedQuerySet


@pghistory.track(exclude=["receiver"])
class KeyUnit(Placed, Stamped):
    """A school, a care home, a car park, a mall: whoever receives for it has to answer every notice."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=14, choices=UnitKind)
    address = models.CharField(_("address"), max_length=120, blank=True)
    receiver = models.CharField(_("receiver"), max_length=40)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(_("left the register"), null=True, blank=True)

    objects = PlacedQuerySet["KeyUnit"].as_manager()

    class Meta:
        verbose_name = _("key unit")
        verbose_name_plural = _("key units")
        constraints = [models.UniqueConstraint(fields=["area_code", "name"], name="key_unit_once")]

    def __str__(self) -> str:
        return self.name


class UnitCall(Placed):
    """A key unit under a notice: its receiver's duty to answer. His acknowledgement is the answer."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="unit_calls", db_index=False)
    unit = models.ForeignKey(KeyUnit, on_delete=models.PROTECT, related_name="calls")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="unit_call")
    area_code = models.CharField(_("area code"), max_length=15)  # no index: always asked by notice

    objects = PlacedQuerySet["UnitCall"].as_manager()

    class Meta:
        verbose_name = _("call of a key unit")
        verbose_name_plural = _("calls of key units")
        constraints = [models.UniqueConstraint(fields=["notice", "unit"], name="unit_call_once")]
