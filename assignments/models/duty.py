"""One row for every duty that a person owes, and everything that happened to it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.enums import OPEN, Means, State, Verb
from core.models import APPEND_ONLY, Stamped
from messaging.models import Broadcast
from territory.models import ContactPoint, Placed, PlacedQuerySet


class Assignment(Placed, Stamped):
    """A duty with clocks: who, what, by when acknowledged, by when done, and by whom verified.

    Whoever has no account is named by `assignee_name` and reached at `contact_point`. `key` makes assigning
    repeatable: the same key is the same duty. Domain apps point down to it; it points at none of them.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=30)
    title = models.CharField(_("what is to be done"), max_length=120)
    body = models.TextField(_("details"), blank=True)
    assignee = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name=_("assignee")
    )
    assignee_name = models.CharField(_("assignee's name"), max_length=40)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=14, choices=State, default=State.ASSIGNED)
    issued_at = models.DateTimeField(_("issued"))
    acknowledge_by = models.DateTimeField(_("acknowledge by"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    started_at = models.DateTimeField(_("on the spot at"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    needs_verification = models.BooleanField(_("another person verifies"), default=False)
    # The key of the last answer, by whom when not by the assignee, and since when support is wanted and nobody sent.
    answer_key = models.CharField(_("answer"), max_length=4, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=60, blank=True)
    support_asked_at = models.DateTimeField(_("support wanted since"), null=True, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)
    link_nonce = models.CharField(max_length=16, blank=True)  # empty: the task link is revoked

    objects = PlacedQuerySet["Assignment"].as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            models.Index(fields=["assignee", "due_at"], condition=Q(state__in=OPEN), name="assignment_mine"),
            models.Index(fields=["area_code", "state", "updated_at"], name="assignment_by_area"),
            models.Index(fields=["kind", "state"], name="assignment_by_kind"),
            # What is open is a small part of what was ever given: boards count it without a look at the rest.
            models.Index(
                fields=["area_code"],
                opclasses=["varchar_pattern_ops"],
                include=["state", "due_at", "acknowledge_by"],
                condition=Q(state__in=OPEN, exercise__isnull=True),
                name="assignment_open",
            ),
            models.Index(
                fields=["area_code"], condition=Q(support_asked_at__isnull=False), name="assignment_wants_support"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(assignee__isnull=False) | Q(contact_point__isnull=False), name="assignment_has_receiver"
            ),
            models.CheckConstraint(
                condition=Q(state=State.VERIFIED, verified_at__isnull=False)
                | (~Q(state=State.VERIFIED) & Q(verified_at__isnull=True)),
                name="assignment_verified_has_time",
            ),
            models.CheckConstraint(
                condition=Q(needs_verification=False)
                | Q(verified_by__isnull=True)
                | Q(reported_by__isnull=True)
                | ~Q(verified_by=F("reported_by")),
                name="assignment_verified_by_another",
                violation_error_message=_("Another person than the one who did it must verify it."),
            ),
            models.CheckConstraint(
                condition=Q(needs_verification=False)
                | Q(verified_by__isnull=True)
                | Q(assignee__isnull=True)
                | ~Q(verified_by=F("assignee")),
                name="assignment_not_verified_by_assignee",
                violation_error_message=_("Another person than the one who did it must verify it."),
            ),
            # What was wrong is closed by a named person, and the two constraints above say that he is another one.
            models.CheckConstraint(
                condition=~Q(kind="rectify")
                | (Q(needs_verification=True) & (~Q(state=State.VERIFIED) | Q(verified_by__isnull=False))),
                name="assignment_rectified_before_a_witness",
                violation_error_message=_("Another person than the one who did it must verify it."),
            ),
        ]

    @property
    def reminders(self) -> int:
        """How many steps its ladders have taken; lists fetch `runs` beforehand."""
        return sum(run.fired for run in self.runs.all())


class AssignmentEvent(models.Model):
    """Something that happened to a duty. Append-only; clocks use `occurred_at`, `recorded_at` is when it was typed.

    An answer keeps its key, the words as they came (`said`) and what they came from (`source`): the same source again
    is the same answer.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(_("what"), max_length=14, choices=Verb)
    means = models.CharField(_("how"), max_length=12, choices=Means, default=Means.PAGE)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=60, blank=True)
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    option = models.CharField(_("answer"), max_length=4, blank=True)
    said = models.CharField(_("in his words"), max_length=500, blank=True)
    source = models.CharField(max_length=64, blank=True)
    photo_sha256 = models.CharField(max_length=64, blank=True)
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("assignment event")
        verbose_name_plural = _("assignment events")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "source"], condition=~Q(source=""), name="assignment_event_source_once"
            )
        ]
        triggers = [APPEND_ONLY]
