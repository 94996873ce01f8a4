"""The rows of the queue: which are due, claimed under a lease, and what became of them, each in one statement."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from messaging import rules
from messaging.actions.broadcast import PARAMS_KEPT
from messaging.enums import Channel, Lane, State

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One row of a claim."""

    id: int
    fence: int
    prior: int
    attempts: int
    broadcast_id: int
    params: str | None  # JSON as it stands in the row: only rows that go out need it
    account: str  # of the try before this claim; empty when there was none
    address: str
    newest: str  # the latest due time of this claim, as the database writes it
    dead: bool
    enlisted: bool


def due(lane: Lane) -> set[str]:
    """The channels of a lane that have something due."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"lane": lane, "channels": [channel.value for channel in Channel]})
        return {row[0] for row in cursor.fetchall()}


def claim(lane: Lane, channel: str, account: str, most: int, *, since: str = "") -> list[Claimed]:
    """Takes up to `most` due rows of a lane and channel for an account, under a lease; commits.

    `since`: only what fell due then or later.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "lane": lane,
                "channel": channel,
                "account": account,
                "limit": most,
                "since": since or "-infinity",
                "sending": State.SENDING,
                "lease": rules.LEASE_SECONDS,
            },
        )
        return [Claimed(*row) for row in cursor.fetchall()]


def record(outcomes: Sequence[tuple[Claimed, rules.Outcome]]) -> int:
    """Writes what became of claimed rows, under their fences; returns how many were still ours.

    The address is kept with every row that was or may have been handed over: proof of where it went.
    """
    if not outcomes:
        return 0
    told = [
        (
            row.id,
            row.fence,
            int(outcome.state),
            outcome.wait,
            outcome.attempts,
            _storable(outcome.error),
            _storable(outcome.provider_id),
            row.address if outcome.state in (State.ACCEPTED, State.UNKNOWN) or outcome.attempts > row.attempts else "",
        )
        for row, outcome in outcomes
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [json.dumps(told, ensure_ascii=False)])
        return int(cursor.rowcount)


def _storable(text: str) -> str:
    """What a provider wrote, without the signs that PostgreSQL stores nowhere (NUL, half a surrogate pair)."""
    return text if text.isprintable() else text.encode("utf-8", "ignore").decode().replace("\x00", "")


def mark_dead(deliveries: Sequence[int], now: datetime) -> None:
    """Whose number is bad for good is tried at the next one from now on, and counts as somebody without a telephone."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_DEAD, [list(deliveries), now])
        logger.warning("%s numbers are bad for good and are skipped from now on", cursor.rowcount)


# For the one statement that follows. Right after a signature the statistics are those of the night before, when nothing
# was open: the planner expects one row, collects and sorts all of them for every batch (of a million, 1 s a claim)
# and joins row by row. Without these ways it walks the index in its order and joins by hash, whatever it believes. What
# it reckons for a way that is switched off would start the compiler of statements: a second each.
_BY_INDEX = "".join(f"SET LOCAL {way} = off;" for way in ("enable_sort", "enable_bitmapscan", "enable_nestloop", "jit"))

# The first due row of each channel by the index. As an EXISTS the planner reckons with an average channel and reads the
# table from end to end for each that has nothing: 1.2 s for a million rows, every second.
_DUE = f"""{_BY_INDEX}
SELECT c FROM unnest(%(channels)s::varchar[]) c
 CROSS JOIN LATERAL (
    SELECT FROM messaging_delivery d
     WHERE d.lane = %(lane)s AND d.channel = c AND d.is_open
       AND d.due_at <= (SELECT clock_timestamp())
       AND (d.lease_until IS NULL OR d.lease_until <= (SELECT clock_timestamp()))
     ORDER BY d.due_at, d.id LIMIT 1
 ) due
