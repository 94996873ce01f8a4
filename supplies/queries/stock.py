"""What lies where, what is on its way, and whether the books add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, DecimalField, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from core.rules import OpenItem
from supplies.enums import ISSUE_PAPERS_LABEL, IssueState, MovementKind, TransferState
from supplies.models import Balance, Issue, Movement, Quota, Store, SupplyItem, Transfer, TransferLine
from supplies.rules import NOTHING, Counted
from territory.models import PlacedQuerySet, within
from territory.rules import Scope

QUANTITY = DecimalField(max_digits=14, decimal_places=3)
ZERO = Value(NOTHING, output_field=QUANTITY)


def stock(scope: Scope, *, category: str = "", text: str = "", short: bool = False) -> QuerySet[SupplyItem]:
    """The catalogue with what lies in the stores of `scope`, by code. One statement.

    Annotated: `quantity`, `stores` (how many hold some), `good_until` (first date of expiry), `quota` (the district's
    standing one, None without). `short` keeps those below their quota.
    """
    mine = Balance.objects.filter(
        within(scope, "store__area_code"), lot__item=OuterRef("pk"), quantity__gt=0, store__retired_at__isnull=True
    ).order_by()
    per_item = mine.values("lot__item")
    whole = Quota.objects.filter(item=OuterRef("pk"), store__isnull=True, response_level__isnull=True)
    per_row: dict[str, Any] = {
        "quantity": Coalesce(
            Subquery(per_item.annotate(sum=Sum("quantity")).values("sum"), output_field=QUANTITY), ZERO
        ),
        "stores": Coalesce(Subquery(per_item.annotate(n=Count("store", distinct=True)).values("n")), 0),
        "good_until": Subquery(per_item.annotate(first=Min("lot__expires_on")).values("first")),
        "quota": Subquery(whole.values("quantity")[:1], output_field=QUANTITY),
    }
    rows = SupplyItem.objects.filter(retired_at__isnull=True).annotate(**per_row)
    if category:
        rows = rows.filter(category=category)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(code__icontains=text))
    if short:
        rows = rows.filter(Q(quota__isnull=False), Q(quantity__lt=F("quota")))
    return rows.order_by("code")


def balance(store: Store, item: SupplyItem) -> Decimal:
    """How much of an item lies in a store. One statement."""
    found = Balance.objects.filter(store=store, lot__item=item).aggregate(sum=Sum("quantity"))["sum"]
    return Decimal(found or 0)


def lots_at(store: Store) -> list[Balance]:
    """What lies in a store, lot by lot. One statement."""
    rows = Balance.objects.filter(store=store, quantity__gt=0).select_related("lot__item")
    return list(rows.order_by("lot__item__code", "lot__expires_on", "lot_id"))


@dataclass(frozen=True)
class AtHand:
    """An item as it lies in one store."""

    item: SupplyItem
    quantity: Decimal
    quota: Decimal | None = None
    good_until: date | None = None

    @property
    def is_short(self) -> bool:
        """True below the store's standing quota."""
        return self.quota is not None and self.quantity < self.quota


def items_at(store: Store, *, exercise: UUID | None = None) -> list[AtHand]:
    """What lies in a store, item by item, and what ought to; an exercise sees its own moves. Three statements."""
    sums: dict[int, Decimal] = {}
    until: dict[int, date | None] = {}
    per_item = Balance.objects.filter(store=store, quantity__gt=0).order_by().values("lot__item")
    for row in per_item.annotate(sum=Sum("quantity"), first=Min("lot__expires_on")):
        sums[row["lot__item"]], until[row["lot__item"]] = row["sum"], row["first"]
    if exercise is not None:
        own = Movement.objects.filter(exercise=exercise).filter(Q(to_store=store) | Q(from_store=store))
        for item, into, quantity in own.values_list("lot__item", "to_store", "quantity"):
            sums[item] = sums.get(item, NOTHING) + (quantity if into == store.pk else -quantity)
    quotas = dict(Quota.objects.filter(store=store, response_level__isnull=True).values_list("item", "quantity"))
    items = SupplyItem.objects.filter(pk__in=set(sums) | set(quotas)).order_by("code")
    return [AtHand(item, sums.get(item.pk, NOTHING), quotas.get(item.pk), until.get(item.pk)) for item in items]


