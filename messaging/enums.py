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


class ReviewState(models.TextChoices):
    """Where a signature or a text stands with the provider that reviews it."""

    NOT_FILED = "not_filed", _("Not filed")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", pgettext_lazy("review", "Refused")


class Reviewable(models.TextChoices):
    """The kinds of channel whose texts a provider reviews."""

    SMS = "sms", _("SMS")
    VOICE = "voice", _("Telephone call")


class RegisterObjection(models.TextChoices):
    """Why a text cannot be filed or decided: a stable code, and the sentence that names the mend."""

    EMPTY = "template_empty", _("The text is empty: write what is to be filed.")
    ALL_VARIABLE = (
        "template_all_variable",
        _("Nothing but blanks: providers refuse that, write fixed words around them."),
    )
    BLANK_TWICE = "template_blank_twice", _("A blank stands there twice: give each its own name.")
    BLANKS_TOUCH = "template_blanks_touch", _("Two blanks touch: put words or a full stop between them.")
    VOICE_BLANKS = "template_voice_blanks", _("A call's text takes two blanks at most: write the rest out.")
    VOICE_BRACKETS = "template_voice_brackets", _("Providers refuse 【】 in a call's text: leave the brackets out.")
    TOO_LONG = "template_too_long", _("Longer than 500 characters: shorten it.")
    UNMARKED = (
        "template_unmarked",
        _("A text for exercises must say so: begin with 【演练】, a call's text with 演练."),
    )
    MARKED = "template_marked", _("This text is for the real thing: the mark of an exercise must not be in it.")
    PURPOSE = "template_purpose", _("The platform has no such text any more: choose from the list.")
    CODE = "template_code", _("Enter the code that the provider gave the template: without it nothing can be sent.")
    REASON = "template_reason", _("Write what the provider said, so that the next filing mends it.")
    NOT_APPROVED = (
        "template_not_approved",
        _("Only an approved text can be tested: enter the provider's decision first."),
    )
    PHONE = "template_phone", _("Enter a mobile number of 11 digits.")
    LIMITS = "template_limits", _("Write each blank as name=most characters, most between 1 and 100: title=35.")
