"""Every household a notice is for, frozen at the signature, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import Answerer, Choice, Message, Via
from alerts.models.notice import Notice
from core.models import APPEND_ONLY
from territory.enums import MustReach
from territory.models import ContactPoint, Household, Placed, PlacedQuerySet


class AudienceHousehold(Placed):
    """One household of the frozen audience: through which contact point, and the best that is known of it.

    `answer` and `visited_at` are the best of its answers and visits (need_help is never hidden by a later "received");
    delivery is read from messaging. `unreached_at` is set when the wait ran out without either.

    `apart`: it cannot be counted by its message alone (see queries.counting). `message` and `arrived_at` say what
    became of its messages once these are about to be destroyed; before that they are empty.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="households", db_index=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, null=True, related_name="+")
    must_reach = models.CharField(max_length=12, choices=MustReach, blank=True)
    answer = models.CharField(max_length=10, choices=Choice, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_as = models.CharField(max_length=10, choices=Answerer, blank=True, default="", db_default="")
    visited_at = models.DateTimeField(null=True)
    unreached_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(_("why it cannot be reached"), max_length=200, blank=True)
    help_closed_at = models.DateTimeField(null=True)
    apart = models.BooleanField(default=False, db_default=False)
    message = models.SmallIntegerField(choices=Message, null=True)
    arrived_at = models.DateTimeField(null=True)

    objects = PlacedQuerySet["AudienceHousehold"].as_manager()

    class Meta:
        verbose_name = _("household of the audience")
        verbose_name_plural = _("households of the audience")
        constraints = [models.UniqueConstraint(fields=["notice", "household"], name="audience_household_once")]
        indexes = [
            models.Index(fields=["notice", "area_code"], name="audience_by_grid"),
            models.Index(fields=["contact_point"], condition=Q(contact_point__isnull=False), name="audience_by_phone"),
            models.Index(
                fields=["notice"],
                condition=Q(apart=True)
                | ~Q(answer="")
                | Q(visited_at__isnull=False)
                | ~Q(closed_reason="")
                | Q(unreached_at__isnull=False),
                name="audience_apart",
            ),
            models.Index(
                fields=["notice"],
                condition=Q(answer=Choice.NEED_HELP, help_closed_at=None),
                name="audience_crying",
            ),
        ]


class Answer(models.Model):
    """One answer as it came, with who gave it and how. Append-only."""

    audience = models.ForeignKey(AudienceHousehold, on_delete=models.PROTECT, related_name="answers")
    choice = models.CharField(_("answer"), max_length=10, choices=Choice)
    via = models.CharField(_("how"), max_length=8, choices=Via)
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(_("in his words"), max_length=200, blank=True)
    answered_as = models.CharField(
        _("who answered"), max_length=10, choices=Answerer, default=Answerer.OWN, db_default=Answerer.OWN
    )
    answered_name = models.CharField(_("name"), max_length=40, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        triggers = [APPEND_ONLY]
