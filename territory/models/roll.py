"""What an import leaves behind: which file, what it would do, what it did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from territory.enums import ImportState


class SheetImport(Stamped):
    """One uploaded sheet, keyed by the hash of its bytes: checked first (预检), stored when a person confirms."""

    kind = models.CharField(_("kind"), max_length=20)
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(_("file"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.CHECKED)
    total = models.PositiveIntegerField(_("rows"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    same = models.PositiveIntegerField(_("unchanged"), default=0)
    bad = models.PositiveIntegerField(_("with errors"), default=0)
    # The first faults as {row, column, value, sentence, sentence_en}; the whole list is in the report sheet.
    faults = models.JSONField(default=list)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60)
    stored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "sha256"], condition=models.Q(state="stored"), name="sheet_stored_once"
            )
        ]
