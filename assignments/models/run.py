"""Where the ladder of a duty stands, and whom it has told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.enums import Stopped, Way, Who
from assignments.models.duty import Assignment
from messaging.models import Broadcast
from territory.models import ContactPoint


class EscalationRun(models.Model):
    """One walk up the ladder for one duty, from its giving to an answer, or from the answer to the report.

    `policy` is frozen when it starts; people are looked up at each step. `step_no` (from 1) is the next step,
    `loop` only ever grows, and `loop_from` is the loop in which the ladder last began from below. `fence` counts every
    move. An open run always knows when it moves next: there is no other way out than an answer or a person.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="runs")
    policy = models.JSONField()
    step_no = models.PositiveSmallIntegerField(default=1)
    loop = models.PositiveIntegerField(default=0)
    loop_from = models.PositiveIntegerField(default=0)
    next_due_at = models.DateTimeField(null=True, blank=True)
    fence = models.BigIntegerField(default=0, db_default=0)
    fired = models.PositiveIntegerField(_("steps taken"), default=0, db_default=0)
    gap_told_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(_("started"))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    stopped_by = models.CharField(_("why it stopped"), max_length=10, choices=Stopped, blank=True, db_default="")

    class Meta:
        verbose_name = _("ladder")
        verbose_name_plural = _("ladders")
        indexes = [
            models.Index(fields=["next_due_at", "id"], condition=Q(stopped_at__isnull=True), name="run_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(stopped_at__isnull=True), name="run_open_once_a_duty"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, next_due_at__isnull=False)
                | Q(stopped_at__isnull=False, next_due_at__isnull=True),
                name="run_open_knows_its_next_step",
            ),
        ]

    @property
    def walk(self) -> int:
        """How often the ladder has been walked since it began from below."""
        return self.loop - self.loop_from


class EscalationSent(models.Model):
    """One person told at one step; step 0 is the giving of the duty. `person` is empty for whoever has no account.

    `answered_at` is when he himself answered. The references are not checked by the database: ten thousand of them are
    written at once, by the engine alone, for runs that it holds; what they name is never deleted while it matters.
    """

    run = models.ForeignKey(
        EscalationRun, on_delete=models.PROTECT, related_name="sent", db_constraint=False, db_index=False
    )
    step_no = models.PositiveSmallIntegerField()
    loop = models.PositiveIntegerField()
    who = models.CharField(max_length=10, choices=Who)
    channel = models.CharField(max_length=10, choices=Way)
    person = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    broadcast = models.ForeignKey(
        Broadcast,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    sent_at = models.DateTimeField(_("sent"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("step taken")
        verbose_name_plural = _("steps taken")
        indexes = [
            models.Index(fields=["broadcast", "contact_point"], name="sent_by_message"),
            # Asked only of those who do not owe the duty: most rows need no entry.
            models.Index(fields=["person"], condition=~Q(who=Who.ASSIGNEE), name="sent_to_others"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "step_no", "loop", "person", "channel"], nulls_distinct=False, name="sent_once"
            )
        ]
