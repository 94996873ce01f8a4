"""Who held a duty before it was handed over."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models.duty import Assignment
from core.models import APPEND_ONLY


class PastHolding(models.Model):
    """The time of a duty with somebody before it was handed over, with the clocks as they stood for him. Append-only.

    Every hand-over leaves one; `person` is empty where the holder had no account.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="past_holdings")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    acknowledge_by = models.DateTimeField(_("acknowledge by"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)

    class Meta:
        verbose_name = _("past holding of a duty")
        verbose_name_plural = _("past holdings of duties")
        indexes = [models.Index(fields=["person", "since"], name="past_holding_of_person")]
        triggers = [APPEND_ONLY]
