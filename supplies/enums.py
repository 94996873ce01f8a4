"""Fixed lists of stores, movements and their papers."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# What the duties of this app are called; rules know no gettext, so the words are marked here.
ISSUE_PAPERS_LABEL = gettext_noop("Papers of an emergency issue")
TAKE_DELIVERY_LABEL = gettext_noop("Take delivery")


class StoreMode(models.TextChoices):
    """Whose goods lie in a store."""

    OWN = "own", _("Own stock")
    ENTRUSTED = "entrusted", _("Entrusted stock")
    PLEDGED = "pledged", _("Pledged stock")
    CONTRACT = "contract", _("Contract stock")


class ItemCategory(models.TextChoices):
    """The usual classes of flood supplies, and what people need."""

    MATERIAL = "material", _("Defence material")
    EQUIPMENT = "equipment", _("Defence equipment")
    SUPPORT = "support", _("Supporting equipment")
    LIVING = "living", _("Relief goods")


class MovementKind(models.TextChoices):
    """What a row of the ledger does."""

    RECEIVE = "receive", _("Received")
    ISSUE = "issue", _("Issued")
    RETURN = "return", _("Returned")
    TRANSFER_OUT = "transfer_out", _("Left for transfer")
    TRANSFER_IN = "transfer_in", _("Arrived by transfer")
    ADJUST = "adjust", _("Stock-take adjustment")
    LOSS = "loss", _("Loss")
    REVERSE = "reverse", _("Reversal")


class IssueState(models.TextChoices):
    """Where an issue stands."""

    REQUESTED = "requested", _("Waiting for approval")
    APPROVED = "approved", _("Approved, to be handed out")
    ISSUED = "issued", _("Handed out")
    REFUSED = "refused", _("Refused")


class TransferState(models.TextChoices):
    """Where a transfer stands."""

    LOADING = "loading", _("Loading")
    ON_THE_WAY = "on_the_way", _("On the way")
    RECEIVED = "received", _("Delivered in full")
    RECEIVED_SHORT = "received_short", _("Delivered short")
    SETTLED = "settled", _("Difference settled")
    CANCELLED = "cancelled", _("Called off")
