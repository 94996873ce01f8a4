"""What was asked at households' doors, and what the answers propose to change in the roll."""

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import APPEND_ONLY, Media, Stamped
from hazards.enums import CheckOutcome, ItemResult, RollField
from hazards.models.checklist import Checklist, ChecklistItem
from territory.models import Household, Placed, PlacedQuerySet


class HouseholdCheck(Placed):
    """入户排查: one visit to a household's door. Append-only: what was said there is added, never edited.

    The device mints `client_uuid`: the same id and body is the same visit. Only the outcome “checked” has answers.
    """

    client_uuid = models.UUIDField(unique=True)
    body_sha256 = models.CharField(max_length=64)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="checks")
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=8, choices=CheckOutcome)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="household_checks")
    on_behalf_of = models.CharField(_("on behalf of"), max_length=60, blank=True)
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    position = models.PointField(_("position"), srid=4326, null=True, blank=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    failed_items = models.PositiveSmallIntegerField(_("failed items"), default=0)
    photo = models.ForeignKey(Media, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PlacedQuerySet["HouseholdCheck"].as_manager()

    class Meta:
        verbose_name = _("household check")
        verbose_name_plural = _("household checks")
        indexes = [
            models.Index(fields=["household", "-occurred_at"], name="household_check_newest"),
            models.Index(fields=["checked_by", "occurred_at"], name="household_check_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=CheckOutcome.CHECKED) | Q(checklist__isnull=False),
                name="household_check_has_a_checklist",
            )
        ]
        triggers = [APPEND_ONLY]


class HouseholdAnswer(models.Model):
    """The answer to one question at a door. Append-only."""

    check_made = models.ForeignKey(HouseholdCheck, on_delete=models.PROTECT, related_name="answers")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(_("result"), max_length=4, choices=ItemResult)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("answer at a door")
        verbose_name_plural = _("answers at doors")
        constraints = [models.UniqueConstraint(fields=["check_made", "item"], name="household_answer_once")]
        triggers = [APPEND_ONLY]


class RollProposal(Placed, Stamped):
    """What a check proposes to change in the roll. The roll changes only when another person accepts it.

    `was` is what the roll said when it was proposed: where it says something else by now, nobody accepts blindly.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="proposals")
    check_made = models.ForeignKey(HouseholdCheck, on_delete=models.PROTECT, related_name="proposals")
    field = models.CharField(_("what is to change"), max_length=10, choices=RollField)
    value = models.CharField(_("new"), max_length=20, blank=True)
    was = models.CharField(_("was"), max_length=20, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    accepted = models.BooleanField(_("accepted"), null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = PlacedQuerySet["RollProposal"].as_manager()

    class Meta:
        verbose_name = _("proposal for the roll")
        verbose_name_plural = _("proposals for the roll")
        constraints = [
            models.UniqueConstraint(
                fields=["household", "field"], condition=Q(decided_at__isnull=True), name="roll_proposal_open_once"
            ),
            models.CheckConstraint(
                condition=Q(accepted__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(accepted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="roll_proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="roll_proposal_decided_by_another",
                violation_error_message=_("Another person than the one who proposed it must decide."),
            ),
        ]
