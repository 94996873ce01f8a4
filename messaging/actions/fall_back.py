"""The next contact point or channel when one fails in its time."""

import logging
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from core.audit import act
from core.bell import ring
from core.rules import SYSTEM
from messaging.actions.broadcast import BELLS
from messaging.enums import Channel, Lane, State
from messaging.models import Broadcast, Fallback

logger = logging.getLogger(__name__)


def fall_back(*, now: datetime) -> int:
    """Sends to the next address of everybody whose last one failed or kept silent for its time; returns how many.

    1. Only broadcasts with addresses left that are neither withdrawn nor expired. Another worker's are skipped.
    2. Failed: at once. Accepted and silent: after `fallback_seconds`. Still out of reach after a try: likewise, counted
       from the broadcast. What waits for its turn at a paced account is nobody's failure and stays.
    3. Each rank and channel is a wave: a broadcast of its own, made when first needed. A row is taken once.
    """
    moved = 0
    waiting = Fallback.objects.filter(broadcast=OuterRef("pk"), wave__isnull=True)
    roots = Broadcast.objects.filter(Exists(waiting), cancelled_at=None, fallback_seconds__gt=0)
    for pk in roots.filter(Q(expires_at=None) | Q(expires_at__gt=now)).order_by("pk").values_list("pk", flat=True):
        with act("messaging.broadcast.fall_back", by=SYSTEM):
            held = (
                Broadcast.objects.select_for_update(skip_locked=True, no_key=True)
                .filter(pk=pk, cancelled_at=None)
                .first()
            )
            if held is not None:
                moved += _waves(held, now)
    return moved


def _waves(root: Broadcast, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _DUE,
            {
                "root": root.pk,
                "failed": State.FAILED,
                "accepted": State.ACCEPTED,
                "silent_since": now - timedelta(seconds=root.fallback_seconds),
                "old": root.created_at <= now - timedelta(seconds=root.fallback_seconds),
            },
        )
        due: dict[tuple[int, str], list[int]] = {}
        for pk, rank, channel in cursor.fetchall():
            due.setdefault((rank, channel), []).append(pk)
    for (rank, channel), rows in sorted(due.items()):
        wave = _wave(root, rank, channel, now)
        with connection.cursor() as cursor:
            cursor.execute(_SEND, {"wave": wave.pk, "lane": wave.lane, "channel": channel, "rows": rows})
        ring(BELLS[Lane(wave.lane)])
    moved = sum(len(rows) for rows in due.values())
    if moved:
        logger.info("broadcast %s: %s recipients fall back to their next address", root.pk, moved)
    return moved


def _wave(root: Broadcast, rank: int, channel: str, now: datetime) -> Broadcast:
    wave, _made = Broadcast.objects.get_or_create(
        key=f"wave:{root.pk}:{rank}:{channel}",
        defaults={
            "follows": root,
            "area_code": root.area_code,
            "lane": root.lane,
            "channel": Channel(channel),
            "origin": root.origin,
            "subject": root.subject,
            "text": root.text,
            "exercise": root.exercise,
            "purpose": root.purpose,
            "by_id": root.by_id,
            "by_name": root.by_name,
            "created_at": now,
            "expires_at": root.expires_at,
        },
    )
    return wave


# The address before: the recipient's first one, or the one of the rank below, which must have been taken.
_DUE = """
SELECT f.id, f.rank, f.channel
  FROM messaging_fallback f
  LEFT JOIN messaging_fallback before
    ON before.broadcast_id = f.broadcast_id AND before.contact_point_id = f.contact_point_id
   AND before.rank = f.rank - 1
  JOIN messaging_delivery d
    ON d.broadcast_id = CASE WHEN before.id IS NULL THEN f.broadcast_id ELSE before.wave_id END
   AND d.contact_point_id = COALESCE(before.next_point_id, f.contact_point_id)
 WHERE f.broadcast_id = %(root)s AND f.wave_id IS NULL
   AND (d.state = %(failed)s
        OR (d.state = %(accepted)s AND d.accepted_at <= %(silent_since)s)
        OR (d.is_open AND d.attempts > 0 AND %(old)s))
 ORDER BY f.id
   FOR NO KEY UPDATE OF f
"""

# A person who shares the next address with another hears of it once.
_SEND = """
WITH taken AS (
    UPDATE messaging_fallback SET wave_id = %(wave)s WHERE id = ANY(%(rows)s)
    RETURNING area_code, broadcast_id, contact_point_id, next_point_id
)
INSERT INTO messaging_delivery
    (area_code, broadcast_id, contact_point_id, lane, channel, state, due_at,
     attempts, fence, address, params, provider_id, error)
SELECT DISTINCT ON (t.next_point_id) t.area_code, %(wave)s, t.next_point_id, %(lane)s, %(channel)s, 10,
       clock_timestamp(), 0, 0, '', d.params, '', ''
  FROM taken t
  JOIN messaging_delivery d ON d.broadcast_id = t.broadcast_id AND d.contact_point_id = t.contact_point_id
 ORDER BY t.next_point_id
    ON CONFLICT DO NOTHING
"""
