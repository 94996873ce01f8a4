"""What is wrong at a site, until another person than the fixer has seen that it is mended."""

import uuid

import pghistory
from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.models import APPEND_ONLY, Media, Stamped
from hazards.enums import UNSETTLED, FindingState, Grade, Paper, Phase, Step
from hazards.models.checklist import ChecklistItem
from hazards.models.inspection import Inspection, InspectionAnswer
from hazards.models.site import HazardSite
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class FindingTerm(models.Model):
    """How long a grade may take, as the district has set it."""

    grade = models.CharField(_("grade"), max_length=14, choices=Grade, unique=True)
    days = models.PositiveSmallIntegerField(_("days to mend"))
    control_hours = models.PositiveSmallIntegerField(_("hours to interim control"), null=True, blank=True)
    reopen_days = models.PositiveSmallIntegerField(_("days within which it is the same finding"))

    class Meta:
        verbose_name = _("time limit of a grade")
        verbose_name_plural = _("time limits of the grades")
        constraints = [models.CheckConstraint(condition=Q(days__gt=0), name="finding_term_has_days")]

    def __str__(self) -> str:
        return str(Grade(self.grade).label)


@pghistory.track()
class Finding(Placed, Stamped):
    """隐患: something wrong at a site, mended by one and written off (销号) by another.

    The duty of mending is `assignment` (kind rectify) with its ladder; `state` follows it in the same transaction.
    `reopens` is the earlier finding that has come back. `item` is the question of the checklist that failed; without
    one it was found otherwise. The client mints `uuid`: the same finding sent twice is one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="findings")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(_("what is wrong"), max_length=300)
    grade = models.CharField(_("grade"), max_length=14, choices=Grade, default=Grade.GENERAL)
    state = models.CharField(_("state"), max_length=10, choices=FindingState, default=FindingState.FOUND)
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="findings")
    found_at = models.DateTimeField(_("found at"))
    due_at = models.DateTimeField(_("to be mended by"))
    control_by = models.DateTimeField(_("interim control by"), null=True, blank=True)
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="site_finding"
    )
    fixer_name = models.CharField(_("fixer"), max_length=60, blank=True)
    measure = models.CharField(_("interim measure"), max_length=300, blank=True)
    measure_by = models.CharField(_("kept up by"), max_length=60, blank=True)
    measure_at = models.DateTimeField(_("in force since"), null=True, blank=True)
    fixed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    fixed_at = models.DateTimeField(_("mended at"), null=True, blank=True)
    fixed_words = models.CharField(_("what was done"), max_length=500, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("written off at"), null=True, blank=True)
    closed_words = models.CharField(_("how it was checked"), max_length=500, blank=True)
    listed_at = models.DateTimeField(_("under supervision since"), null=True, blank=True)
    listed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    supervisor = models.CharField(_("supervising leader"), max_length=60, blank=True)
    reopens = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reopened_as")
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["Finding"].as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [
            models.Index(fields=["site", "state"], name="finding_at_site"),
            models.Index(fields=["area_code", "due_at"], condition=Q(state__in=UNSETTLED), name="finding_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=FindingState.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | (~Q(state=FindingState.CLOSED) & Q(closed_at__isnull=True, closed_by__isnull=True)),
                name="finding_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | Q(fixed_by__isnull=True) | ~Q(closed_by=F("fixed_by")),
                name="finding_closed_by_another",
                violation_error_message=_("Another person than the fixer must check it and write it off."),
            ),
            models.CheckConstraint(
                condition=~Q(state=FindingState.CONTROLLED) | (~Q(measure="") & Q(measure_at__isnull=False)),
                name="finding_controlled_by_a_measure",
            ),
            models.CheckConstraint(
                condition=Q(listed_at__isnull=True) | (Q(grade=Grade.MAJOR) & Q(listed_by__isnull=False)),
                name="finding_listed_is_major",
            ),
            # The same question of the checklist fails once until it is settled: what is seen again is carried forward.
            models.UniqueConstraint(
                fields=["site", "item"],
                condition=Q(state__in=UNSETTLED, exercise__isnull=True),
                name="finding_open_once_an_item",
            ),
        ]

    # What queries add for screens.
    late: bool
    place: str

    def __str__(self) -> str:
        return self.what

    @property
    def number(self) -> str:
        """The number on papers: the year it was found and the row."""
        return f"{self.found_at:%Y}-{self.pk:05d}"


class Sighting(models.Model):
    """A failed answer that showed a finding: the first one, and each time it was carried forward. Append-only."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="sightings")
    answer = models.OneToOneField(InspectionAnswer, on_delete=models.PROTECT, related_name="sighting")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="sightings")

    class Meta:
        verbose_name = _("sighting of a finding")
        verbose_name_plural = _("sightings of findings")
        triggers = [APPEND_ONLY]


class FindingStep(models.Model):
    """Something that happened to a finding, with who and when. Append-only."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(_("what"), max_length=10, choices=Step)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("step of a finding")
        verbose_name_plural = _("steps of findings")
        ordering = ["id"]
        triggers = [APPEND_ONLY]


class FindingPhoto(models.Model):
    """A photograph of a finding before or after, kept by the hash of its bytes. Append-only.

    `distance_m` is how far from the site it was taken, where the phone said so.
    """

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="photos")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="+")
    phase = models.CharField(_("phase"), max_length=6, choices=Phase)
    step = models.ForeignKey(FindingStep, on_delete=models.PROTECT, null=True, related_name="photos")
    distance_m = models.FloatField(_("distance to the site (m)"), null=True, blank=True)

    class Meta:
        verbose_name = _("photograph of a finding")
        verbose_name_plural = _("photographs of findings")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["finding", "media", "phase"], name="finding_photo_once")]
        triggers = [APPEND_ONLY]


class Deferral(models.Model):
    """延期: more time for a finding, approved by another than the fixer, with what keeps it safe. Append-only."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="deferrals")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    fixer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("approved at"))
    old_due = models.DateTimeField(_("was due"))
    new_due = models.DateTimeField(_("due now"))
    reason = models.CharField(_("reason"), max_length=300)
    measure = models.CharField(_("interim measure"), max_length=300)

    class Meta:
        verbose_name = _("deferral")
        verbose_name_plural = _("deferrals")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fixer__isnull=True) | ~Q(approved_by=F("fixer")),
                name="deferral_approved_by_another",
                violation_error_message=_("Another person than the fixer must put it off."),
            ),
            models.CheckConstraint(condition=~Q(measure="") & ~Q(reason=""), name="deferral_with_measure_and_reason"),
            models.CheckConstraint(condition=Q(new_due__gt=F("old_due")), name="deferral_is_later"),
        ]
        triggers = [APPEND_ONLY]


class PaperTemplate(models.Model):
    """A docx that the platform fills in for a paper; the newest counts. Append-only: a mistake has a way back."""

    paper = models.CharField(_("paper"), max_length=10, choices=Paper)
    name = models.CharField(_("file name"), max_length=120)
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("template of a paper")
        verbose_name_plural = _("templates of papers")
        ordering = ["-id"]
        triggers = [APPEND_ONLY]
