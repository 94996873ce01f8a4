"""What is kept of a notice so that it can be counted fast, and after its messages are gone."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import Goal
from alerts.models.notice import Notice


class NoticeCount(models.Model):
    """`marked_at`: the households that are counted apart are marked, and `strangers` are the contact points that it was
    sent to and that are no household's first telephone: subscribers'. `called_at`: its key units were called.

    `frozen_at`: what became of its messages was written down, with the curve, for they are being destroyed.
    """

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, primary_key=True, related_name="counted")
    marked_at = models.DateTimeField(null=True)
    strangers = ArrayField(models.BigIntegerField(), default=list)
    called_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)
    curve = models.JSONField(default=list)

    class Meta:
        verbose_name = _("count of a notice")
        verbose_name_plural = _("counts of notices")


class TakenCount(models.Model):
    """The last count of a long audience, area by area, for everybody who looks until the next: see queries.taken.

    `asked_at`: when somebody last looked; `at`: of which moment the count is; `areas`: what was counted, by area code.
    """

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, related_name="taken_count")
    asked_at = models.DateTimeField()
    at = models.DateTimeField(null=True)
    areas = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("taken count of a notice")
        verbose_name_plural = _("taken counts of notices")


@pghistory.track()
class NoticeGoal(models.Model):
    """Which of the three a notice is to reach, where somebody chose; else the rule of its level says so."""

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, primary_key=True, related_name="chosen_goal")
    goal = models.CharField(_("goal"), max_length=12, choices=Goal)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("goal of a notice")
        verbose_name_plural = _("goals of notices")
