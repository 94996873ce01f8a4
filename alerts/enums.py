"""Fixed lists of notices."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeKind(models.TextChoices):
    """What a district notice is about. 

    A platform may not issue warning signals: these are the district's own notices.
    """

    RAINSTORM = "rainstorm", _("Rainstorm risk")
    WATERLOGGING = "waterlogging", _("Urban waterlogging risk")
    RIVER = "river", _("River risk")
    GEOLOGICAL = "geological", _("Geological risk")
    EVACUATION = "evacuation", _("Evacuation")


class NoticeLevel(models.IntegerChoices):
    """How serious, 1 highest (突发事件应对法 art. 63)."""

    RED = 1, _("Red")
    ORANGE = 2, _("Orange")
    YELLOW = 3, _("Yellow")
    BLUE = 4, _("Blue")


class NoticeState(models.TextChoices):
    """Where a notice stands on its way. Sending or sent is a question to its deliveries."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for signature")
    ISSUED = "issued", _("Issued")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DISCARDED = "discarded", _("Discarded")


class Choice(models.TextChoices):
    """What a household answers."""

    SAFE = "safe", _("Everybody at home knows")
    AWAY = "away", _("I am away, somebody is at home")
    NEED_HELP = "need_help", _("Need help")


class Via(models.TextChoices):
    """How an answer came."""

    SMS = "sms", _("SMS reply")
    LINK = "link", _("personal link")
    CODE = "code", _("household code")
    WORKER = "worker", _("at the door")


class VisitOutcome(models.TextChoices):
    """What a worker found at a door."""

    TOLD = "told", _("Told face to face")
    NOBODY = "nobody", _("Nobody at home")
    REFUSED = "refused", _("Refused")
    NEED_HELP = "need_help", _("Needs help")


class Reach(models.TextChoices):
    """The one state of a household under a notice: the first that holds, in this order."""

    NEED_HELP = "need_help", _("Needs help")
    ANSWERED = "answered", _("Answered")
    VISITED = "visited", _("Told face to face")
    DELIVERED = "delivered", _("Delivered")
    CLOSED_UNREACHABLE = "closed_unreachable", _("Known unreachable")
    UNREACHED = "unreached", _("Not reached")
    PENDING = "pending", _("On its way")
