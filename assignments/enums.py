"""Fixed lists of duties."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """What somebody last did with a duty. Late is not a state but a question: due and not done."""

    ASSIGNED = "assigned", _("Waiting for acknowledgement")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    DOING = "doing", _("In hand")
    REPORTED = "reported", _("Reported")
    VERIFIED = "verified", _("Done")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Withdrawn")


OPEN = (State.ASSIGNED, State.ACKNOWLEDGED, State.DOING, State.RETURNED)
CLOSED = (State.VERIFIED, State.CANCELLED)


class Verb(models.TextChoices):
    """What can happen to a duty."""

    ASSIGN = "assign", _("assigned")
    ACKNOWLEDGE = "acknowledge", _("acknowledged")
    START = "start", _("arrived on the spot")
    REPORT = "report", _("reported done")
    DECLINE = "decline", _("cannot do it")
    VERIFY = "verify", _("verified")
    SEND_BACK = "send_back", _("sent back")
    CANCEL = "cancel", _("withdrew")
    HAND_OVER = "hand_over", _("handed over")
    REMIND = "remind", _("reminded")
    ESCALATE = "escalate", _("told the superior")


class Means(models.TextChoices):
    """How a word about a duty reached the platform."""

    PAGE = "page", _("on the page")
    LINK = "link", _("by task link")
    PHONE_CALL = "phone_call", _("by telephone, recorded on behalf")
    SYSTEM = "system", _("by the platform")
