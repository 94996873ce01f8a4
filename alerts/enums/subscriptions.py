"""Fixed lists of subscriptions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ended(models.TextChoices):
    """How a subscription ended."""

    LINK = "link", _("by its link")
    SMS = "sms", _("by SMS")
    CODE = "code", _("by code")
    DEAD = "dead", _("the number is dead")


class SubscriptionObjection(models.TextChoices):
    """Why a subscription cannot be taken: stable code, sentence with the mend. None says whether a number is known."""

    PHONE = "subscription.phone_wrong", _("Enter a mobile number of eleven digits.")
    AREA = "subscription.area_wrong", _("Choose an area from the list.")
    CODE = (
        "subscription.code_wrong",
        _("The code is wrong or no longer good. Check the six digits, or have a new code sent."),
    )
