"""Handing deliveries over: claim, decide, send, record.

1. Claim: due rows of one lane and channel, skipping what others hold. The row becomes SENDING, its fence rises, and it
   falls due again when the lease ends: a worker that dies leaves rows that the next claim takes up by itself.
2. Commit. Rows that may not go out are settled; the rest is rendered and sent with no transaction open.
3. Record, in one statement under the fence of the claim: a worker that lost its lease changes nothing. A receipt that
   was quicker than the record stays: states of sent rows only rise.
"""

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from core.bell import ring
from messaging import rules
from messaging.actions.broadcast import BELLS, PARAMS_KEPT
from messaging.channels import CHANNELS
from messaging.enums import Lane, State
from messaging.models import Broadcast

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """What one pass did, in messages. `lost`: results that came after the lease had gone to another worker."""

    claimed: int = 0
    accepted: int = 0
    rejected: int = 0
    retried: int = 0
    unknown: int = 0
    settled: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """One row of a claim."""

    id: int
    fence: int
    prior: int
    attempts: int
    broadcast_id: int
    params: str | None  # JSON as it stands in the row: only rows that go out need it
    address: str
    dead: bool
    enlisted: bool


def dispatch(
    lane: Lane,
    *,
    now: datetime,
    budget_seconds: float = 20.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Tally:
    """Sends whatever is due in a lane until nothing is left or the budget is spent; then rings again.

    `now` is the moment by which expiry and age are judged; leases and due times go by the database's clock. Several
    workers at once are safe. Must not be called inside a transaction.
    """
    tally = Tally()
    ends = time.monotonic() + budget_seconds
    rests = dict.fromkeys(CHANNELS, 0.0)  # until when, by the monotonic clock
    while True:
        worked = False
        for name, channel in CHANNELS.items():
            if rests[name] > time.monotonic():
                continue
            rests[name] = 0.0
            if claimed := claim(lane, channel):
                worked = True
                pause = _work_off(claimed, lane, channel, now, tally)
                rests[name] = time.monotonic() + pause if pause else 0.0
        if time.monotonic() >= ends:
            ring(BELLS[lane])
            return tally
        if not worked:
            nearest = min(rests.values(), key=lambda at: at or rules.REST_OF_PASS)
            if nearest in (0.0, rules.REST_OF_PASS):
                return tally
            sleep(max(0.0, min(nearest, ends) - time.monotonic()))


def claim(lane: Lane, channel: rules.Channel) -> list[Claimed]:
    """Takes the next due rows of a lane and channel under a lease; commits."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "lane": lane,
                "channel": channel.name,
                "limit": min(channel.batch_size, rules.BATCH[lane]),
                "sending": State.SENDING,
                "lease": rules.LEASE_SECONDS,
            },
        )
        return [Claimed(*row) for row in cursor.fetchall()]


def _work_off(claimed: Sequence[Claimed], lane: Lane, channel: rules.Channel, now: datetime, tally: Tally) -> float:
    """Decides, sends and records one claim; returns how long the channel should rest."""
    # Read after the claim, so that a withdrawal is seen.
    broadcasts = Broadcast.objects.in_bulk({row.broadcast_id for row in claimed})
    going: list[Claimed] = []
    outcomes: list[tuple[Claimed, rules.Outcome]] = []
    for row in claimed:
        settled = rules.decide(_facts(row, broadcasts[row.broadcast_id], lane, channel), row.attempts, now=now)
        if settled is None:
            going.append(row)
        else:
            outcomes.append((row, settled))
    tally.settled += len(outcomes)
    results = channel.send(_rendered(going, broadcasts, lane)) if going else []
    scale, idempotent = settings.RETRY_SCALE, channel.idempotent
    for row, result in zip(going, results, strict=True):
        outcome = rules.outcome_of(result, row.attempts, lane=lane, idempotent=idempotent, scale=scale)
        outcomes.append((row, outcome))
        _count(tally, result)
    recorded = record(outcomes)
    if dead := [going[place].id for place in rules.dead_numbers(results)]:
        _mark_dead(dead, now)
    tally.claimed += len(claimed)
    tally.lost += len(outcomes) - recorded
    if recorded < len(outcomes):
        logger.warning("%s of %s results came after their lease and were not recorded", tally.lost, len(outcomes))
    return rules.pause_after(results)


def _facts(row: Claimed, broadcast: Broadcast, lane: Lane, channel: rules.Channel) -> rules.Claim:
    return rules.Claim(
        prior=State(row.prior),
        lane=lane,
        idempotent=channel.idempotent,
        created_at=broadcast.created_at,
        cancelled_at=broadcast.cancelled_at,
        expires_at=broadcast.expires_at,
        enlisted=row.enlisted,
        dead=row.dead,
    )


def _rendered(going: Sequence[Claimed], broadcasts: dict[int, Broadcast], lane: Lane) -> list[rules.Message]:
    """Each broadcast's text is taken apart once; only personal blanks are filled row by row."""
    word = "alarm" if lane == Lane.ALARM else "bulk"
    templates: dict[int, rules.Template] = {}
    for row in going:
        if row.broadcast_id not in templates:
            broadcast = broadcasts[row.broadcast_id]
            templates[row.broadcast_id] = rules.Template(
                rules.marked(broadcast.text) if broadcast.exercise else broadcast.text
            )
    return [
        rules.Message(
            id=f"{settings.INSTALLATION}-{row.id}",
            address=row.address,
            text=templates[row.broadcast_id].filled(json.loads(row.params) if row.params else None),
            subject=_subject(broadcasts[row.broadcast_id]),
            lane=word,
        )
        for row in going
    ]


def _subject(broadcast: Broadcast) -> str:
    return rules.marked(broadcast.subject) if broadcast.exercise and broadcast.subject else broadcast.subject


def _count(tally: Tally, result: rules.Result) -> None:
    match result:
        case rules.Accepted():
            tally.accepted += 1
        case rules.Rejected():
            tally.rejected += 1
        case rules.RetryAfter():
            tally.retried += 1
        case rules.Unknown():
            tally.unknown += 1


def record(outcomes: Sequence[tuple[Claimed, rules.Outcome]]) -> int:
    """Writes what became of claimed rows, under their fences; returns how many were still ours.

    The address is kept with every row that was or may have been handed over: proof of where it went.
    """
    if not outcomes:
        return 0
    columns: tuple[list[Any], ...] = ([], [], [], [], [], [], [], [])
    for row, outcome in outcomes:
        left = outcome.state in (State.ACCEPTED, State.UNKNOWN) or outcome.attempts > row.attempts
        values = (
            row.id,
            row.fence,
            int(outcome.state),
            outcome.wait,
            outcome.attempts,
            outcome.error,
            outcome.provider_id,
            row.address if left else "",
        )
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, columns)
        return int(cursor.rowcount)