def stores_of(item: SupplyItem, scope: Scope) -> list[Balance]:
    """Where an item lies, lot by lot. One statement."""
    rows = Balance.objects.filter(within(scope, "store__area_code"), lot__item=item, quantity__gt=0)
    return list(rows.select_related("store", "lot").order_by("store__code", "lot__expires_on", "lot_id"))


def movements(
    scope: Scope, *, store: Store | None = None, item: SupplyItem | None = None, kind: str = "", exercises: bool = False
) -> PlacedQuerySet[Movement]:
    """The ledger, newest first; without exercises unless asked for. One statement."""
    rows = Movement.objects.in_scope(scope).select_related(
        "lot__item", "from_store", "to_store", "transfer", "issue", "reversed_by"
    )
    if not exercises:
        rows = rows.filter(exercise__isnull=True)
    if store is not None:
        rows = rows.filter(Q(from_store=store) | Q(to_store=store))
    if item is not None:
        rows = rows.filter(lot__item=item)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("-pk")


def still_out(*, issue: Issue | None = None, transfer: Transfer | None = None) -> dict[int, Decimal]:
    """What was handed out, or lies at the place it was sent to, and has not come back: {lot id: quantity}."""
    sums: dict[int, Decimal] = {}
    if transfer is not None and transfer.to_store_id is None:
        for line in transfer.lines.all():
            sums[line.lot_id] = sums.get(line.lot_id, NOTHING) + (line.received or NOTHING)
    rows = Movement.objects.filter(issue=issue) if issue else Movement.objects.filter(transfer=transfer)
    for row in rows.select_related("reverses").order_by("pk"):
        undone = row.reverses
        kind = undone.kind if undone else row.kind
        sign = {MovementKind.ISSUE.value: 1, MovementKind.RETURN.value: -1}.get(kind, 0) * (-1 if undone else 1)
        sums[row.lot_id] = sums.get(row.lot_id, NOTHING) + sign * row.quantity
    return {lot: quantity for lot, quantity in sums.items() if quantity > 0}


def issues(scope: Scope, *, store: Store | None = None, state: str = "") -> PlacedQuerySet[Issue]:
    """Issues, newest first, without exercises. `state` may be "papers": out, and their papers owed."""
    rows = Issue.objects.in_scope(scope).filter(exercise__isnull=True)
    if store is not None:
        rows = rows.filter(store=store)
    if state == "papers":
        rows = rows.filter(is_emergency=True, papers_at__isnull=True)
    elif state:
        rows = rows.filter(state=state)
    return (
        rows.select_related("store", "requested_by", "issued_by").prefetch_related("lines__lot__item").order_by("-pk")
    )


MOVING = (TransferState.LOADING, TransferState.ON_THE_WAY, TransferState.RECEIVED_SHORT)


def _seen_from(scope: Scope) -> Q:
    return within(scope, "area_code") | within(scope, "to_store__area_code")


def transfers(scope: Scope, *, store: Store | None = None, state: str = "") -> QuerySet[Transfer]:
    """Transfers from and to the stores of `scope`, newest first, without exercises. `state` may be "open"."""
    rows = Transfer.objects.filter(_seen_from(scope), exercise__isnull=True)
    if store is not None:
        rows = rows.filter(Q(from_store=store) | Q(to_store=store))
    if state == "open":
        rows = rows.filter(state__in=MOVING)
    elif state:
        rows = rows.filter(state=state)
    rows = rows.select_related("from_store", "to_store", "assignment").prefetch_related("lines__lot__item")
    return rows.order_by("-pk")


