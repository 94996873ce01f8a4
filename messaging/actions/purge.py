"""Retention: the numbers go, the counts stay."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from core.actions import note_destroyed
from core.audit import act
from core.rules import SYSTEM
from messaging.models import Broadcast, Delivery, WebhookBatch
from messaging.signals import replies_end


@dataclass(slots=True)
class Purged:
    """What one run destroyed."""

    broadcasts: int = 0
    deliveries: int = 0


def purge(*, before: datetime, now: datetime, most: int = 1000, budget_seconds: float | None = None) -> Purged:
    """Destroys the deliveries, receipts, replies and next addresses of broadcasts written before `before`.

    By whole broadcasts, each in one transaction with the counts that it leaves and a line of what was destroyed; those
    with open rows stay. Ends when the budget is spent: the next pass goes on. The database itself refuses what is
    younger than 180 days, and lets the platform's own role destroy in no other way.
    """
    done, ends = Purged(), None if budget_seconds is None else time.monotonic() + budget_seconds
    rows = Delivery.objects.filter(broadcast=OuterRef("pk"))
    old = Broadcast.objects.filter(Exists(rows), created_at__lt=before).exclude(Exists(rows.filter(is_open=True)))
    for broadcast in old.order_by("pk")[:most]:
        if ends is not None and time.monotonic() >= ends:
            break
        with act("messaging.broadcast.purge", by=SYSTEM):
            replies_end.send(Broadcast, broadcast=broadcast)
            with connection.cursor() as cursor:
                cursor.execute("SELECT messaging_destroy_deliveries(%s, %s)", [broadcast.pk, now])
                count = int(cursor.fetchone()[0])
            note_destroyed(what="messaging.delivery", count=count, before=before, by=SYSTEM, now=now)
            done.deliveries += count
            done.broadcasts += 1
    with transaction.atomic():
        count, _each = WebhookBatch.objects.filter(received_at__lt=before, taken_at__isnull=False).delete()
        note_destroyed(what="messaging.webhookbatch", count=count, before=before, by=SYSTEM, now=now)
    return done


def purge_old(*, now: datetime) -> Purged:
    """What is older than KEEP_MESSAGES_DAYS, as much as a pass of the night manages."""
    before = now - timedelta(days=settings.KEEP_MESSAGES_DAYS)
    return purge(before=before, now=now, budget_seconds=20.0)
