"""Patrols: routes over sites, how often they are walked in which rain, each walk and its points."""

import pghistory
from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.models import Media, Stamped
from hazards.enums import RainStage
from hazards.models.site import HazardSite
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class PatrolRoute(Placed, Stamped):
    """Sites and river reaches in the order in which one person walks them."""

    name = models.CharField(_("name"), max_length=60)
    retired_at = models.DateTimeField(_("given up"), null=True, blank=True)

    objects = PlacedQuerySet["PatrolRoute"].as_manager()

    class Meta:
        verbose_name = _("patrol route")
        verbose_name_plural = _("patrol routes")
        ordering = ["area_code", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "name"], condition=Q(retired_at__isnull=True), name="patrol_route_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class RoutePoint(models.Model):
    """A place on a route, and how many minutes after the one before (the first: after the start) it is reached."""

    route = models.ForeignKey(PatrolRoute, on_delete=models.CASCADE, related_name="points")
    order = models.PositiveSmallIntegerField(_("place in the list"))
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(_("minutes to get there"), default=20)

    class Meta:
        verbose_name = _("point of a route")
        verbose_name_plural = _("points of routes")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["route", "site"], name="route_point_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="route_point_takes_time"),
        ]


@pghistory.track()
class PatrolTerm(models.Model):
    """Every how many minutes a route is walked in one stage, and by whom; without person by whoever owes its start."""

    route = models.ForeignKey(PatrolRoute, on_delete=models.CASCADE, related_name="terms")
    stage = models.CharField(_("stage"), max_length=8, choices=RainStage)
    interval_minutes = models.PositiveSmallIntegerField(_("every (min)"))
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("interval of a route")
        verbose_name_plural = _("intervals of routes")
        constraints = [
            models.UniqueConstraint(fields=["route", "stage"], name="patrol_term_once"),
            models.CheckConstraint(condition=Q(interval_minutes__gt=0), name="patrol_term_has_interval"),
        ]


@pghistory.track()
class PatrolWatch(Placed, Stamped):
    """雨前, 雨中 or 雨后 over an area, from a press to the next: while it holds, its routes are walked."""

    stage = models.CharField(_("stage"), max_length=8, choices=RainStage)
    opened_at = models.DateTimeField(_("since"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["PatrolWatch"].as_manager()

    class Meta:
        verbose_name = _("stage of patrols")
        verbose_name_plural = _("stages of patrols")
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "exercise"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="patrol_watch_open_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="patrol_watch_ended_by_somebody",
            ),
        ]


class PatrolRun(Placed, Stamped):
    """One walk of a route: a duty of one person. `slot` numbers the intervals of the watch, so that each has one."""

    watch = models.ForeignKey(PatrolWatch, on_delete=models.PROTECT, related_name="runs")
    route = models.ForeignKey(PatrolRoute, on_delete=models.PROTECT, related_name="runs")
    slot = models.PositiveIntegerField()
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="patrol_run")
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stopped_reason = models.CharField(_("why it was stopped"), max_length=200, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["PatrolRun"].as_manager()

    class Meta:
        verbose_name = _("patrol")
        verbose_name_plural = _("patrols")
        constraints = [
            models.UniqueConstraint(fields=["watch", "route", "slot"], name="patrol_run_once_a_slot"),
            models.UniqueConstraint(
                fields=["route", "exercise"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="patrol_run_open_once",
            ),
        ]


class PatrolPoint(Placed):
    """A point of one walk: by when, and who was there when, how far from the place.

    `missed_at`: its time ran out before anybody checked in; it keeps that mark when somebody comes later. `alarm` is
    the one duty that told of it.
    """

    run = models.ForeignKey(PatrolRun, on_delete=models.CASCADE, related_name="points")
    order = models.PositiveSmallIntegerField()
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="patrol_points")
    due_at = models.DateTimeField(_("due"))
    checked_at = models.DateTimeField(_("checked in"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), null=True, blank=True)
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True, blank=True)
    distance_m = models.FloatField(_("distance to the site (m)"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    photo = models.ForeignKey(Media, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60, blank=True)
    missed_at = models.DateTimeField(_("missed"), null=True, blank=True)
    alarm = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="patrol_alarm"
    )

    # What queries add for screens.
    far: bool

    objects = PlacedQuerySet["PatrolPoint"].as_manager()

    class Meta:
        verbose_name = _("point of a patrol")
        verbose_name_plural = _("points of patrols")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "site"], name="patrol_point_once"),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True, recorded_at__isnull=True)
                | (Q(checked_at__isnull=False, recorded_at__gte=F("checked_at")) & ~Q(by_name="")),
                name="patrol_point_checked_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(checked_at__isnull=True, missed_at__isnull=True),
                name="patrol_point_to_watch",
            ),
        ]
