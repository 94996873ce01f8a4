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


class SelfTestOutcome(models.TextChoices):
    """What became of a test message at the provider. A handset may still be off: that is no fault of the account."""

    UNDER_WAY = "under_way", pgettext_lazy("self-test", "Under way")
    TAKEN = "taken", _("The provider took it")
    REFUSED = "refused", _("The provider refused it")
    AWAY = "away", _("Not taken")
    UNANSWERED = "unanswered", _("No answer")
    NO_TEXT = "no_text", _("No reviewed text")
    NO_ADDRESS = "no_address", _("No number to test with")


FAILING = (SelfTestOutcome.REFUSED, SelfTestOutcome.AWAY, SelfTestOutcome.UNANSWERED, SelfTestOutcome.NO_TEXT)


class AccountObjection(models.TextChoices):
    """Why an account or a robot cannot be switched, tested or kept: a stable code, and what mends it."""

    UNKNOWN = "account_unknown", _("There is no such account any more: open the list again.")
    REASON = "account_reason", _("Write in a few words why it is switched off.")
    LAST = (
        "account_last",
        _("No other account of this channel works: confirm that nothing more is to go out over it."),
    )
    TOO_SOON = (
        "test_too_soon",
        _("It was tested a moment ago: wait a minute, then test again."),
    )
    CAPPED = (
        "test_capped",
        _("This number was rung as often as one person may be: test later, or ring it by hand."),
    )
    NO_ADDRESS = "test_no_address", _("You have no number or address of this kind: enter it with your own data first.")
    NO_ROBOT = "test_no_robot", _("This channel has no group robot yet: add one first.")
    ROBOT_ADDRESS = (
        "robot_address",
        _(
            "This is no address of a group robot of this channel: copy it whole from the group, it begins with https://."
        ),
    )
    ROBOT_TAKEN = "robot_taken", _("This robot stands in the list already.")
    ROBOT_SECRET = "robot_secret", _("There is no key under this name: choose from the list.")
    ROBOT_AREA = "robot_area", _("Choose the area whose group this is.")


# What stands behind an account's last error, as a sentence; a code that is not here is the provider's own.
ERRORS = {
    "unreachable": _("It cannot be reached: look at the network and at its address."),
    "unanswered": _("It took the call and gave no answer."),
    "gateway_unset": _("Its address or its key is missing."),
    "provider_missing": _("This installation does not speak its provider's wire."),
    "switched_off": _("It is switched off."),
    "throttled": _("It is asked too often: it takes more in a moment."),
    "refused_400": _("It does not understand the call."),
    "refused_401": _("It does not take our key."),
    "refused_403": _("It does not take our key, or not from this address."),
    "refused_404": _("There is nothing at its address."),
    "refused_503": _("It is out of order."),
    "template_missing": _("No reviewed text of it fits."),
    "template_unknown": _("It does not know the template."),
    "bad_address": _("The address is not one of its provider's."),
    "bad_number": _("It calls the number wrong."),
    "robot_key": _("The robot's key is wrong."),
    "robot_gone": _("The robot was removed from the group."),
    "robot_off": _("The robot is switched off in the group."),
    "robot_not_in_group": _("The robot is not in the group any more."),
    "robot_refuses": _("The robot's key words, signature or address list refuse it."),
    "robot_busy": _("The provider is busy."),
}
