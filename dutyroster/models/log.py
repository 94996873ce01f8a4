"""The duty log: what came in, in the order it came, and what became of it. Both tables only ever grow."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import APPEND_ONLY
from dutyroster.enums import FollowUp, LogKind
from dutyroster.models.post import DutyPost
from dutyroster.models.roster import Shift
from territory.models import Placed, PlacedQuerySet


class LogEntry(Placed):
    """One line of the log. A mistake is mended by another entry that `corrects` it; the first stays readable.

    The device mints `uuid`: the same number and text is the same entry. Clocks use `occurred_at`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey(DutyPost, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, null=True, blank=True, related_name="log")
    kind = models.CharField(_("kind"), max_length=12, choices=LogKind, default=LogKind.NOTE)
    text = models.TextField(_("what happened"))
    caller_name = models.CharField(_("caller"), max_length=40, blank=True)
    caller_phone = models.CharField(_("caller's telephone"), max_length=20, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )
    wants_follow_up = models.BooleanField(_("to be handed on"), default=False)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["LogEntry"].as_manager()

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("entries of the log")
        ordering = ["-occurred_at", "-pk"]
        indexes = [
            models.Index(fields=["area_code", "-occurred_at", "-id"], name="log_by_area"),
            models.Index(fields=["occurred_at"], condition=Q(wants_follow_up=True), name="log_wants_follow_up"),
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.text[:40]


class LogFollowUp(models.Model):
    """What became of an entry: a call for help, a danger, an order, a word to the leader, or settled. Append-only."""

    entry = models.ForeignKey(LogEntry, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(_("what"), max_length=8, choices=FollowUp)
    ref = models.CharField(max_length=60, blank=True)
    url = models.CharField(max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "kind", "ref"], name="follow_up_once")]
        triggers = [APPEND_ONLY]
