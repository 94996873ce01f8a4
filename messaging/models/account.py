"""Accounts at providers of SMS, calls and mail."""

import pghistory
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from messaging.enums import Channel, Provider
from territory.models import ContactPoint, Placed


@pghistory.track()
class GatewayAccount(Stamped):
    """One account of ours at a provider. The lowest rank of a channel is used; the next one when it fails.

    `secret_name` names the environment variable that holds the key (…_GATEWAY_SECRET): no key is stored here. Rates are
    SMS parts (calls for voice) a second, 0 without a limit; alarm and bulk have a bucket each, so that a call-out never
    waits behind a warning to the whole district. Without any row of a channel the account of the settings is used.
    """

    name = models.CharField(
        _("name"),
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*$", _("Use small letters, digits and hyphens."))],
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    provider = models.CharField(_("provider"), max_length=10, choices=Provider, default=Provider.CONTRACT)
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    url = models.CharField(_("address"), max_length=300, blank=True)
    secret_name = models.CharField(_("environment variable of its key"), max_length=60, blank=True)
    signature = models.CharField(_("signature"), max_length=30, blank=True)
    is_idempotent = models.BooleanField(_("delivers the same id once"), default=True)
    templates_only = models.BooleanField(_("takes reviewed templates only"), default=False)
    alarm_rate = models.FloatField(_("alarm: parts a second"), default=0.0, validators=[MinValueValidator(0.0)])
    bulk_rate = models.FloatField(_("bulk: parts a second"), default=0.0, validators=[MinValueValidator(0.0)])
    lines = models.PositiveSmallIntegerField(_("voice lines"), default=0)
    options = models.JSONField(_("options of the provider"), default=dict, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("gateway account")
        verbose_name_plural = _("gateway accounts")
        ordering = ["channel", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "rank"],
                condition=models.Q(retired_at__isnull=True),
                name="gateway_account_rank_once",
                violation_error_message=_("Another account of this channel has this rank: choose the next number."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class AccountState(models.Model):
    """How an account does just now, by its name: an account of the settings has no other row.

    Not history: the deliveries are the record. Written when something changes, not with every batch.
    """

    account = models.CharField(_("account"), max_length=30, primary_key=True)
    failures = models.PositiveIntegerField(default=0)  # batches in a row that it did not take
    rests_until = models.DateTimeField(null=True)
    last_success = models.DateTimeField(_("last success"), null=True)
    last_failure = models.DateTimeField(_("last failure"), null=True)
    error = models.CharField(_("error"), max_length=40, blank=True)


class PaceBucket(models.Model):
    """The token bucket of one account and lane, shared by all workers. Counted in SMS parts; below 0 it owes."""

    name = models.CharField(max_length=60, primary_key=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()


@pghistory.track()
class GroupRobot(Placed):
    """A robot in a chat group. A contact point stands for it, so that a broadcast reaches it like anybody.

    Its address holds its key: kept sealed, opened at the post alone, shown nowhere; the contact point has a name in its
    place, and so has every delivery. `secret_name` names the environment variable (…_GATEWAY_SECRET) of a
    DingTalk robot's signing secret.
    """

    name = models.CharField(_("name"), max_length=60)
    channel = models.CharField(
        _("channel"), max_length=10, choices=[(one.value, one.label) for one in (Channel.WECOM, Channel.DINGTALK)]
    )
    contact_point = models.OneToOneField(ContactPoint, on_delete=models.PROTECT, related_name="+")
    sealed_url = models.TextField(_("address, sealed"))
    secret_name = models.CharField(_("environment variable of its key"), max_length=60, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("group robot")
        verbose_name_plural = _("group robots")

    def __str__(self) -> str:
        return self.name