"""  # noqa: S608  (a constant)

# The clock stands in a sub-select: as a volatile function in the condition itself it could not bound the index scan,
# and every claim would read all rows that wait for a later try. `since` spares a pass the entries that its own claims
# have left dead in the index. What a claim changes stands in no index: that halved its price. An array of ids and a
# telephone looked up by itself leave the planner no choice but the primary keys: joined, it read both tables from end
# to end for every 500 rows whenever its statistics were those of the broadcast before (78 s instead of 10).
_CLAIM = f"""{_BY_INDEX}
WITH due AS MATERIALIZED (
    SELECT id, state, account, due_at
      FROM messaging_delivery
     WHERE lane = %(lane)s
       AND channel = %(channel)s
       AND is_open
       AND due_at BETWEEN %(since)s::timestamptz AND (SELECT clock_timestamp())
       AND (lease_until IS NULL OR lease_until <= (SELECT clock_timestamp()))
     ORDER BY due_at, id
     LIMIT %(limit)s
       FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
    UPDATE messaging_delivery d
       SET state = %(sending)s,
           account = %(account)s,
           fence = d.fence + 1,
           lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
     WHERE d.id = ANY (ARRAY(SELECT id FROM due))
 RETURNING d.id, d.fence, d.attempts, d.broadcast_id, d.params, d.contact_point_id
)
SELECT claimed.id, claimed.fence, due.state, claimed.attempts, claimed.broadcast_id, claimed.params, due.account,
       point.address, (SELECT max(due_at)::text FROM due), point.dead_since IS NOT NULL, b.exercise IS NULL OR EXISTS (
           SELECT FROM messaging_enlisted e
            WHERE e.exercise = b.exercise AND e.contact_point_id = claimed.contact_point_id)
  FROM claimed
  JOIN due USING (id)
  JOIN messaging_broadcast b ON b.id = claimed.broadcast_id
 CROSS JOIN LATERAL (
    SELECT address, dead_since FROM territory_contactpoint WHERE id = claimed.contact_point_id LIMIT 1
 ) point
"""  # noqa: S608  (a constant)

# Statistics that were taken while a signature was not yet committed know no row of a hundred thousand: joined one by
# one a batch of 500 took 19 s until the next ones. By array and by hash it takes what it takes at any other time.
BY_KEY = "".join(f"SET LOCAL {way} = off;" for way in ("enable_nestloop", "jit"))

# One JSON document, not arrays: eight arrays of 500 literals took longer to parse than their rows to update (39 ms, now
# 19 of a batch of 500).
_RECORD = f"""{BY_KEY}
WITH told AS MATERIALIZED (
    SELECT (r->>0)::bigint AS id, (r->>1)::bigint AS fence, (r->>2)::smallint AS state, (r->>3)::float8 AS wait,
           (r->>4)::smallint AS attempts, r->>5 AS error, r->>6 AS provider_id, r->>7 AS address
      FROM jsonb_array_elements(%s::jsonb) r
), mine AS MATERIALIZED (
    SELECT told.* FROM messaging_delivery d JOIN told ON told.id = d.id AND told.fence = d.fence
     WHERE d.id = ANY (ARRAY(SELECT id FROM told)) ORDER BY d.id FOR NO KEY UPDATE OF d
)
UPDATE messaging_delivery d
   SET state = CASE WHEN d.state = 20 THEN mine.state ELSE GREATEST(d.state, mine.state) END,
       due_at = clock_timestamp() + make_interval(secs => mine.wait),
       lease_until = NULL,
       attempts = mine.attempts,
       error = CASE WHEN d.state = 20 OR mine.state > d.state THEN mine.error ELSE d.error END,
       provider_id = COALESCE(NULLIF(mine.provider_id, ''), d.provider_id),
       address = COALESCE(NULLIF(mine.address, ''), d.address),
       accepted_at = CASE WHEN mine.state = 40 THEN COALESCE(d.accepted_at, clock_timestamp()) ELSE d.accepted_at END,
       params = CASE WHEN mine.state >= 40 THEN {PARAMS_KEPT} ELSE d.params END,
       settled_at = CASE WHEN mine.state IN (45, 50) THEN COALESCE(d.settled_at, clock_timestamp())
                         ELSE d.settled_at END
  FROM mine
 WHERE d.id = ANY (ARRAY(SELECT id FROM mine)) AND d.id = mine.id AND d.fence = mine.fence
"""  # noqa: S608  (a constant)

_MARK_DEAD = """
WITH mine AS (
    SELECT c.id FROM territory_contactpoint c
     WHERE c.dead_since IS NULL
       AND c.id IN (SELECT contact_point_id FROM messaging_delivery WHERE id = ANY(%s))
     ORDER BY c.id FOR NO KEY UPDATE
)
UPDATE territory_contactpoint c SET dead_since = %s FROM mine WHERE c.id = mine.id
"""
