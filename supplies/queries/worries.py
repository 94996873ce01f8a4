"""What keepers are told: below quota, expiring, expired. From the ledger itself, so that no cache can silence it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Tick
from core.rules import OpenItem
from supplies.models import KeeperNotice, NoticeRun, Quota, Store
from supplies.rules import printed
from supplies.rules.readiness import NOTICES_LATE, LotHeld, expiring
from territory.rules import Scope

NOTICES_TICK = "supplies.tell_keepers"


@dataclass
class KeeperWorries:
    """What one keeper is to hear of his stores; each line is a sentence of its own."""

    keeper: int
    area_code: str
    short: list[str] = field(default_factory=list)
    soon: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """All of them, the worst first."""
        return [*self.gone, *self.short, *self.soon]


def keeper_worries(*, now: datetime) -> list[KeeperWorries]:
    """Every keeper who has something to hear, with it. A store without a keeper is its deputy's. Three statements."""
    kept = Store.objects.filter(retired_at__isnull=True).exclude(keeper__isnull=True, deputy_keeper__isnull=True)
    stores = {store.pk: store for store in kept.order_by("code")}
    found = {
        keeper: KeeperWorries(keeper, store.area_code)
        for store in reversed(stores.values())
        if (keeper := _keeper(store))
    }
    held = ledger_stock(stores)
    for quota, missing in _short(stores, held):
        store = stores[quota.store_id or 0]
        words = {"store": store.name, "item": quota.item.name, "missing": printed(missing), "unit": quota.item.unit}
        found[_keeper(store)].short.append(_("%(store)s: %(item)s %(missing)s %(unit)s short") % words)
    gone, soon = expiring(held, today=timezone.localdate(now))
    for lot in gone:
        said = _("%(store)s: %(item)s %(lot)s expired on %(day)s") % _lot_words(lot, stores)
        found[_keeper(stores[lot.store])].gone.append(said)
    for lot in soon:
        said = _("%(store)s: %(item)s %(lot)s good until %(day)s") % _lot_words(lot, stores)
        found[_keeper(stores[lot.store])].soon.append(said)
    return [worries for worries in found.values() if worries.lines]


def ledger_stock(stores: Mapping[int, Store]) -> list[LotHeld]:
    """What lies in these stores by the sum of their movements, lot by lot; rows of exercises never count."""
    with connection.cursor() as cursor:
        cursor.execute(_LEDGER, {"stores": list(stores)})
        return [LotHeld(*row) for row in cursor.fetchall()]


def _keeper(store: Store) -> int:
    return store.keeper_id or store.deputy_keeper_id or 0


def _short(stores: Mapping[int, Store], held: list[LotHeld]) -> list[tuple[Quota, Decimal]]:
    sums: dict[tuple[int, int], Decimal] = {}
    for lot in held:
        sums[lot.store, lot.item] = sums.get((lot.store, lot.item), Decimal(0)) + lot.quantity
    quotas = Quota.objects.filter(store__in=stores, response_level__isnull=True, item__retired_at__isnull=True)
    return [
        (quota, missing)
        for quota in quotas.select_related("item").order_by("store__code", "item__code")
        if (missing := quota.quantity - sums.get((quota.store_id or 0, quota.item_id), Decimal(0))) > 0
    ]


def _lot_words(lot: LotHeld, stores: Mapping[int, Store]) -> dict[str, str]:
    day = f"{lot.expires_on:%Y-%m-%d}" if lot.expires_on else ""
    return {"store": stores[lot.store].name, "item": lot.item_name, "lot": lot.number, "day": day}


def last_told(keepers: list[int]) -> dict[int, KeeperNotice]:
    """The newest notice of each of these keepers."""
    rows = KeeperNotice.objects.filter(keeper__in=keepers).order_by("keeper_id", "-day").distinct("keeper_id")
    return {row.keeper_id: row for row in rows}


def newest_run() -> NoticeRun | None:
    """The last day on which keepers were told."""
    return NoticeRun.objects.order_by("-day").first()


def run_of(day: date) -> QuerySet[NoticeRun]:
    """The run of a day, if there was one."""
    return NoticeRun.objects.filter(day=day)


def notices_overdue_since(now: datetime) -> datetime | None:
    """Since when nobody has looked at shortages and expiry; None while the job comes round, or nothing is kept yet."""
    tick = Tick.objects.filter(name=NOTICES_TICK).first()
    if tick is not None:
        return tick.at if now - tick.at > NOTICES_LATE else None
    first = Store.objects.filter(retired_at__isnull=True).order_by("created_at").first()
    return first.created_at if first is not None and now - first.created_at > NOTICES_LATE else None


def notices_open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """The alarm that keepers are no longer told, for the duty room of the district."""
    since = notices_overdue_since(now) if scope.covers(settings.DISTRICT_CODE) else None
    if since is None:
        return []
    title = _("Nobody has been told of shortages and expiry: the daily look at the stores does not run")
    return [OpenItem("supplies.notices", _("Stores"), title, reverse("supplies:readiness"), since)]


_LEDGER = """
SELECT moved.store, l.item_id, sum(moved.signed), l.expires_on, l.number, i.name
  FROM (SELECT to_store_id AS store, lot_id, quantity AS signed FROM supplies_movement
         WHERE exercise IS NULL AND to_store_id = ANY(%(stores)s)
         UNION ALL
        SELECT from_store_id, lot_id, -quantity FROM supplies_movement
         WHERE exercise IS NULL AND from_store_id = ANY(%(stores)s)) moved
  JOIN supplies_lot l ON l.id = moved.lot_id
  JOIN supplies_supplyitem i ON i.id = l.item_id
 GROUP BY moved.store, l.id, i.id
 ORDER BY moved.store, i.code, l.expires_on, l.id
"""
