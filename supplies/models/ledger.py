"""The ledger: movements that are only ever added, and the balances that the database keeps from them."""

import uuid
from datetime import date
from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import APPEND_ONLY
from supplies.enums import MovementKind
from supplies.models.store import Lot, Store
from supplies.models.transfer import Issue, Transfer
from territory.models import Placed, PlacedQuerySet

# A row of an exercise never reaches the balances: the database itself skips it. An update that takes more than there
# is fails on the balance's own check, whoever inserted the movement. (An insert on conflict would fail the check
# before it saw the conflict, hence update first.)
KEEP_BALANCE = pgtrigger.Trigger(
    name="keep_balance",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__exercise__isnull=True),
    func="""
        IF NEW.from_store_id IS NOT NULL THEN
            UPDATE supplies_balance SET quantity = quantity - NEW.quantity
            WHERE store_id = NEW.from_store_id AND lot_id = NEW.lot_id;
            IF NOT FOUND THEN
                INSERT INTO supplies_balance (store_id, lot_id, quantity)
                VALUES (NEW.from_store_id, NEW.lot_id, -NEW.quantity);
            END IF;
        END IF;
        IF NEW.to_store_id IS NOT NULL THEN
            INSERT INTO supplies_balance (store_id, lot_id, quantity)
            VALUES (NEW.to_store_id, NEW.lot_id, NEW.quantity)
            ON CONFLICT (store_id, lot_id) DO UPDATE SET quantity = supplies_balance.quantity + EXCLUDED.quantity;
        END IF;
        RETURN NULL;
    """,
)
INTO = [MovementKind.RECEIVE, MovementKind.RETURN, MovementKind.TRANSFER_IN]
OUT_OF = [MovementKind.ISSUE, MovementKind.TRANSFER_OUT]
ONE_STORE = Q(from_store__isnull=False, to_store__isnull=True) | Q(from_store__isnull=True, to_store__isnull=False)


class Movement(Placed):
    """One row of the ledger. Append-only; a correction is another row that reverses this one.

    `occurred_at` is when it happened, `recorded_at` when it was typed. A loss in transit touches no store.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=14, choices=MovementKind)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements")
    from_store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60)
    document = models.CharField(_("number of the papers"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, null=True, blank=True, related_name="movements")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, null=True, blank=True, related_name="movements")
    stocktake_ref = models.CharField(max_length=60, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    # What queries add to a row.
    signed: Decimal

    objects = PlacedQuerySet["Movement"].as_manager()

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        indexes = [
            models.Index(fields=["lot", "from_store"], name="movement_from"),
            models.Index(fields=["lot", "to_store"], name="movement_to"),
            models.Index(fields=["from_store", "-id"], name="movement_out_of_store"),
            models.Index(fields=["to_store", "-id"], name="movement_into_store"),
            models.Index(fields=["exercise"], condition=Q(exercise__isnull=False), name="movement_exercise"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="movement_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=INTO, from_store__isnull=True, to_store__isnull=False)
                | Q(kind__in=OUT_OF, from_store__isnull=False, to_store__isnull=True)
                | (Q(kind__in=[MovementKind.ADJUST, MovementKind.REVERSE]) & ONE_STORE)
                | Q(kind=MovementKind.LOSS, from_store__isnull=False, to_store__isnull=True)
                | Q(
                    kind=MovementKind.LOSS,
                    from_store__isnull=True,
                    to_store__isnull=True,
                    transfer__isnull=False,
                ),
                name="movement_direction",
            ),
            models.CheckConstraint(
                condition=Q(kind=MovementKind.REVERSE, reverses__isnull=False)
                | (~Q(kind=MovementKind.REVERSE) & Q(reverses__isnull=True)),
                name="movement_reverses_one",
            ),
        ]
        triggers = [APPEND_ONLY, KEEP_BALANCE]


class Balance(models.Model):
    """How much of a lot lies in a store: the sum of its movements, kept by the trigger and never written by us."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="balances")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="balances")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=0)

    # What queries add to a row.
    expires_on: date | None

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [
            models.UniqueConstraint(fields=["store", "lot"], name="balance_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="balance_not_negative"),
        ]
