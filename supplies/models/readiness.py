"""Proofs of readiness, and what keepers were told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import APPEND_ONLY
from messaging.models import Broadcast
from supplies.enums import Part
from supplies.models.stocktake import Stocktake
from supplies.models.store import Store, SupplyItem
from territory.models import Placed, PlacedQuerySet


class Proof(Placed):
    """Somebody has checked one part of a store's readiness, for one item or (`item` empty) the store as a whole.

    Append-only: a newer proof counts instead. `minutes`: how long loading took when it was timed.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="proofs")
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, null=True, blank=True, related_name="proofs")
    part = models.CharField(_("part"), max_length=10, choices=Part)
    is_good = models.BooleanField(_("passed"))
    minutes = models.PositiveSmallIntegerField(_("loading took (minutes)"), null=True, blank=True)
    at = models.DateTimeField(_("checked at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)
    note = models.CharField(_("note"), max_length=200, blank=True)
    stocktake = models.OneToOneField(Stocktake, on_delete=models.PROTECT, null=True, blank=True, related_name="proof")

    objects = PlacedQuerySet["Proof"].as_manager()

    class Meta:
        verbose_name = _("proof of readiness")
        verbose_name_plural = _("proofs of readiness")
        indexes = [models.Index(fields=["store", "item", "part", "-at"], name="proof_newest")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(part=Part.SUFFICIENT) | Q(stocktake__isnull=False), name="proof_sufficient_by_stocktake"
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(part=Part.MOVABLE, minutes__gt=0), name="proof_minutes_of_loading"
            ),
        ]
        triggers = [APPEND_ONLY]


class NoticeRun(models.Model):
    """The daily look at shortages and expiry has been taken: how many keepers were told, of how many lines."""

    day = models.DateField(_("day"), unique=True)
    at = models.DateTimeField(_("at"))
    keepers = models.PositiveIntegerField(_("keepers told"), default=0)
    lines = models.PositiveIntegerField(_("lines"), default=0)

    class Meta:
        verbose_name = _("notices of a day")
        verbose_name_plural = _("notices of the days")
        get_latest_by = "day"


class KeeperNotice(models.Model):
    """One message to one keeper: what is short, expiring and expired in his stores. Append-only.

    `news` names the list, so that an unchanged one is not repeated every morning.
    """

    keeper = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"))
    short = models.PositiveIntegerField(_("below quota"), default=0)
    expiring = models.PositiveIntegerField(_("expiring soon"), default=0)
    expired = models.PositiveIntegerField(_("expired"), default=0)
    news = models.CharField(max_length=32)
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("notice to a keeper")
        verbose_name_plural = _("notices to keepers")
        constraints = [models.UniqueConstraint(fields=["keeper", "day"], name="keeper_told_once_a_day")]
        triggers = [APPEND_ONLY]
