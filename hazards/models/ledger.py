"""How ledgers are read from their sources, the rows that wait to be mended, and when each fact was last verified."""

import pghistory
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Stamped
from hazards.enums import Fact, SiteKind
from hazards.models.site import HazardSite
from territory.enums import Datum
from territory.models import PlacedQuerySet, SheetImport


class LedgerSource(Stamped):
    """Who sends ledgers, and how his sheets are read: asked once, kept for the next sheet.

    `mapping`: a word of his head → our column, empty for none; `kind` when the sheet names none.
    """

    area_code = models.CharField(_("area code"), max_length=15)
    name = models.CharField(_("source"), max_length=60)
    datum = models.CharField(_("coordinates"), max_length=8, choices=Datum, default=Datum.WGS84)
    kind = models.CharField(_("kind"), max_length=16, choices=SiteKind, blank=True)
    mapping = models.JSONField(default=dict)

    objects = PlacedQuerySet["LedgerSource"].as_manager()

    class Meta:
        verbose_name = _("source of ledgers")
        verbose_name_plural = _("sources of ledgers")
        constraints = [models.UniqueConstraint(fields=["area_code", "name"], name="ledger_source_once")]

    def __str__(self) -> str:
        return self.name


class LedgerReading(models.Model):
    """How one uploaded ledger was read, and what its head says; beside the import's own row."""

    sheet = models.OneToOneField(SheetImport, on_delete=models.CASCADE, related_name="reading")
    source = models.ForeignKey(LedgerSource, on_delete=models.PROTECT, related_name="readings")
    datum = models.CharField(_("coordinates"), max_length=8, choices=Datum, default=Datum.WGS84)
    kind = models.CharField(_("kind"), max_length=16, choices=SiteKind, blank=True)
    mapping = models.JSONField(default=dict)
    notes = models.JSONField(default=list)  # what is flagged and does not refuse: {row, column, value, sentence…}


class WaitingRow(Stamped):
    """待补: a row that was left out when the good ones were stored. It goes when its site is stored after all.

    `area_code` is the row's own where it names one, else its importer's: whoever keeps that area sees the row.
    """

    source = models.ForeignKey(LedgerSource, on_delete=models.PROTECT, related_name="waiting")
    area_code = models.CharField(_("area code"), max_length=15, db_index=True)
    row = models.PositiveIntegerField()
    code = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=160, blank=True)
    head = models.JSONField(default=list)
    cells = models.JSONField(default=list)
    faults = models.JSONField(default=list)

    objects = PlacedQuerySet["WaitingRow"].as_manager()


@pghistory.track()
class KeptFact(models.Model):
    """When a fact of a site was last verified, and by whom. History keeps every earlier time."""

    site = models.ForeignKey(HazardSite, on_delete=models.CASCADE, related_name="kept")
    fact = models.CharField(_("fact"), max_length=10, choices=Fact)
    verified_at = models.DateField(_("last verified"))
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "fact"], name="kept_fact_once")]
