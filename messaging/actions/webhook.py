"""What comes back: stored as it came, then taken in by sets."""

import logging
import re
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from core.bell import ring
from core.rules import Refused
from messaging import rules, signals
from messaging.actions.broadcast import PARAMS_KEPT
from messaging.actions.delivery_rows import BY_KEY
from messaging.models import Reply, WebhookBatch
from messaging.rules.webhook import Row

logger = logging.getLogger(__name__)

# Posts and rows of one transaction: a second or less; of cries, each of which becomes somebody's duty, and of answers,
# all of which may be those of people on duty and are taken one by one, some seconds: never near the limit of a task.
POSTS_AT_ONCE = 20
ROWS_AT_ONCE = {WebhookBatch.Kind.RECEIPTS: 10_000, WebhookBatch.Kind.REPLIES: 200, WebhookBatch.Kind.CRIES: 50}
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
        # Before it is taken apart: who owes what has changed since, and so would the parts.
        if WebhookBatch.objects.filter(signature=signature).exists():
            return len(rows)
        _hide_codes(rows, now)
    with transaction.atomic():
        WebhookBatch.objects.bulk_create(
            [
                WebhookBatch(
                    gateway=gateway,
                    kind=its,
                    signature=f"{signature}:{part}" if part else signature,
                    body=some,
                    rows=len(some),
                    received_at=now,
                )
                for part, (its, some) in enumerate(_parts(kind, rows))
            ],
            ignore_conflicts=True,
        )
        ring("messaging.tasks.take_in_receipts")
    return len(rows)


def _hide_codes(rows: list[Row], now: datetime) -> None:
    """Before anything is stored: a signer's code must not stand readable in a ledger that nobody may change."""
    numbers = {row["from"] for row in rows if rules.may_hold_code(row["text"])}
    asked = _named(signals.codes_asked.send(WebhookBatch, numbers=numbers, now=now)) if numbers else set()
    for row in rows:
        row["text"] = rules.without_code(
            row["from"], row["text"], secret=settings.SECRET_KEY, is_asked=row["from"] in asked
        )


def _parts(kind: WebhookBatch.Kind, rows: list[Row]) -> list[tuple[WebhookBatch.Kind, list[Row]]]:
    """A post as it is kept: whoever may ask for help in it apart from everybody else, with all that he says, so that
    the answers of one telephone stay in their order.
    """
    if kind != WebhookBatch.Kind.REPLIES:
        return [(kind, rows)]
    said = {(row["from"], row["text"]) for row in rows}
    crying = _named(signals.cries_asked.send(WebhookBatch, said=said))
    cries = sorted((row for row in rows if row["from"] in crying), key=lambda row: row["at"])
    others = [row for row in rows if row["from"] not in crying]
    most = ROWS_AT_ONCE[WebhookBatch.Kind.CRIES]
    parts = [(WebhookBatch.Kind.CRIES, cries[first : first + most]) for first in range(0, len(cries), most)]
    return [*parts, (kind, others)] if others else parts


def _named(found: list[tuple[Any, Any]]) -> set[str]:
    """The numbers that receivers of a question named."""
    return {number for _receiver, numbers in found for number in numbers or ()}


def take_in_receipts(*, now: datetime, budget_seconds: float = 20.0) -> int:
    """Takes in all waiting posts, several at a time; returns how many.

    Of posts that fail together each is tried alone; one that fails alone is left waiting and said, the others go on.
    """
    ends = time.monotonic() + budget_seconds
    taken, failed, doubtful = 0, set[int](), list[int]()
    while time.monotonic() < ends:
        alone = doubtful.pop(0) if doubtful else None
        count, culprits = _take_some(Q(pk=alone) if alone else ~Q(pk__in=failed), now)
        taken += count
        if len(culprits) > 1:
            doubtful = culprits
        else:
            failed.update(culprits)
        if not count and not culprits and not alone:
            return taken
    ring("messaging.tasks.take_in_receipts")
    return taken


def _take_some(which: Q, now: datetime) -> tuple[int, list[int]]:
    """One transaction: how many posts were taken, and which could not be."""
    ids: list[int] = []
    try:
        with transaction.atomic():
            kind, ids = _claimed(which)
            if ids:
                (_take_receipts if kind == WebhookBatch.Kind.RECEIPTS else _take_replies)(ids, now)
    except Exception:  # whatever a receiver above raises: that post waits, the rest must not
        logger.exception("webhook posts %s could not be taken in; they wait for the next pass", ids)
        return 0, ids
    return len(ids), []


def _claimed(which: Q) -> tuple[str, list[int]]:
    """Waiting posts of one kind, as many as one transaction takes: where somebody may ask for help, else the oldest."""
    cries_first = Case(When(kind=WebhookBatch.Kind.CRIES, then=0), default=1)
    waiting = WebhookBatch.objects.filter(which, taken_at=None).order_by(cries_first, "pk")
    found = list(waiting.select_for_update(skip_locked=True).values_list("pk", "kind", "rows")[:POSTS_AT_ONCE])
    if not found:
        return "", []
    kind, ids, rows = found[0][1], list[int](), 0
    most = ROWS_AT_ONCE[WebhookBatch.Kind(kind)]
    for pk, its, size in found:
        rows += (size or most) if its == kind else 0  # of a post from before its rows were counted nobody knows
        if ids and rows > most:
            break
        if its == kind:
            ids.append(pk)
    return kind, ids


