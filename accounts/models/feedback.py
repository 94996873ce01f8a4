"""What people say about the platform itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.person import User
from core.models import APPEND_ONLY


class Feedback(models.Model):
    """A complaint or wish, as typed, with the page it was typed from. Append-only."""

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("what you want to tell us"), max_length=1000)
    page = models.CharField(_("page"), max_length=200, blank=True)
    said_at = models.DateTimeField(_("said at"))

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        indexes = [models.Index(fields=["by", "said_at"], name="feedback_by_person")]
        triggers = [APPEND_ONLY]
