"""A file of unsent work that somebody read in: who, whose, and what became of each record in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import APPEND_ONLY
from territory.models import Placed, PlacedQuerySet


class FileReadIn(Placed):
    """One reading of a file that a phone had saved. Append-only: it says who brought whose records and when.

    `lines` has one entry a record: {"uuid", "kind", "title", "outcome", "words"}.
    """

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="files_read_in")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read in at"))
    saved_at = models.DateTimeField(_("saved on the phone at"), null=True)
    file_name = models.CharField(_("file name"), max_length=120)
    file_sha256 = models.CharField(max_length=64)
    lines = models.JSONField()

    objects = PlacedQuerySet["FileReadIn"].as_manager()

    class Meta:
        verbose_name = _("file read in")
        verbose_name_plural = _("files read in")
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-id"], name="file_read_mine")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.file_name
