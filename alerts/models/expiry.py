"""What keeps a notice from running out unnoticed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.models.notice import Notice
from assignments.models import Assignment
from core.models import APPEND_ONLY


class ExpiryReminder(models.Model):
    """The duty to give the all-clear, or to go on, for a notice whose time is over. Once a notice."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="expiry_reminder")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="expiry_reminder")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reminder of an all-clear")
        verbose_name_plural = _("reminders of all-clears")
        triggers = [APPEND_ONLY]