def _take_receipts(ids: list[int], now: datetime) -> None:
    with connection.cursor() as cursor:
        own = rf"^{re.escape(settings.INSTALLATION)}-([0-9]{{1,18}})$"
        tests = rf"^{re.escape(settings.INSTALLATION)}-self-([0-9]{{1,18}})$"
        cursor.execute(_RECEIPTS, {"ids": ids, "own": own, "tests": tests, "now": now})


def _take_replies(ids: list[int], now: datetime) -> None:
    values: dict[str, Any] = {"ids": ids, "own": settings.INSTALLATION + "-", "now": now, "newest": NEWEST_BROADCASTS}
    with connection.cursor() as cursor:
        cursor.execute(_REPLIES, values)
        stored = [row[0] for row in cursor.fetchall()]
    found = Reply.objects.select_related("delivery__broadcast", "delivery__contact_point")
    if replies := list(found.filter(pk__in=stored).order_by("at", "pk")):
        _tell(replies)


def _tell(replies: list[Reply]) -> None:
    """Replies for the floors above, all at once; where one of them stumbles, in halves, until it is alone. What cannot
    be taken in waits for a person, not for the next pass: it would fail again each time, and a cry for help beside it
    would wait with it. A database in trouble is no such fault.
    """
    try:
        with transaction.atomic():
            signals.replies_stored.send(Reply, replies=replies)
    except DatabaseError:
        raise
    except Exception:
        if len(replies) > 1:
            _tell(replies[: len(replies) // 2])
            _tell(replies[len(replies) // 2 :])
            return
        logger.exception("reply %s could not be taken in: it waits for a person", replies[0].pk)
        signals.reply_refused.send(Reply, reply=replies[0])


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

# Of the same words at the same moment the first post's stand. A telephone is looked for by its kind too: so the index
# finds it. Who names no message means the newest that had left when he spoke: answers may wait here for minutes, and
# one to the notice before must not count for the graver one that nobody in the house has read.
_REPLIES = """
WITH told AS MATERIALIZED (
    SELECT w.id AS batch, r.place, w.received_at, r.said->>'from' AS sender, r.said->>'text' AS text,
           (r.said->>'at')::timestamptz AS at,
           CASE WHEN starts_with(r.said->>'reply_to', %(own)s)
                 AND substr(r.said->>'reply_to', length(%(own)s) + 1) ~ '^[0-9]{1,18}$'
                THEN substr(r.said->>'reply_to', length(%(own)s) + 1)::bigint END AS named
      FROM messaging_webhookbatch w, jsonb_array_elements(w.body) WITH ORDINALITY AS r(said, place)
     WHERE w.id = ANY(%(ids)s)
), answered AS MATERIALIZED (
    SELECT told.*, d.id AS ours FROM told LEFT JOIN messaging_delivery d ON d.id = told.named
), points AS MATERIALIZED (
    SELECT c.id, c.address FROM territory_contactpoint c
     WHERE c.kind IN ('mobile', 'landline')
       AND c.address = ANY (ARRAY (SELECT sender FROM answered WHERE ours IS NULL))
), recent AS MATERIALIZED (
    SELECT id, created_at FROM messaging_broadcast ORDER BY id DESC LIMIT %(newest)s
), sent AS MATERIALIZED (
    SELECT points.address, n.id, COALESCE(n.accepted_at, recent.created_at) AS at
      FROM points CROSS JOIN recent
      JOIN messaging_delivery n ON n.broadcast_id = recent.id AND n.contact_point_id = points.id
     WHERE n.state IN (30, 40, 50, 60, 70)
), newest AS MATERIALIZED (
    SELECT DISTINCT ON (a.batch, a.place) a.batch, a.place, sent.id
      FROM answered a JOIN sent ON sent.address = a.sender
     WHERE a.ours IS NULL
     ORDER BY a.batch, a.place, (sent.at <= a.received_at) DESC, sent.id DESC
), known AS MATERIALIZED (
    SELECT answered.*, COALESCE(answered.ours, newest.id) AS delivery_id
      FROM answered LEFT JOIN newest USING (batch, place)
), taken AS (
    UPDATE messaging_webhookbatch w
       SET taken_at = %(now)s,
           unmatched = (SELECT count(*) FROM known WHERE known.batch = w.id AND known.delivery_id IS NULL)
     WHERE w.id = ANY(%(ids)s)
)
INSERT INTO messaging_reply (sender, text, at, received_at, delivery_id, named)
SELECT sender, text, at, received_at, delivery_id, ours IS NOT NULL FROM known ORDER BY batch, place
    ON CONFLICT DO NOTHING
RETURNING id
"""
