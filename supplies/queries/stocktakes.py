"""Stock-takes: which are running, what is counted, and what the ledger expected at that moment."""

from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from core.rules import OpenItem
from supplies.enums import StocktakeState
from supplies.models import Stocktake, StocktakeLine, Store
from supplies.rules.stocktake import OPEN_STATES, Tally
from territory.rules import Scope


def stocktakes(scope: Scope) -> QuerySet[Stocktake]:
    """Those of a scope's stores, the newest first, with how many lots each has and how many are counted."""
    return (
        Stocktake.objects.in_scope(scope)
        .select_related("store", "counter", "recounter", "approved_by")
        .annotate(
            lots=Count("lines"),
            done=Count("lines", filter=Q(lines__counted__isnull=False)),
            redone=Count("lines", filter=Q(lines__recounted__isnull=False)),
            differing=Count("lines", filter=~Q(lines__difference=0) & Q(lines__difference__isnull=False)),
        )
        .order_by("-pk")
    )


def running_stocktake(store: Store) -> Stocktake | None:
    """The one that is open in a store."""
    return Stocktake.objects.filter(store=store, state__in=OPEN_STATES).first()


def lines_of(stocktake: Stocktake) -> list[StocktakeLine]:
    """Its lots, in the order of a shelf list."""
    return list(stocktake.lines.select_related("lot__item").order_by("lot__item__code", "lot__number", "pk"))


def lines_to_count(stocktake: Stocktake, person: User) -> list[StocktakeLine]:
    """What this person has to count now; empty when it is not his turn."""
    if stocktake.state == StocktakeState.COUNTING and person.pk == stocktake.counter_id:
        return lines_of(stocktake)
    if stocktake.state in (StocktakeState.COUNTED, StocktakeState.RECOUNTING) and person.pk == stocktake.recounter_id:
        return lines_of(stocktake)
    return []


def is_blind_for(stocktake: Stocktake, person: User) -> bool:
    """True for whoever counts, until it is closed: he is shown neither the ledger's figures nor the other's count."""
    counts = person.pk in (stocktake.counter_id, stocktake.recounter_id)
    return counts and stocktake.state in OPEN_STATES


def tallies(stocktake: Stocktake) -> dict[int, Tally]:
    """Both counts of each lot beside what the ledger expected at their moments, by line. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, {"stocktake": stocktake.pk})
        return {
            line: Tally(lot, counted, then if counted is not None else None, recounted, _known(later, recounted))
            for line, lot, counted, then, recounted, later in cursor.fetchall()
        }


def _known(expected: Decimal, counted: Decimal | None) -> Decimal | None:
    return expected if counted is not None else None


def stocktake_open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Stock-takes that wait for their approval."""
    rows = Stocktake.objects.in_scope(scope).filter(state=StocktakeState.REVIEWED).select_related("store")
    return [
        OpenItem(
            f"supplies.stocktake:{row.pk}",
            _("Stock-take to approve"),
            row.store.name,
            reverse("supplies:stocktake", args=[row.pk]),
            row.recounted_at or row.opened_at,
        )
        for row in rows.order_by("pk")
    ]


def people_who_count(scope: Scope, *, now: datetime) -> QuerySet[User]:
    """Who may be asked to count: storekeepers and officers of the streets, active now, whose areas meet the scope."""
    met = Q(pk__in=())
    for code in scope.codes:
        # Whoever works in the store's area, and whoever works above it.
        above = [code[:length] for length in (6, 9, 12, 15) if length <= len(code)]
        met |= Q(roles_held__area_code__in=above) | Q(roles_held__area_code__startswith=code)
    held = Q(
        Q(roles_held__until__isnull=True) | Q(roles_held__until__gt=now),
        roles_held__role__in=[Role.STOREKEEPER, Role.SUBDISTRICT_OFFICER, Role.DUTY_OFFICER],
        roles_held__since__lte=now,
    )
    return User.objects.filter(held & met, is_active=True).distinct().order_by("name", "pk")


# The ledger's sum by what had happened at each count, whenever it was recorded; rows of exercises never count. What is
# reversed has never happened, so a reversal counts from the moment of the row it undoes.
_TALLIES = """
SELECT l.id, l.lot_id, l.counted,
       coalesce(sum(m.signed) FILTER (WHERE m.happened <= l.counted_at), 0),
       l.recounted,
       coalesce(sum(m.signed) FILTER (WHERE m.happened <= l.recounted_at), 0)
  FROM supplies_stocktakeline l
  JOIN supplies_stocktake s ON s.id = l.stocktake_id
  LEFT JOIN LATERAL (
       SELECT coalesce(undone.occurred_at, moved.occurred_at) AS happened,
              CASE WHEN moved.to_store_id = s.store_id THEN moved.quantity ELSE -moved.quantity END AS signed
         FROM supplies_movement moved
         LEFT JOIN supplies_movement undone ON undone.id = moved.reverses_id
        WHERE moved.lot_id = l.lot_id AND moved.exercise IS NULL
          AND s.store_id IN (moved.to_store_id, moved.from_store_id)
       ) m ON true
 WHERE l.stocktake_id = %(stocktake)s
 GROUP BY l.id
 ORDER BY l.id
"""
