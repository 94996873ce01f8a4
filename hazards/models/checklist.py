"""What is looked at, by kind and version; an inspection keeps the version it was made with."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hazards.enums import CHECKED_KINDS, Topic


class Checklist(models.Model):
    """One version of a kind's checklist. The highest published version is used; older ones stay readable."""

    kind = models.CharField(_("kind"), max_length=16, choices=CHECKED_KINDS)
    version = models.PositiveSmallIntegerField(_("version"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="checklist_version_once")]


class ChecklistItem(models.Model):
    """One thing to look at."""

    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField(_("order"))
    text = models.CharField(_("what is looked at"), max_length=120)
    photo_when_failed = models.BooleanField(_("photo when failed"), default=True)
    # By which a check knows what its answer is about, whatever words a version asks in.
    topic = models.CharField(_("topic"), max_length=8, choices=Topic, blank=True, default="")

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["checklist", "order"], name="checklist_item_order")]