def _mark_dead(deliveries: Sequence[int], now: datetime) -> None:
    """Whose number is bad for good is tried at the next one from now on, and counts as somebody without a telephone."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_DEAD, [list(deliveries), now])
        logger.warning("%s numbers are bad for good and are skipped from now on", cursor.rowcount)


# The clock stands in a sub-select: as a volatile function in the condition itself it could not bound the index scan,
# and every claim would read all rows that wait for a later try.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id, state
      FROM messaging_delivery
     WHERE lane = %(lane)s
       AND channel = %(channel)s
       AND state IN (10, 20, 30)
       AND due_at <= (SELECT clock_timestamp())
     ORDER BY due_at, id
     LIMIT %(limit)s
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE messaging_delivery d
   SET state = %(sending)s,
       fence = d.fence + 1,
       lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
       due_at = clock_timestamp() + make_interval(secs => %(lease)s)
  FROM due, messaging_broadcast b, territory_contactpoint c
 WHERE d.id = due.id AND b.id = d.broadcast_id AND c.id = d.contact_point_id
RETURNING d.id, d.fence, due.state, d.attempts, d.broadcast_id, d.params, c.address, c.dead_since IS NOT NULL,
       b.exercise IS NULL OR EXISTS (
           SELECT FROM messaging_enlisted e
            WHERE e.exercise = b.exercise AND e.contact_point_id = d.contact_point_id)
"""

_RECORD = f"""
WITH told AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::float8[], %s::smallint[],
                         %s::varchar[], %s::varchar[], %s::varchar[])
               AS t(id, fence, state, wait, attempts, error, provider_id, address)
), mine AS (
    SELECT d.id FROM messaging_delivery d JOIN told USING (id)
     WHERE d.fence = told.fence ORDER BY d.id FOR NO KEY UPDATE OF d
)
UPDATE messaging_delivery d
   SET state = CASE WHEN d.state = 20 THEN told.state ELSE GREATEST(d.state, told.state) END,
       due_at = clock_timestamp() + make_interval(secs => told.wait),
       lease_until = NULL,
       attempts = told.attempts,
       error = CASE WHEN d.state = 20 OR told.state > d.state THEN told.error ELSE d.error END,
       provider_id = COALESCE(NULLIF(told.provider_id, ''), d.provider_id),
       address = COALESCE(NULLIF(told.address, ''), d.address),
       accepted_at = CASE WHEN told.state = 40 THEN COALESCE(d.accepted_at, clock_timestamp()) ELSE d.accepted_at END,
       params = CASE WHEN told.state >= 40 THEN {PARAMS_KEPT} ELSE d.params END,
       settled_at = CASE WHEN told.state IN (45, 50) THEN COALESCE(d.settled_at, clock_timestamp())
                         ELSE d.settled_at END
  FROM told JOIN mine USING (id)
 WHERE d.id = told.id AND d.fence = told.fence
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
