"""What happened in the command, in the order it was recorded."""

import uuid
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from command.enums import EntryKind
from core.models import APPEND_ONLY
from territory.models import Placed, PlacedQuerySet

# What is written this long after it happened is marked as recorded later.
LATER = timedelta(minutes=1)


class TimelineEntry(Placed):
    """One line of the command's timeline. Append-only: a mistake is corrected by another line.

    `at` is when it happened, `recorded_at` when it was written; `ref` names its subject ("order:12"), `url` its page.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    text = models.CharField(_("what happened"), max_length=500)
    ref = models.CharField(max_length=80, blank=True)
    url = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(_("by"), max_length=60)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["TimelineEntry"].as_manager()

    class Meta:
        verbose_name = _("entry of the timeline")
        verbose_name_plural = _("entries of the timeline")
        indexes = [models.Index(fields=["-at", "-id"], name="timeline_newest")]
        triggers = [APPEND_ONLY]

    @property
    def is_later(self) -> bool:
        """True when it was written down well after it happened."""
        return self.recorded_at - self.at > LATER
