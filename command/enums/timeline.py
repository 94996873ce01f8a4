"""Fixed list of what stands on the command's timeline."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    """What an entry of the timeline is about."""

    RESPONSE = "response", _("Response")
    ORDER = "order", _("Order")
    CALL_OUT = "callout", _("Call-out")
    DANGER = "danger", _("Danger")
    HELP = "help", _("Call for help")
    CLOSURE = "closure", _("Road closure")
    TRANSFER = "transfer", _("Supplies on the way")
    NOTE = "note", _("Note")
