"""Where people go when they have to leave, and the way round a road that is closed."""

import pghistory
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from command.enums.shelters import ShelterKind
from core.models import Stamped
from hazards.models import HazardSite
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class Shelter(Placed, Stamped):
    """A shelter (避险场所) or a piece of high ground. The public sees all of it; a telephone here is an office's.

    `opened_at`: somebody is there now and lets people in. High ground needs nobody and is never opened or closed.
    """

    code = models.CharField(_("shelter code"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ShelterKind, default=ShelterKind.SHELTER)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    position = models.PointField(_("position"), srid=4326)
    room_for = models.PositiveIntegerField(_("room for (people)"), null=True, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    note = models.CharField(_("what is to be known"), max_length=120, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)
    opened_at = models.DateTimeField(_("open since"), null=True, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    retired_at = models.DateTimeField(_("no longer used since"), null=True, blank=True)

    objects = PlacedQuerySet["Shelter"].as_manager()

    class Meta:
        verbose_name = _("shelter or high ground")
        verbose_name_plural = _("shelters and high ground")
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True)
                | Q(opened_at__isnull=False, opened_by__isnull=False, kind=ShelterKind.SHELTER),
                name="shelter_opened_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class WayRound(Stamped):
    """How traffic goes while a site is closed, in the words that residents read."""

    site = models.OneToOneField(HazardSite, on_delete=models.PROTECT, primary_key=True, related_name="way_round")
    words = models.CharField(_("way round"), max_length=120)
    words_en = models.CharField(_("way round in English"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("way round")
        verbose_name_plural = _("ways round")

    def __str__(self) -> str:
        return self.words
