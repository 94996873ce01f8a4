"""How each site stands, read from a view: one look at its newest visit and its open findings."""

from django.contrib.gis.db import models

from hazards.enums import SiteKind, SiteState
from hazards.models.site import HazardSite
from territory.models import Placed, PlacedQuerySet


class SiteStanding(Placed):
    """One row a site. As correlated subqueries of the register the same took six looks a site instead of three.

    `inspected_at` and `failed_items` are of the newest visit that counts (not sent back, no exercise); what failed
    counts until it is written off, a later visit does not settle it, and what is settled fails no more. What lists and
    maps narrow and print of the site itself stands here too: counting a hundred thousand needs no second look at each.
    """

    site = models.OneToOneField(HazardSite, on_delete=models.DO_NOTHING, primary_key=True, related_name="standing")
    inspected_at = models.DateTimeField(null=True)
    failed_items = models.IntegerField(null=True)
    state = models.CharField(max_length=12, choices=SiteState)
    code = models.CharField(max_length=32)
    kind = models.CharField(max_length=16, choices=SiteKind)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=160)
    geometry = models.GeometryField(srid=4326, null=True)
    retired_at = models.DateTimeField(null=True)

    objects = PlacedQuerySet["SiteStanding"].as_manager()

    class Meta:
        managed = False
        db_table = "hazards_sitestanding"
