"""The next telephone of a household that the ones before did not reach: each rank is a wave, a broadcast of its own."""

import logging
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef

from alerts.enums import NoticeState
from alerts.models import AudiencePhone, Notice
from alerts.queries.purposes import purpose_of, sent_text
from core.audit import act
from core.rules import SYSTEM, Refused
from messaging import actions as messages
from messaging.enums import ARRIVED, Channel, Lane, State
from messaging.models import Broadcast

logger = logging.getLogger(__name__)


def send_waves(*, now: datetime) -> int:
    """Writes to the next telephone of every household that nothing has reached in its time; returns how many.

    1. Only notices in force with telephones left. Another worker's are skipped.
    2. A number that failed gives way at once, one that took the message and is silent after the broadcast's
       `fallback_seconds`. What waits for its turn at a paced account is nobody's failure and stays.
    3. Whoever answered, was visited, or is named unreachable is written to no more.
    """
    left = AudiencePhone.objects.filter(notice=OuterRef("pk"), broadcast__isnull=True)
    rows = Notice.objects.filter(Exists(left), state=NoticeState.ISSUED, expires_at__gt=now)
    moved = 0
    rows = rows.filter(broadcast__cancelled_at=None, broadcast__fallback_seconds__gt=0)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        try:
            with act("alerts.notice.wave", by=SYSTEM):
                held = Notice.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).select_related(
                    "broadcast"
                )
                row = held.filter(pk=pk, state=NoticeState.ISSUED).first()
                if row is not None and row.broadcast is not None:
                    moved += _waves(row, row.broadcast, now)
        except Refused as refused:
            # No account takes it now: the numbers stay, and the next tick asks again.
            logger.warning("notice %s: its next wave cannot be written (%s)", pk, refused.code)
    return moved


def _waves(row: Notice, root: Broadcast, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _DUE,
            {
                "notice": row.pk,
                "root": root.pk,
                "arrived": [int(state) for state in ARRIVED],
                "failed": State.FAILED,
                "accepted": State.ACCEPTED,
                "silent_since": now - timedelta(seconds=root.fallback_seconds),
                "written": root.created_at,
            },
        )
        due: dict[int, list[int]] = {}
        for pk, rank in cursor.fetchall():
            due.setdefault(rank, []).append(pk)
    for rank, phones in sorted(due.items()):
        wave = _wave(row, root, rank, now)
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"wave": wave.pk, "root": root.pk, "now": now, "phones": phones})
        taken = AudiencePhone.objects.filter(notice=row, rank=rank, broadcast=wave, taken_at=now)
        messages.add_recipients(
            broadcast=wave,
            recipients=taken.order_by("contact_point_id", "audience__area_code")
            .distinct("contact_point_id")
            .values_list("contact_point_id", "audience__area_code"),
            by=SYSTEM,
        )
        logger.info("notice %s: %s households are tried at their telephone %s", row.pk, len(phones), rank + 1)
    return sum(len(phones) for phones in due.values())


def _wave(row: Notice, root: Broadcast, rank: int, now: datetime) -> Broadcast:
    key = f"notice:{row.pk}:wave:{rank + 1}"
    return Broadcast.objects.filter(key=key).first() or messages.send(
        lane=Lane.BULK,
        channel=Channel.SMS,
        text=sent_text(row),
        recipients=[],
        area_code=row.area_code,
        by=SYSTEM,
        now=now,
        key=key,
        origin=root.origin,
        subject=root.subject,
        exercise=row.exercise,
        expires_at=root.expires_at,
        purpose=purpose_of(row.level, row.message_type),
        follows=root,
    )


# d = the message to the first telephone, last = the one to the newest further telephone that was tried.
_DUE = """
SELECT DISTINCT ON (p.audience_id) p.id, p.rank
  FROM alerts_audiencephone p
  JOIN territory_contactpoint c ON c.id = p.contact_point_id AND c.dead_since IS NULL
  JOIN alerts_audiencehousehold a ON a.id = p.audience_id
  JOIN messaging_delivery d ON d.broadcast_id = %(root)s AND d.contact_point_id = a.contact_point_id
  LEFT JOIN LATERAL (
       SELECT n.state, n.accepted_at, n.is_open, n.attempts, q.taken_at
         FROM alerts_audiencephone q
         JOIN messaging_delivery n ON n.broadcast_id = q.broadcast_id AND n.contact_point_id = q.contact_point_id
        WHERE q.audience_id = a.id ORDER BY q.rank DESC LIMIT 1
  ) last ON true
 CROSS JOIN LATERAL (
       SELECT COALESCE(last.state, d.state) AS state,
              CASE WHEN last.state IS NULL THEN d.accepted_at ELSE last.accepted_at END AS accepted_at,
              COALESCE(last.is_open, d.is_open) AS is_open, COALESCE(last.attempts, d.attempts) AS attempts,
              COALESCE(last.taken_at, %(written)s) AS written
  ) before
 WHERE p.notice_id = %(notice)s AND p.broadcast_id IS NULL
   AND a.answer = '' AND a.visited_at IS NULL AND a.closed_reason = '' AND d.state <> ALL (%(arrived)s)
   AND NOT EXISTS (SELECT FROM alerts_audiencephone q
                     JOIN messaging_delivery n
                       ON n.broadcast_id = q.broadcast_id AND n.contact_point_id = q.contact_point_id
                    WHERE q.audience_id = a.id AND n.state = ANY (%(arrived)s))
   AND (before.state = %(failed)s
        OR (before.state = %(accepted)s AND before.accepted_at <= %(silent_since)s)
        OR (before.is_open AND before.attempts > 0 AND before.written <= %(silent_since)s))
 ORDER BY p.audience_id, p.rank
"""

# A number that has this notice already, as another household's, is not written to again.
_TAKE = """
UPDATE alerts_audiencephone p
   SET taken_at = %(now)s,
       broadcast_id = COALESCE((SELECT min(d.broadcast_id) FROM messaging_delivery d
                                 WHERE d.contact_point_id = p.contact_point_id AND d.broadcast_id = ANY (ARRAY (
                                       SELECT b.id FROM messaging_broadcast b
                                        WHERE b.id = %(root)s OR b.follows_id = %(root)s))), %(wave)s)
 WHERE p.id = ANY (%(phones)s)
"""
