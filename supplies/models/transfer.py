"""Goods that leave a store: handed out to somebody, or sent to another store or place."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.models import Stamped
from supplies.enums import IssueState, TransferState
from supplies.models.store import Lot, Store
from territory.models import Placed, PlacedQuerySet


class Issue(Placed, Stamped):
    """Goods handed out. By day they are asked for and approved by another person; in an emergency they leave first.

    `papers_due_at` is set for emergency issues only: by then the papers are handed in.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="issues")
    state = models.CharField(_("state"), max_length=12, choices=IssueState, default=IssueState.REQUESTED)
    to_whom = models.CharField(_("to whom"), max_length=80)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    purpose = models.CharField(_("for what"), max_length=120, blank=True)
    place = models.CharField(_("place or site"), max_length=120, blank=True)
    is_emergency = models.BooleanField(_("emergency issue"), default=False)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("asked for at"))
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    refused_reason = models.CharField(_("refused because"), max_length=200, blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(_("handed out at"), null=True, blank=True)
    papers_due_at = models.DateTimeField(_("papers due"), null=True, blank=True)
    papers_at = models.DateTimeField(_("papers handed in"), null=True, blank=True)
    papers_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    papers_document = models.CharField(_("number of the papers"), max_length=60, blank=True)
    photo_sha256 = models.CharField(max_length=64, blank=True)
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="supply_issue"
    )
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["Issue"].as_manager()

    class Meta:
        verbose_name = _("issue of goods")
        verbose_name_plural = _("issues of goods")
        indexes = [
            models.Index(fields=["store", "-requested_at"], name="issue_by_store"),
            models.Index(
                fields=["papers_due_at"], condition=Q(is_emergency=True, papers_at=None), name="issue_without_papers"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
                name="issue_approved_by_another",
                violation_error_message=_("Another person than the one who asks must approve."),
            ),
            models.CheckConstraint(
                condition=Q(is_emergency=True)
                | Q(state__in=[IssueState.REQUESTED, IssueState.REFUSED])
                | Q(approved_by__isnull=False),
                name="issue_approved_before_leaving",
            ),
            models.CheckConstraint(
                condition=Q(is_emergency=False) | Q(papers_due_at__isnull=False), name="issue_papers_have_a_clock"
            ),
        ]


class IssueLine(models.Model):
    """One lot of an issue."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "lot"], name="issue_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="issue_line_positive"),
        ]


class Transfer(Placed, Stamped):
    """Goods on their way from a store to another store or, with `to_store` empty, to a place.

    They leave the books of the store at departure and come onto those of the other by what was counted on arrival;
    what lies between is in transit until somebody else says that it was found or lost. `token` opens the receiver's
    page without an account.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(max_length=32, unique=True)
    from_store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="transfers_out")
    to_store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, blank=True, related_name="transfers_in")
    destination = models.CharField(_("destination"), max_length=120, blank=True)
    order_ref = models.CharField(_("order"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=TransferState, default=TransferState.LOADING)
    driver_name = models.CharField(_("driver"), max_length=40, blank=True)
    driver_phone = models.CharField(_("driver's telephone"), max_length=20, blank=True)
    vehicle = models.CharField(_("vehicle"), max_length=80, blank=True)
    receiver_name = models.CharField(_("receiver"), max_length=40, blank=True)
    opened_at = models.DateTimeField(_("loading began"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(_("loaded"), null=True, blank=True)
    departed_at = models.DateTimeField(_("departed"), null=True, blank=True)
    departed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_name = models.CharField(_("counted by"), max_length=60, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    photo_sha256 = models.CharField(max_length=64, blank=True)
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="supply_transfer"
    )
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["Transfer"].as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        indexes = [models.Index(fields=["state", "-opened_at"], name="transfer_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_store__isnull=False) | ~Q(destination=""), name="transfer_goes_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(to_store__isnull=True) | ~Q(to_store=F("from_store")), name="transfer_goes_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | Q(received_by__isnull=True) | ~Q(settled_by=F("received_by")),
                name="transfer_settled_by_another",
                violation_error_message=_("Another person than the one who counted must settle the difference."),
            ),
        ]


class TransferLine(models.Model):
    """One lot of a transfer: `sent` = `received` + `found` + `lost` once everything is settled."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    sent = models.DecimalField(_("sent"), max_digits=14, decimal_places=3)
    received = models.DecimalField(_("received"), max_digits=14, decimal_places=3, null=True, blank=True)
    found = models.DecimalField(_("found later"), max_digits=14, decimal_places=3, default=0)
    lost = models.DecimalField(_("lost"), max_digits=14, decimal_places=3, default=0)
    difference_reason = models.CharField(_("reason of the difference"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "lot"], name="transfer_line_once"),
            models.CheckConstraint(condition=Q(sent__gt=0), name="transfer_line_positive"),
            models.CheckConstraint(
                condition=Q(received__isnull=True)
                | Q(received__gte=0, found__gte=0, lost__gte=0, sent__gte=F("received") + F("found") + F("lost")),
                name="transfer_line_adds_up",
            ),
        ]
