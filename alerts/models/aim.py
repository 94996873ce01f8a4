"""Whom a notice is for inside its areas, where not everybody: a shape on the map, must-reach households only."""

import pgtrigger
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.models.notice import BEFORE_THE_SIGNATURE, Notice
from hazards.models import HazardSite


class NoticeAim(models.Model):
    """Narrows the audience of one notice. `shape` is what `polygon` and the surroundings of `site` come to together.

    A household without a position counts as inside where its grid touches the shape, or where nobody knows the grid's
    border: rather one message too many.
    """

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, related_name="aim")
    polygon = models.PolygonField(_("drawn on the map"), srid=4326, null=True)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, null=True, related_name="+")
    radius_m = models.PositiveIntegerField(_("metres around it"), default=0)
    shape = models.MultiPolygonField(srid=4326, null=True)
    only_must_reach = models.BooleanField(_("must-reach households only"), default=False)

    class Meta:
        verbose_name = _("aim of a notice")
        verbose_name_plural = _("aims of notices")
        constraints = [
            models.CheckConstraint(
                condition=Q(site__isnull=True, radius_m=0) | Q(site__isnull=False, radius_m__gt=0),
                name="aim_around_a_site",
            ),
            models.CheckConstraint(
                condition=Q(polygon__isnull=True, site__isnull=True, shape__isnull=True)
                | (Q(shape__isnull=False) & (Q(polygon__isnull=False) | Q(site__isnull=False))),
                name="aim_shape_has_its_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=BEFORE_THE_SIGNATURE,
            )
        ]
