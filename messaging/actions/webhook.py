"""What comes back: stored as it came, then taken in by sets."""

import logging
import re
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.bell import ring
from core.rules import Refused
from messaging import rules, signals
from messaging.actions.broadcast import PARAMS_KEPT
from messaging.actions.delivery_rows import BY_KEY
from messaging.models import Reply, WebhookBatch

logger = logging.getLogger(__name__)

BATCHES_AT_ONCE = 10  # of up to 1,000 rows: a transaction of a second or less
NEWEST_BROADCASTS = 2_000  # how far back an answer without `reply_to` looks for the message it answers
READERS = {WebhookBatch.Kind.RECEIPTS: rules.read_receipts, WebhookBatch.Kind.REPLIES: rules.read_replies}
SENTENCES = {
    "not_json": _("The body must be JSON in UTF-8."),
    "no_rows": _("This must be a list with at least one row."),
    "too_many": _("These are too many rows: send at most %(most)s a call and call again."),
    "not_object": _("This row must be a JSON object."),
    "bad_text": _("This must be text of at most %(most)s characters, and not empty where it is required."),
    "bad_status": _("This must be delivered, failed or read."),
    "bad_time": _("This must be a time with its zone, for example 2026-07-19T23:00:00+08:00."),
}


def store_webhook(*, gateway: str, kind: WebhookBatch.Kind, signature: str, body: bytes, now: datetime) -> int:
    """Keeps a checked post and rings for it; returns its number of rows. The same signature again stores nothing.

    Raises Refused("malformed") naming the field.
    """
    try:
        rows = READERS[kind](body)
    except rules.Malformed as fault:
        raise Refused("malformed", SENTENCES[fault.code], field=fault.field, params={"most": fault.most}) from None
    if kind == WebhookBatch.Kind.REPLIES:
        # Before anything is stored: a signer's code must not stand readable in a ledger that nobody may change.
        asked = _asked_for_codes({row["from"] for row in rows if rules.may_hold_code(row["text"])}, now)
        for row in rows:
            row["text"] = rules.without_code(
                row["from"], row["text"], secret=settings.SECRET_KEY, is_asked=row["from"] in asked
            )
    with transaction.atomic():
        WebhookBatch.objects.bulk_create(
            [WebhookBatch(gateway=gateway, kind=kind, signature=signature, body=rows, received_at=now)],
            ignore_conflicts=True,
        )
        ring("messaging.tasks.take_in_receipts")
    return len(rows)


def _asked_for_codes(numbers: set[str], now: datetime) -> set[str]:
    """Which of these senders a floor above has asked for a code."""
    found = signals.codes_asked.send(WebhookBatch, numbers=numbers, now=now) if numbers else []
    return {number for _receiver, asked in found for number in asked or ()}


def take_in_receipts(*, now: datetime, budget_seconds: float = 20.0) -> int:
    """Takes in all waiting posts, receipts ten posts at a time and replies one by one; returns how many posts.

    A post that fails (a floor above could not take its replies) is left waiting and said; the others go on.
    """
    ends = time.monotonic() + budget_seconds
    taken, failed = 0, set[int]()
    while time.monotonic() < ends:
        count, culprits = _take_some(failed, now)
        failed |= culprits
        taken += count
        if not count and not culprits:
            return taken
    ring("messaging.tasks.take_in_receipts")
    return taken


def _take_some(failed: set[int], now: datetime) -> tuple[int, set[int]]:
    """One transaction: how many posts were taken, and which could not be."""
    ids: list[int] = []
    try:
        with transaction.atomic():
            waiting = WebhookBatch.objects.filter(~Q(pk__in=failed), taken_at=None).order_by("pk")
            kinds = dict(waiting.select_for_update(skip_locked=True).values_list("pk", "kind")[:BATCHES_AT_ONCE])
            ids = [pk for pk, kind in kinds.items() if kind == WebhookBatch.Kind.RECEIPTS]
            if ids:
                _take_receipts(ids, now)
            elif kinds:
                ids = [min(kinds)]
                _take_replies(ids[0], now)
    except Exception:  # whatever a receiver above raises: that post waits, the rest must not
        logger.exception("webhook posts %s could not be taken in; they wait for the next pass", ids)
        return 0, set(ids)
    return len(ids), set()


def _take_receipts(ids: list[int], now: datetime) -> None:
    with connection.cursor() as cursor:
        own = rf"^{re.escape(settings.INSTALLATION)}-([0-9]{{1,18}})$"
        tests = rf"^{re.escape(settings.INSTALLATION)}-self-([0-9]{{1,18}})$"
        cursor.execute(_RECEIPTS, {"ids": ids, "own": own, "tests": tests, "now": now})


def _take_replies(batch: int, now: datetime) -> None:
    values: dict[str, Any] = {
        "ids": [batch],
        "own": settings.INSTALLATION + "-",
        "now": now,
        "newest": NEWEST_BROADCASTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REPLIES, values)
        stored = [row[0] for row in cursor.fetchall()]
    found = Reply.objects.select_related("delivery__broadcast", "delivery__contact_point")
    replies = list(found.filter(pk__in=stored).order_by("at", "pk"))
    WebhookBatch.objects.filter(pk=batch).update(
        taken_at=now, unmatched=sum(reply.delivery_id is None for reply in replies)
    )
    for reply in replies:
        _tell(reply)


