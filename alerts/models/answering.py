"""What the district did about a warning: who was called, what the consultation concluded, which notice relays it."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import Decision, NoticeKind, NoticeLevel
from alerts.models.notice import Notice
from alerts.models.warning import ReceivedWarning
from assignments.models import Assignment
from core.models import APPEND_ONLY, Stamped


class WarningCall(models.Model):
    """Somebody called out by a warning; his acknowledgement is the answer."""

    warning = models.ForeignKey(ReceivedWarning, on_delete=models.PROTECT, related_name="calls")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="warning_call")
    post = models.CharField(_("called as"), max_length=60)

    class Meta:
        verbose_name = _("call-out on a warning")
        verbose_name_plural = _("call-outs on warnings")
        triggers = [APPEND_ONLY]


@pghistory.track()
class Consultation(Stamped):
    """会商: opened by a grave warning, due within a configured time; its minutes are typed in."""

    warning = models.OneToOneField(ReceivedWarning, on_delete=models.PROTECT, related_name="consultation")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, null=True, related_name="consultation")
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"))
    held_at = models.DateTimeField(_("decided at"), null=True)
    attendees = models.CharField(_("who took part"), max_length=300, blank=True)
    conclusion = models.TextField(_("conclusion"), max_length=1000, blank=True)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), null=True)

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        constraints = [
            models.CheckConstraint(
                condition=Q(held_at=None, recorded_at=None, recorded_by=None, decision="", conclusion="")
                | (
                    Q(held_at__isnull=False, recorded_at__isnull=False, recorded_by__isnull=False)
                    & Q(held_at__lte=F("recorded_at"))
                    & ~Q(decision="")
                    & ~Q(conclusion="")
                ),
                name="consultation_recorded_whole",
            )
        ]

    def __str__(self) -> str:
        return str(self.warning)


class WarningRelay(models.Model):
    """A notice of the district that was drafted from a warning."""

    warning = models.ForeignKey(ReceivedWarning, on_delete=models.PROTECT, related_name="relays")
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="relay")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("relay of a warning")
        verbose_name_plural = _("relays of warnings")
        triggers = [APPEND_ONLY]


@pghistory.track()
class RelayText(Stamped):
    """What a relayed notice says of an event at a level. `event_code` empty: of every event of this kind."""

    event_code = models.CharField(_("event code"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=14, choices=NoticeKind)
    level = models.SmallIntegerField(_("level"), choices=NoticeLevel)
    caution = models.CharField(_("what to beware of"), max_length=120)
    measures = models.CharField(_("what to do"), max_length=200)

    class Meta:
        verbose_name = _("text for relaying")
        verbose_name_plural = _("texts for relaying")
        constraints = [models.UniqueConstraint(fields=["event_code", "kind", "level"], name="relay_text_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_level_display()}"
