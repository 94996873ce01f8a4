"""Fixed lists of orders and call-outs."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

ORDER_LABEL = gettext_noop("Order")
CALL_OUT_LABEL = gettext_noop("Call-out")
AT_THE_POST = gettext_noop("Got it, at my post")


class CallTier(models.TextChoices):
    """The rungs of a call list: each has its own time to answer."""

    COMMANDER = "commander", _("Commanders")
    LEADER = "leader", _("Leaders")
    ON_DUTY = "on_duty", _("People on duty")
    STREET = "street", _("Officers of the sub-districts")


class CallState(models.TextChoices):
    """Where one call stands. Late is a question to the clock, as everywhere."""

    CALLING = "calling", _("Calling")
    ANSWERED = "answered", _("Has answered")
    SILENT = "silent", _("No answer")
    PASSED_ON = "passed_on", _("Passed to the deputy")
    BY_HAND = "by_hand", _("Reached by telephone")
    WITHDRAWN = "withdrawn", _("Call withdrawn")
