"""The register of dangerous places, and who answers for each."""

from datetime import datetime

import pghistory
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Stamped
from hazards.enums import SiteKind, SiteRole
from territory.enums import Datum
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class HazardSite(Placed, Stamped):
    """One dangerous place: a point, a reach of river (line) or an area (polygon).

    Without `geometry` it is 待定位 and the first visit sets it. `is_sample` marks demo names and positions.
    """

    code = models.CharField(_("site code"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=SiteKind)
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=160, blank=True)
    geometry = models.GeometryField(_("position"), srid=4326, null=True, blank=True)
    # Depth of water at which the place must be closed; districts differ, so it stands with the site.
    closing_depth_cm = models.PositiveSmallIntegerField(_("closing depth (cm)"), null=True, blank=True)
    # Who lives or works within reach of it, as the sub-district counted them; empty: nobody has counted.
    threatened_households = models.PositiveIntegerField(_("households threatened"), null=True, blank=True)
    threatened_persons = models.PositiveIntegerField(_("persons threatened"), null=True, blank=True)
    # 管控标准: at which rain, level or depth who does what here.
    control_standard = models.CharField(_("control standard"), max_length=300, blank=True)
    # The code of the gauge whose readings speak of this place; stations are kept elsewhere.
    station_code = models.CharField(_("linked station"), max_length=32, blank=True)
    note = models.TextField(_("what is to be known"), blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)
    verified_at = models.DateField(_("last verified"), null=True, blank=True)
    # What the position was given in; it is stored in WGS-84 whatever this says.
    source_datum = models.CharField(_("given in"), max_length=8, choices=Datum, default=Datum.WGS84)
    retired_at = models.DateTimeField(_("left the register"), null=True, blank=True)
    retired_reason = models.CharField(_("why it left"), max_length=200, blank=True)

    # What queries.sites adds to each row.
    state: str
    failed_items: int | None
    inspected_at: datetime | None
    present: "list[Responsibility]"

    objects = PlacedQuerySet["HazardSite"].as_manager()

    class Meta:
        verbose_name = _("hazard site")
        verbose_name_plural = _("hazard sites")
        indexes = [models.Index(fields=["area_code", "kind"], name="site_by_area")]
        constraints = [
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | ~Q(retired_reason=""), name="site_retired_with_reason"
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Responsibility(models.Model):
    """Who answers for a site in which role, and his deputy, for a time.

    One at a time per role: the database sees to it.
    """

    site = models.ForeignKey(HazardSite, on_delete=models.CASCADE, related_name="responsibilities")
    role = models.CharField(_("role"), max_length=12, choices=SiteRole)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="responsibilities")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    during = DateTimeRangeField(_("during"))

    class Meta:
        verbose_name = _("responsible person")
        verbose_name_plural = _("responsible persons")
        constraints = [
            ExclusionConstraint(
                name="responsibility_one_at_a_time",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False) & Q(during__startswith__isnull=False),
                name="responsibility_has_a_start",
            ),
        ]
