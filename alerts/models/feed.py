"""Where official warnings are fetched, how that goes, and what became of each entry."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.enums import EntryState
from alerts.models.warning import ReceivedWarning
from core.models import Stamped


@pghistory.track()
class WarningFeed(Stamped):
    """An Atom or RSS feed of an authority. Its host must be one of the settings' FEED_HOSTS."""

    name = models.CharField(_("name"), max_length=60)
    url = models.CharField(_("address"), max_length=300, unique=True)
    is_on = models.BooleanField(_("fetched"), default=True)
    every_seconds = models.PositiveIntegerField(_("fetched every (s)"), default=60)
    stale_minutes = models.PositiveIntegerField(_("alarm after silence of (min)"), default=15)

    class Meta:
        verbose_name = _("feed of warnings")
        verbose_name_plural = _("feeds of warnings")

    def __str__(self) -> str:
        return self.name


class FeedState(models.Model):
    """How fetching goes. No history: it changes with every pass. `answered_at` is the last whole answer."""

    feed = models.OneToOneField(WarningFeed, on_delete=models.CASCADE, related_name="state", primary_key=True)
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("state of a feed")
        verbose_name_plural = _("states of feeds")


class FeedEntry(models.Model):
    """One entry of a feed, by its own number. What is refused or not fetched stays visible until a person saw to it."""

    feed = models.ForeignKey(WarningFeed, on_delete=models.CASCADE, related_name="entries")
    guid = models.CharField(max_length=300)
    url = models.CharField(max_length=500)
    title = models.CharField(max_length=200, blank=True)
    first_at = models.DateTimeField()
    tried_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=EntryState)
    faults = models.JSONField(default=list)
    warning = models.ForeignKey(ReceivedWarning, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("entry of a feed")
        verbose_name_plural = _("entries of feeds")
        constraints = [models.UniqueConstraint(fields=["feed", "guid"], name="feed_entry_once")]
        indexes = [models.Index(fields=["state", "-first_at"], name="feed_entry_troubles")]
