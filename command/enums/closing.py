"""Fixed lists of closings: parties, reasons to open, the steps of whoever keeps an underground space."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# What the duties and their answers are called; rules know no gettext, so the words are marked here.
TRAFFIC_LABEL = gettext_noop("Stop the traffic")
DRAINAGE_LABEL = gettext_noop("Pump the water")
WATCH_LABEL = gettext_noop("Keep watch at a closure")
TRAFFIC_DONE = gettext_noop("Traffic is stopped")
DRAINAGE_DONE = gettext_noop("Pumps are running")
WATCH_DONE = gettext_noop("Somebody keeps watch")
UNDERGROUND_LABEL = gettext_noop("Close an underground space")


class Party(models.TextChoices):
    """Who makes one of the three ticks of a closing."""

    TRAFFIC = "traffic", _("Traffic stopped (police)")
    DRAINAGE = "drainage", _("Pumping (housing)")
    WATCH = "watch", _("Watch kept (sub-district)")


class ReopenReason(models.TextChoices):
    """Why a place may be opened."""

    GONE = "gone", _("The water is gone")
    PUMPED = "pumped", _("Pumped dry")
    MISTAKE = "mistake", _("Closed by mistake")


class BackReason(models.TextChoices):
    """Why a tick does not hold."""

    PEOPLE = "people", _("People are below")
    MISTAKE = "mistake", _("Ticked by mistake")
    UNDONE = "undone", _("No longer so")


class KeeperStep(models.TextChoices):
    """What the keeper of an underground space ticks, the last one last."""

    BOARDS = "boards", _("Flood boards up")
    NO_ENTRY = "no_entry", _("No more cars in")
    POWER = "power", _("Power off")
    OWNERS = "owners", _("Owners told")
    EMPTY = "empty", _("Nobody below")
