"""Retention: the numbers go, the counts stay."""

from dataclasses import dataclass
from datetime import datetime

import pgtrigger
from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from core.audit import act
from core.rules import SYSTEM
from messaging.models import Broadcast, Delivery, Fallback, PurgedCount, Receipt, Reply, WebhookBatch


@dataclass(slots=True)
class Purged:
    """What one run destroyed."""

    broadcasts: int = 0
    deliveries: int = 0


def purge(*, before: datetime, now: datetime, most: int = 1000) -> Purged:
    """Destroys the deliveries, receipts, replies and next addresses of broadcasts written before `before`.

    By whole broadcasts, each in one transaction with the counts that it leaves; those with open rows or an open wave
    stay. Needs the tables' owner: the platform's own role may delete nothing of the record.
    """
    done = Purged()
    rows = Delivery.objects.filter(broadcast=OuterRef("pk"))
    old = Broadcast.objects.filter(Exists(rows), created_at__lt=before).exclude(Exists(rows.filter(is_open=True)))
    for broadcast in old.order_by("pk")[:most]:
        with act("messaging.broadcast.purge", by=SYSTEM):
            done.deliveries += _destroy(broadcast, now)
            done.broadcasts += 1
    with transaction.atomic():
        WebhookBatch.objects.filter(received_at__lt=before, taken_at__isnull=False).delete()
    return done


def _destroy(broadcast: Broadcast, now: datetime) -> int:
    rows = Delivery.objects.filter(broadcast=broadcast)
    counted = rows.order_by("state").values_list("state").annotate(Count("pk"))
    PurgedCount.objects.bulk_create(
        PurgedCount(broadcast=broadcast, state=state, count=count, purged_at=now) for state, count in counted
    )
    with pgtrigger.ignore("messaging.Receipt:append_only", "messaging.Reply:append_only"):
        Receipt.objects.filter(delivery__in=rows).delete()
        Reply.objects.filter(delivery__in=rows).delete()
        Fallback.objects.filter(broadcast=broadcast).delete()
        destroyed, _each = rows.delete()
    return destroyed
