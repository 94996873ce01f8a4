"""Contingency plans with their tasks, responses, and every decision about a response."""

import uuid

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from alerts.models import Notice
from assignments.models import Assignment
from command.enums import Receives, ResponseLevel, ResponseVerb
from core.models import APPEND_ONLY, Stamped
from territory.models import ContactPoint, Placed, PlacedQuerySet


@pghistory.track()
class ContingencyPlan(Placed, Stamped):
    """A version of the district's flood plan: what each level asks of whom. The newest published one holds.

    `is_sample` marks a shipped example, which is no district's approved plan.
    """

    version = models.CharField(_("version"), max_length=20)
    title = models.CharField(_("title"), max_length=120)
    basis = models.CharField(_("basis"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_sample = models.BooleanField(_("sample"), default=False)

    objects = PlacedQuerySet["ContingencyPlan"].as_manager()

    class Meta:
        verbose_name = _("contingency plan")
        verbose_name_plural = _("contingency plans")
        constraints = [models.UniqueConstraint(fields=["area_code", "version"], name="contingency_plan_version_once")]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


@pghistory.track(exclude=["contact_name"])
class TaskTemplate(models.Model):
    """What a level asks of somebody. A template of level L holds in every response at L or a more serious level.

    `area_code` narrows it to a place; `each_subdistrict` gives one task to every sub-district below the response.
    """

    plan = models.ForeignKey(ContingencyPlan, on_delete=models.CASCADE, related_name="templates")
    level = models.SmallIntegerField(_("from level"), choices=ResponseLevel)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    title = models.CharField(_("what is to be done"), max_length=100)
    body = models.TextField(_("details"), blank=True)
    receives = models.CharField(_("goes to"), max_length=8, choices=Receives)
    role = models.CharField(_("role"), max_length=24, choices=Role, blank=True)
    post_ref = models.CharField(_("duty post"), max_length=60, blank=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact_name = models.CharField(_("agency or person"), max_length=40, blank=True)
    area_code = models.CharField(_("area code"), max_length=15, blank=True)
    each_subdistrict = models.BooleanField(_("one for each sub-district"), default=False)
    due_minutes = models.PositiveIntegerField(_("done within (min)"), default=60)

    class Meta:
        verbose_name = _("task of the plan")
        verbose_name_plural = _("tasks of the plan")
        ordering = ["-level", "order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="template_level_one_to_four"),
            models.CheckConstraint(
                condition=(Q(receives=Receives.ROLE) & ~Q(role=""))
                | Q(receives=Receives.POST)
                | Q(receives=Receives.PERSON, person__isnull=False)
                | (Q(receives=Receives.CONTACT, contact_point__isnull=False) & ~Q(contact_name="")),
                name="template_has_receiver",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Response(Placed, Stamped):
    """An emergency response over an area, from its start to its end. `level` is the one in force, 1 highest.

    Only one is open over an area, and one in each exercise: the database refuses a second.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    level = models.SmallIntegerField(_("level"), choices=ResponseLevel)
    opened_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    plan = models.ForeignKey(ContingencyPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["Response"].as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "exercise"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="response_open_once",
            ),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="response_level_one_to_four"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("opened_at")), name="response_ends_after_start"
            ),
        ]


class ResponseStep(models.Model):
    """A signed decision about a response: from which level to which, on what basis. Append-only.

    `decided_at` is when it was decided, `recorded_at` when it was typed.
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(_("what"), max_length=10, choices=ResponseVerb)
    level_before = models.SmallIntegerField(_("level before"), choices=ResponseLevel, null=True, blank=True)
    level_after = models.SmallIntegerField(_("level after"), choices=ResponseLevel, null=True, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_by_name = models.CharField(max_length=60)
    basis = models.CharField(_("basis"), max_length=500)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("decision about a response")
        verbose_name_plural = _("decisions about responses")
        ordering = ["pk"]
        triggers = [APPEND_ONLY]
        constraints = [
            models.CheckConstraint(
                condition=Q(verb=ResponseVerb.ACTIVATE, level_before__isnull=True, level_after__isnull=False)
                | Q(verb=ResponseVerb.RAISE, level_after__lt=F("level_before"))
                | Q(verb=ResponseVerb.LOWER, level_after__gt=F("level_before"))
                | Q(verb=ResponseVerb.END, level_before__isnull=False, level_after__isnull=True),
                name="response_step_moves",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="response_step_has_basis"),
        ]


class PlanTask(Placed):
    """A task of the plan as this response gave it, once for each place. Without assignment nobody was found for it.

    `withdrawn_at`: taken back because the level fell; rising again gives it anew.
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="tasks")
    template = models.ForeignKey(TaskTemplate, on_delete=models.PROTECT, related_name="+")
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="plan_task"
    )
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = PlacedQuerySet["PlanTask"].as_manager()

    class Meta:
        verbose_name = _("task given")
        verbose_name_plural = _("tasks given")
        constraints = [
            models.UniqueConstraint(fields=["response", "template", "area_code"], name="plan_task_once"),
        ]