def in_transit(scope: Scope) -> list[TransferLine]:
    """Lines that have left and are neither counted in, found nor lost. One statement."""
    rows = TransferLine.objects.filter(
        within(scope, "transfer__area_code") | within(scope, "transfer__to_store__area_code"),
        transfer__exercise__isnull=True,
        transfer__state__in=[TransferState.ON_THE_WAY, TransferState.RECEIVED_SHORT],
        sent__gt=Coalesce(F("received"), ZERO) + F("found") + F("lost"),
    )
    return list(
        rows.select_related("transfer__from_store", "transfer__to_store", "lot__item").order_by("transfer_id", "pk")
    )


def delivery_by_token(token: str) -> Transfer | None:
    """The transfer whose receiver's page has this token, once it has left."""
    rows = Transfer.objects.select_related("from_store", "to_store", "departed_by").filter(departed_at__isnull=False)
    return rows.filter(token=token).first()


def missing(line: TransferLine) -> Decimal:
    """What has left on this line and nobody has seen since."""
    return Counted(line.sent, line.received, line.found, line.lost).in_transit


def unbalanced() -> list[tuple[int, int, Decimal, Decimal]]:
    """Places of the books whose balance is not the sum of their movements: (store, lot, balance, sum). One statement.

    Rows of exercises do not count: they never reach a balance.
    """
    sql = """
        WITH moved AS (
            SELECT store_id, lot_id, sum(quantity) AS quantity FROM (
                SELECT to_store_id AS store_id, lot_id, quantity FROM supplies_movement
                WHERE exercise IS NULL AND to_store_id IS NOT NULL
                UNION ALL
                SELECT from_store_id, lot_id, -quantity FROM supplies_movement
                WHERE exercise IS NULL AND from_store_id IS NOT NULL
            ) AS both_sides GROUP BY store_id, lot_id
        )
        SELECT store_id, lot_id, COALESCE(supplies_balance.quantity, 0), COALESCE(moved.quantity, 0)
        FROM supplies_balance FULL JOIN moved USING (store_id, lot_id)
        WHERE COALESCE(supplies_balance.quantity, 0) <> COALESCE(moved.quantity, 0)
        ORDER BY store_id, lot_id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [(store, lot, balance, moved) for store, lot, balance, moved in cursor.fetchall()]


def figures(scope: Scope) -> Mapping[str, int]:
    """What the first line of the stores says: papers owed, requests waiting, on the way, short. Two statements."""
    owed = Issue.objects.in_scope(scope).filter(exercise__isnull=True)
    moving = Transfer.objects.filter(_seen_from(scope), exercise__isnull=True)
    return {
        **owed.aggregate(
            papers=Count("pk", filter=Q(is_emergency=True, papers_at__isnull=True)),
            requested=Count("pk", filter=Q(state=IssueState.REQUESTED)),
        ),
        **moving.aggregate(
            on_the_way=Count("pk", filter=Q(state=TransferState.ON_THE_WAY)),
            delivered_short=Count("pk", filter=Q(state=TransferState.RECEIVED_SHORT)),
        ),
    }


def open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """What a shift leaves to the next: papers owed, deliveries on the way or short. Two statements."""
    papers = [
        OpenItem(
            key=f"supplies.issue:{issue.pk}",
            label=_(ISSUE_PAPERS_LABEL),
            title=f"{issue.store.name} → {issue.to_whom}",
            url=reverse("supplies:issue", args=[issue.uuid]),
            since=issue.issued_at or issue.requested_at,
        )
        for issue in issues(scope, state="papers").prefetch_related(None).order_by("pk")
    ]
    moving = [
        OpenItem(
            key=f"supplies.transfer:{one.pk}",
            label=str(TransferState(one.state).label),
            title=f"{one.from_store.name} → {one.to_store.name if one.to_store else one.destination}",
            url=reverse("supplies:transfer", args=[one.uuid]),
            since=one.arrived_at or one.departed_at or one.opened_at,
        )
        for one in transfers(scope, state="open").prefetch_related(None).order_by("pk")
    ]
    return papers + moving
