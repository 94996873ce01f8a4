"""Which days are what, and when it is flood season."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from territory.enums import DayKind


class Season(models.Model):
    """One flood season; the province may advance or extend it, so it is a row and not a constant."""

    name = models.CharField(_("name"), max_length=40)
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"))
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("flood season")
        verbose_name_plural = _("flood seasons")
        ordering = ["-starts"]
        constraints = [models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="season_ends_after_start")]


class CalendarDay(models.Model):
    """A date whose kind somebody has loaded; a date without a row is unknown."""

    date = models.DateField(_("date"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=10, choices=DayKind)
    name = models.CharField(_("holiday"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=120)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["date"]
