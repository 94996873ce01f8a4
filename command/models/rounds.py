"""Rounds of re-inspection that a level of the plan opens."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from command.enums import ResponseLevel
from command.models.response import ContingencyPlan, Response
from hazards.models import InspectionRound


@pghistory.track()
class RoundTemplate(models.Model):
    """A round that every response at this level or a more serious one opens over its area, once."""

    plan = models.ForeignKey(ContingencyPlan, on_delete=models.CASCADE, related_name="round_templates")
    level = models.SmallIntegerField(_("from level"), choices=ResponseLevel)
    title = models.CharField(_("title"), max_length=60)
    due_hours = models.PositiveSmallIntegerField(_("done within (h)"), default=24)

    class Meta:
        verbose_name = _("round of the plan")
        verbose_name_plural = _("rounds of the plan")
        ordering = ["-level", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="round_template_level_one_to_four"),
            models.CheckConstraint(condition=Q(due_hours__gt=0), name="round_template_has_hours"),
        ]

    def __str__(self) -> str:
        return self.title


class PlanRound(models.Model):
    """A round as a response opened it: once, whatever becomes of the level. It stays open when the level falls."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="rounds")
    template = models.ForeignKey(RoundTemplate, on_delete=models.PROTECT, related_name="+")
    round = models.OneToOneField(InspectionRound, on_delete=models.PROTECT, related_name="plan_round")

    class Meta:
        verbose_name = _("round opened by a response")
        verbose_name_plural = _("rounds opened by responses")
        constraints = [models.UniqueConstraint(fields=["response", "template"], name="plan_round_once")]