def _tell(reply: Reply) -> None:
    """One reply for the floors above. What one of them cannot take in waits for a person, not for the next pass: it
    would fail again each time, and a cry for help beside it would wait with it. A database in trouble is no such fault.
    """
    try:
        with transaction.atomic():
            signals.replies_stored.send(Reply, replies=[reply])
    except DatabaseError:
        raise
    except Exception:
        logger.exception("reply %s could not be taken in: it waits for a person", reply.pk)
        signals.reply_refused.send(Reply, reply=reply)


# Our own ids only: a gateway account may be shared with another installation. Those of self-tests are no deliveries and
# end at the test. States only rise: whatever order receipts
# come in, and however often, the row ends at the highest of them. Rows are locked in order of id, as results are.
_RECEIPTS = f"""{BY_KEY}
WITH told AS MATERIALIZED (
    SELECT w.id AS batch, w.received_at, r.code, r.provider_id, r.at,
           substring(r.id FROM %(own)s)::bigint AS delivery_id, substring(r.id FROM %(tests)s)::bigint AS test_id,
           CASE r.status WHEN 'delivered' THEN 60 WHEN 'failed' THEN 50 WHEN 'read' THEN 70 END AS status
      FROM messaging_webhookbatch w,
           jsonb_to_recordset(w.body) AS r(id text, status text, code text, provider_id text, at timestamptz)
     WHERE w.id = ANY(%(ids)s)
), known AS MATERIALIZED (
    SELECT told.*, d.id AS ours, t.id AS test FROM told
      LEFT JOIN (SELECT id FROM messaging_delivery WHERE id = ANY (ARRAY(SELECT delivery_id FROM told))) d
        ON d.id = told.delivery_id
      LEFT JOIN messaging_selftest t ON t.id = told.test_id
), stored AS (
    INSERT INTO messaging_receipt (delivery_id, status, code, at, received_at)
    SELECT DISTINCT ON (ours, status) ours, status, code, at, received_at
      FROM known WHERE ours IS NOT NULL ORDER BY ours, status, at
        ON CONFLICT DO NOTHING
), best AS (
    SELECT DISTINCT ON (ours) ours, status, code, provider_id, at
      FROM known WHERE ours IS NOT NULL ORDER BY ours, status DESC, at
), mine AS (
    SELECT d.id FROM messaging_delivery d JOIN best ON best.ours = d.id
     WHERE d.id = ANY (ARRAY(SELECT ours FROM best)) AND d.state < best.status
     ORDER BY d.id FOR NO KEY UPDATE OF d
), tested AS (
    UPDATE messaging_selftest t SET receipt = of.status, receipt_at = of.at
      FROM (SELECT DISTINCT ON (test) test, status, at FROM known
             WHERE test IS NOT NULL ORDER BY test, status DESC, at) of
     WHERE t.id = of.test AND COALESCE(t.receipt, 0) < of.status
), risen AS (
    UPDATE messaging_delivery d
       SET state = best.status,
           error = CASE WHEN best.status = 50 THEN COALESCE(NULLIF(best.code, ''), 'undelivered') ELSE '' END,
           provider_id = COALESCE(NULLIF(d.provider_id, ''), best.provider_id),
           -- The worker that handed it over may have died before it could say so: the receipt says it for him.
           accepted_at = COALESCE(d.accepted_at, best.at),
           address = COALESCE(NULLIF(d.address, ''),
                              (SELECT c.address FROM territory_contactpoint c WHERE c.id = d.contact_point_id)),
           params = {PARAMS_KEPT},
           settled_at = best.at
      FROM mine JOIN best ON best.ours = mine.id
     WHERE d.id = ANY (ARRAY(SELECT id FROM mine)) AND d.id = mine.id AND d.state < best.status
)
UPDATE messaging_webhookbatch w
   SET taken_at = %(now)s, unmatched = strays.unmatched
  FROM (SELECT batch, count(*) FILTER (WHERE ours IS NULL AND test IS NULL) AS unmatched
          FROM known GROUP BY batch) strays
 WHERE w.id = strays.batch
"""  # noqa: S608  (a constant)

_REPLIES = """
WITH told AS (
    SELECT w.received_at, r->>'from' AS sender, r->>'text' AS text, (r->>'at')::timestamptz AS at,
           CASE WHEN starts_with(r->>'reply_to', %(own)s)
                 AND substr(r->>'reply_to', length(%(own)s) + 1) ~ '^[0-9]{1,18}$'
                THEN substr(r->>'reply_to', length(%(own)s) + 1)::bigint END AS named
      FROM messaging_webhookbatch w, jsonb_array_elements(w.body) r
     WHERE w.id = ANY(%(ids)s)
), recent AS MATERIALIZED (
    SELECT id FROM messaging_broadcast ORDER BY id DESC LIMIT %(newest)s
)
INSERT INTO messaging_reply (sender, text, at, received_at, delivery_id, named)
SELECT told.sender, told.text, told.at, told.received_at, COALESCE(d.id, newest.id), d.id IS NOT NULL
  FROM told
  LEFT JOIN messaging_delivery d ON d.id = told.named
  LEFT JOIN LATERAL (
       SELECT n.id FROM recent b
         JOIN messaging_delivery n ON n.broadcast_id = b.id
         JOIN territory_contactpoint c ON c.id = n.contact_point_id
        WHERE d.id IS NULL AND c.address = told.sender AND n.state IN (30, 40, 50, 60, 70)
        ORDER BY n.id DESC LIMIT 1
  ) newest ON true
    ON CONFLICT DO NOTHING
RETURNING id
"""
