"""Who is rung for a household that must be reached, one after the other, before somebody walks there."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.enums import Answerer, Goal, NoticeLevel
from alerts.models.audience import AudienceHousehold
from core.models import Stamped
from messaging.models import Broadcast
from territory.models import ContactPoint, Household


# A chain is written afresh: whoever took a telephone out is known by the row that went.
@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["name"])
class RingStep(Stamped):
    """The `rank`th telephone of a household's chain: its own, its child's, its keeper's (包户人), its neighbour's.

    A household without steps is rung at its own numbers in their order.
    """

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="ring_steps")
    rank = models.PositiveSmallIntegerField(_("order"))
    who = models.CharField(_("who"), max_length=10, choices=Answerer, default=Answerer.OWN)
    name = models.CharField(_("name"), max_length=40, blank=True)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("telephone of a chain")
        verbose_name_plural = _("telephones of chains")
        ordering = ["household", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["household", "rank"], name="ring_step_rank"),
            models.UniqueConstraint(fields=["household", "contact_point"], name="ring_step_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="ring_step_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.get_who_display()} {self.name}".strip()


class RingCall(models.Model):
    """The `rank`th call to a household under a notice, with whose telephone it was then."""

    audience = models.ForeignKey(AudienceHousehold, on_delete=models.PROTECT, related_name="ring_calls")
    rank = models.PositiveSmallIntegerField()
    who = models.CharField(max_length=10, choices=Answerer)
    name = models.CharField(max_length=40, blank=True)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()

    class Meta:
        verbose_name = _("call of a chain")
        verbose_name_plural = _("calls of chains")
        constraints = [models.UniqueConstraint(fields=["audience", "rank"], name="ring_call_once")]


class ReachRule(Stamped):
    """How a notice of a level is followed up. A level without a row goes by the usual figures of the rules."""

    level = models.SmallIntegerField(_("level"), choices=NoticeLevel, unique=True)
    wait_minutes = models.PositiveSmallIntegerField(_("unreached after (min)"))
    ring_seconds = models.PositiveSmallIntegerField(_("next telephone of a chain after (s)"))
    goal = models.CharField(_("goal"), max_length=12, choices=Goal)

    class Meta:
        verbose_name = _("rule of reaching")
        verbose_name_plural = _("rules of reaching")
        ordering = ["level"]

    def __str__(self) -> str:
        return str(self.get_level_display())
