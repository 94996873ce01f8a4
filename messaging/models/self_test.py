"""Whether an account is switched on, and what its self-tests have found."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from messaging.enums import Channel, SelfTestOutcome, State


@pghistory.track()
class AccountSwitch(Stamped):
    """An account by its name, as in AccountState: one of the settings has no other row. Without a row it is on."""

    account = models.CharField(_("account"), max_length=30, unique=True)
    off_since = models.DateTimeField(_("switched off"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("account switch")
        verbose_name_plural = _("account switches")

    def __str__(self) -> str:
        return self.account


class SelfTest(models.Model):
    """One test message through one account. `day` is that of the daily test; a test that a person pressed has none.

    `sent_to` says where it went, masked: the row is read by whoever may see the accounts.
    """

    account = models.CharField(_("account"), max_length=30)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    day = models.DateField(_("day"), null=True, blank=True)
    robot = models.ForeignKey("messaging.GroupRobot", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("tested"))
    by_name = models.CharField(max_length=60)
    sent_to = models.CharField(_("address"), max_length=60, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=SelfTestOutcome, default=SelfTestOutcome.UNDER_WAY)
    code = models.CharField(max_length=40, blank=True)
    # What the gateway reported afterwards: DELIVERED, FAILED or READ, the highest so far.
    receipt = models.SmallIntegerField(_("receipt"), choices=State, null=True, blank=True)
    receipt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("self-test")
        verbose_name_plural = _("self-tests")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day"], condition=Q(day__isnull=False), name="self_test_once_a_day"
            )
        ]
        indexes = [models.Index(fields=["account", "-at"], name="self_test_newest")]

    def __str__(self) -> str:
        return f"{self.account} {self.at:%Y-%m-%d %H:%M}"
