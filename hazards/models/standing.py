"""How each site stands, read from a view: one look at its newest visit and its open findings."""

from django.db import models

from hazards.enums import SiteState
from hazards.models.site import HazardSite


class SiteStanding(models.Model):
    """One row a site. As correlated subqueries of the register the same took six looks a site instead of three.

    `inspected_at` and `failed_items` are of the newest visit that counts (not sent back, no exercise); what failed
    counts until it is written off, a later visit does not settle it, and what is settled fails no more.
    """

    site = models.OneToOneField(HazardSite, on_delete=models.DO_NOTHING, primary_key=True, related_name="standing")
    inspected_at = models.DateTimeField(null=True)
    failed_items = models.IntegerField(null=True)
    state = models.CharField(max_length=12, choices=SiteState)

    class Meta:
        managed = False
        db_table = "hazards_sitestanding"
