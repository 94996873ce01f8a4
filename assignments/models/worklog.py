"""What a person adds to the log of his own day; everything else in it is read from what he did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import APPEND_ONLY


class WorkLog(models.Model):
    """工作日志: a remark of a person on his own day. Append-only.

    The rest of a log stands in the records themselves (events of duties, visits, checks, check-ins), which nobody edits
    either: a past day keeps saying what it said, and what was recorded later says when.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="work_log")
    day = models.DateField(_("day"))
    text = models.CharField(_("remark"), max_length=500)
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("remark in a work log")
        verbose_name_plural = _("remarks in work logs")
        ordering = ["written_at", "id"]
        # The same words twice on one day are a button pressed twice.
        constraints = [models.UniqueConstraint(fields=["person", "day", "text"], name="work_log_remark_once")]
        triggers = [APPEND_ONLY]
