"""What was destroyed because its time was over: the count outlives the rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import APPEND_ONLY


class Destruction(models.Model):
    """One run's destruction of one kind of rows: how many that were older than `before`, and by whom. Append-only."""

    what = models.CharField(_("what"), max_length=40)  # "messaging.delivery"
    count = models.PositiveIntegerField(_("count"))
    before = models.DateTimeField(_("older than"))
    at = models.DateTimeField(_("at"))
    by_name = models.CharField(_("by"), max_length=60)

    class Meta:
        verbose_name = _("destruction")
        verbose_name_plural = _("destructions")
        triggers = [APPEND_ONLY]
        indexes = [models.Index(fields=["-at"], name="destruction_newest")]

    def __str__(self) -> str:
        return f"{self.what} {self.count}"
