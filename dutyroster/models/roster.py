"""Plans, shifts and the links under which calendars read them.

A shift that was published is a fact: who was on duty at a moment is
`during @> t AND published_at IS NOT NULL AND (superseded_at IS NULL OR superseded_at > t)`, and no later edit changes
the answer for a moment that has passed. Changes are new rows that supersede.
"""

import uuid
from datetime import datetime
from typing import cast

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Stamped
from dutyroster.enums import Origin, PlanState
from dutyroster.models.post import DutyPost
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class RosterPlan(Placed, Stamped):
    """One version of the roster of an area: made as a draft, looked at, then published as a whole or discarded.

    Versions count by area. `made_at` is the moment whose roster the draft was made from.
    """

    version = models.PositiveIntegerField(_("version"))
    posts = models.ManyToManyField(DutyPost, related_name="plans")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    state = models.CharField(_("state"), max_length=10, choices=PlanState, default=PlanState.DRAFT)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = PlacedQuerySet["RosterPlan"].as_manager()

    class Meta:
        verbose_name = _("roster plan")
        verbose_name_plural = _("roster plans")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["area_code", "version"], name="roster_version_once"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="roster_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state=PlanState.PUBLISHED, published_at__isnull=False, published_by__isnull=False)
                | (~Q(state=PlanState.PUBLISHED) & Q(published_at__isnull=True, published_by__isnull=True)),
                name="roster_published_by_somebody",
            ),
        ]


# Whoever asks, the owner included: what was published stays as it was, except that it can be superseded once.
HISTORY_STANDS = pgtrigger.Trigger(
    name="history_stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    condition=pgtrigger.Q(old__published_at__isnull=False),
    func="""
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a published shift is never deleted';
        END IF;
        IF (NEW.uuid, NEW.area_code, NEW.post_id, NEW.person_id, NEW.during, NEW.origin, NEW.published_at)
            IS DISTINCT FROM
           (OLD.uuid, OLD.area_code, OLD.post_id, OLD.person_id, OLD.during, OLD.origin, OLD.published_at) THEN
            RAISE EXCEPTION 'a published shift never changes: supersede it';
        END IF;
        IF OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at THEN
            RAISE EXCEPTION 'a shift is superseded once';
        END IF;
        IF NEW.superseded_at < OLD.published_at THEN
            RAISE EXCEPTION 'a shift is not superseded before it was published';
        END IF;
        RETURN NEW;
    """,
)


class Shift(Placed, Stamped):
    """Somebody at a post for a time, half-open. Unpublished ones belong to a draft and mean nothing yet.

    `superseded_at` ends it: from that moment `superseded_by`, if any, counts instead. `sequence` counts what calendars
    have been told about it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(RosterPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="shifts")
    post = models.ForeignKey(DutyPost, on_delete=models.PROTECT, related_name="shifts")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts")
    during = DateTimeRangeField(_("during"))
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.PLAN)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    sequence = models.PositiveIntegerField(default=0)

    objects = PlacedQuerySet["Shift"].as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        indexes = [
            GistIndex(fields=["during"], name="shift_during", condition=Q(published_at__isnull=False)),
            models.Index(fields=["post", "published_at"], name="shift_by_post"),
        ]
        triggers = [HISTORY_STANDS]
        constraints = [
            ExclusionConstraint(
                name="nobody_on_two_posts",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(published_at__isnull=False, superseded_at__isnull=True),
            ),
            # Empty and unbounded ranges would slip through the exclusion above.
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__startswith__isnull=False, during__endswith__isnull=False),
                name="shift_is_bounded",
            ),
        ]

    @property
    def starts(self) -> datetime:
        """When it begins."""
        return cast("datetime", self.during.lower)  # bounded by constraint

    @property
    def ends(self) -> datetime:
        """When it ends, excluded."""
        return cast("datetime", self.during.upper)


class CalendarLink(Stamped):
    """A secret address under which a telephone's calendar reads the shifts of one person or one post."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_links")
    post = models.ForeignKey(DutyPost, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_links")
    secret = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, post__isnull=False) | Q(person__isnull=False, post__isnull=True),
                name="calendar_of_one",
            )
        ]
