"""诉求: what residents ask for in peace time, until somebody has asked back whether it was done."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.models import APPEND_ONLY, Stamped
from hazards.enums import Mode, RequestVerb
from hazards.models.household import HouseholdCheck
from territory.models import Household, Placed, PlacedQuerySet


@pghistory.track()
class RequestCategory(models.Model):
    """A category as the district has set it, with the days that it may take. Without rows the shipped list holds."""

    name = models.CharField(_("category"), max_length=20, unique=True)
    days = models.PositiveSmallIntegerField(_("days to settle"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category of requests")
        verbose_name_plural = _("categories of requests")
        ordering = ["order", "pk"]
        constraints = [models.CheckConstraint(condition=Q(days__gt=0), name="request_category_has_days")]

    def __str__(self) -> str:
        return self.name


class CitizenRequest(Placed, Stamped):
    """One request in a grid. The client mints `uuid`: the same request sent twice is one.

    Who asked and his telephone are personal data: lists mask them. The duty of settling is `assignment` (kind
    citizen_request); `answered_at` is its result. It closes by another than who settled it, or after speaking with
    whoever asked. `check_made` is the household check that brought it up. `category` keeps its words as they stood.
    """

    uuid = models.UUIDField(unique=True)
    body_sha256 = models.CharField(max_length=64)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="requests")
    check_made = models.ForeignKey(
        HouseholdCheck, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    who = models.CharField(_("who makes the request"), max_length=60, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)
    what = models.CharField(_("what is asked for"), max_length=300)
    category = models.CharField(_("category"), max_length=20)
    mode = models.CharField(_("how it is settled"), max_length=8, choices=Mode)
    received_at = models.DateTimeField(_("asked at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(_("to be settled by"))
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="citizen_request"
    )
    responsible = models.CharField(_("responsible"), max_length=60, blank=True)
    answered_at = models.DateTimeField(_("result reported at"), null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("what was done"), max_length=500, blank=True)
    spoken_at = models.DateTimeField(_("spoken with at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closing_words = models.CharField(_("what was said on asking back"), max_length=300, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["CitizenRequest"].as_manager()

    class Meta:
        verbose_name = _("resident's request")
        verbose_name_plural = _("residents' requests")
        indexes = [
            models.Index(fields=["area_code", "due_at"], condition=Q(closed_at__isnull=True), name="request_open"),
            models.Index(fields=["area_code", "-received_at"], name="request_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False, answered_at__isnull=False),
                name="request_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True)
                | Q(spoken_at__isnull=False)
                | Q(answered_by__isnull=True)
                | ~Q(closed_by=F("answered_by")),
                name="request_closed_by_another_or_spoken",
                violation_error_message=_(
                    "Whoever settled it may close it only after speaking with whoever asked: record that first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.what


class RequestStep(models.Model):
    """Something that happened to a request, with who and when. Append-only."""

    request = models.ForeignKey(CitizenRequest, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(_("what"), max_length=8, choices=RequestVerb)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
        ordering = ["id"]
        indexes = [models.Index(fields=["by", "occurred_at"], name="request_step_by_person")]
        triggers = [APPEND_ONLY]
