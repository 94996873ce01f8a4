"""百分制: the district's points, and what a sub-district made of a month."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.enums import AppraisalObjection, AppraisalState
from core.models import APPEND_ONLY, Stamped
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class AppraisalScheme(Stamped):
    """The points that a district gives: one row a district, its past in the history."""

    area_code = models.CharField(_("area code"), max_length=15, unique=True)
    weights = models.JSONField(_("points"))
    reward_from = models.PositiveSmallIntegerField(_("excellent from"), default=80)
    reward_inclusive = models.BooleanField(_("the number itself is excellent"), default=True)
    fail_below = models.PositiveSmallIntegerField(_("not passed below"), default=70)
    fail_inclusive = models.BooleanField(_("the number itself is not passed"), default=False)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("points of the appraisal")
        verbose_name_plural = _("points of the appraisal")
        constraints = [
            models.CheckConstraint(
                condition=Q(fail_below__lt=F("reward_from"), reward_from__lte=100),
                name="appraisal_borders_apart",
                violation_error_message=AppraisalObjection.BORDERS.label,
            )
        ]


@pghistory.track()
class Appraisal(Placed, Stamped):
    """One month (its first day) of one sub-district. `scheme` is the copy that it was drawn up with.

    Drawn up anew, the draft before it stays as replaced. Confirmed by another person it never changes again.
    """

    month = models.DateField(_("month"))
    state = models.CharField(_("state"), max_length=10, choices=AppraisalState, default=AppraisalState.DRAFT)
    place = models.CharField(_("sub-district"), max_length=60)
    scheme = models.JSONField(_("points"))
    drawn_up_at = models.DateTimeField(_("drawn up at"))
    drawn_up_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("drawn up by"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )

    objects = PlacedQuerySet["Appraisal"].as_manager()

    class Meta:
        verbose_name = _("appraisal of a month")
        verbose_name_plural = _("appraisals of months")
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "month"],
                condition=~Q(state=AppraisalState.REPLACED),
                name="appraisal_once_a_month",
            ),
            models.CheckConstraint(
                condition=Q(state=AppraisalState.CONFIRMED, confirmed_at__isnull=False, confirmed_by__isnull=False)
                | (~Q(state=AppraisalState.CONFIRMED) & Q(confirmed_at__isnull=True, confirmed_by__isnull=True)),
                name="appraisal_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("drawn_up_by")),
                name="appraisal_confirmed_by_another",
                violation_error_message=AppraisalObjection.SAME_PERSON.label,
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="confirmed_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="confirmed"),
            )
        ]


class AppraisalLine(models.Model):
    """One person's month as it stood when it was drawn up: name, place, figures, points and score. Append-only.

    `score` is None where nothing was given to the person. Changes stand beside it, the newest counts.
    """

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="lines")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    person_name = models.CharField(_("name"), max_length=60)
    area_code = models.CharField(_("area code"), max_length=15)
    place = models.CharField(_("area"), max_length=60)
    figures = models.JSONField(_("figures"))
    points = models.JSONField(_("points"))
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)

    class Meta:
        verbose_name = _("line of an appraisal")
        verbose_name_plural = _("lines of appraisals")
        indexes = [models.Index(fields=["person"], name="appraisal_line_of_person")]
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "person"], name="appraisal_line_once"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=100), name="appraisal_line_bounds"),
        ]
        triggers = [APPEND_ONLY]

    @property
    def present(self) -> int | None:
        """The score after all changes; lists fetch `changes` beforehand."""
        newest = max(self.changes.all(), key=lambda change: change.pk, default=None)
        return newest.new_score if newest else self.score


@pghistory.track()
class AppraisalAppeal(Stamped):
    """The one note that a person writes about his confirmed line, and the sub-district's answer."""

    line = models.OneToOneField(AppraisalLine, on_delete=models.PROTECT, related_name="appeal")
    words = models.TextField(_("appeal"), max_length=500)
    written_at = models.DateTimeField(_("written at"))
    upheld = models.BooleanField(_("upheld"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("appeal against an appraisal")
        verbose_name_plural = _("appeals against appraisals")
        constraints = [
            models.CheckConstraint(
                condition=Q(upheld__isnull=True, answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(upheld__isnull=False, answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="appeal_answered_whole",
            )
        ]


class AppraisalChange(models.Model):
    """A score changed by a person with a reason, old and new: in a draft, or (with `appeal`) corrected after it."""

    line = models.ForeignKey(AppraisalLine, on_delete=models.PROTECT, related_name="changes")
    appeal = models.OneToOneField(
        AppraisalAppeal, on_delete=models.PROTECT, null=True, blank=True, related_name="correction"
    )
    old_score = models.PositiveSmallIntegerField(_("old score"), null=True, blank=True)
    new_score = models.PositiveSmallIntegerField(_("new score"))
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(_("changed at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("change of a score")
        verbose_name_plural = _("changes of scores")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(new_score__lte=100), name="appraisal_change_bounds"),
            models.CheckConstraint(condition=~Q(reason=""), name="appraisal_change_has_reason"),
        ]
        triggers = [APPEND_ONLY]
