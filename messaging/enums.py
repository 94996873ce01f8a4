"""Fixed lists of messaging."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Lane(models.IntegerChoices):
    """Who waits for whom: the alarm lane has its own workers and is never behind the bulk."""

    ALARM = 1, _("Alarm")
    BULK = 2, _("Bulk")


class Channel(models.TextChoices):
    """How a text travels; one folder each under `channels`."""

    SMS = "sms", _("SMS")
    VOICE = "voice", pgettext_lazy("channel", "Telephone call")
    EMAIL = "email", _("E-mail")
    WECOM = "wecom", _("WeCom group")
    DINGTALK = "dingtalk", _("DingTalk group")
    CONSOLE = "console", _("Console")


class Provider(models.TextChoices):
    """Whose wire an account speaks."""

    CONTRACT = "contract", _("Gateway over HTTP")
    ALIYUN = "aliyun", _("Aliyun")
    SMTP = "smtp", _("Mail server")
    ROBOT = "robot", _("Group robot")
    CONSOLE = "console", _("Console")


class State(models.IntegerChoices):
    """Where a delivery stands. The number is the rank: receipts only move it up, whatever order they come in.

    FAILED ranks below DELIVERED: a handset that reports after the gateway gave up was reached all the same.
    """

    QUEUED = 10, _("Queued")
    SENDING = 20, _("Sending")
    UNKNOWN = 30, _("Outcome unknown")
    ACCEPTED = 40, _("Sent")
    CANCELLED = 45, _("Cancelled")
    FAILED = 50, _("Not delivered")
    DELIVERED = 60, _("Delivered")
    READ = 70, _("Read")


OPEN = (State.QUEUED, State.SENDING, State.UNKNOWN)
ARRIVED = (State.DELIVERED, State.READ)
