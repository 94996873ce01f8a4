"""The engine's rows: claimed, moved on and noted by sets, never one by one."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from assignments.enums import CLOSED, Means, Verb
from assignments.rules import Policy, thawed
from core.rules import SYSTEM


class Due(NamedTuple):
    """A ladder whose time has come, with what its duty says. `point` is the number of an assignee without account."""

    run: int
    duty: int
    kept: str
    step_no: int
    loop: int
    loop_from: int
    fence: int
    fired: int
    gap_told: bool
    state: str
    kind: str
    title: str
    area_code: str
    assignee: int | None
    assignee_name: str
    point: int | None
    due_at: datetime
    exercise: UUID | None
    link_nonce: str
    uuid: str

    @property
    def policy(self) -> Policy:
        """The ladder as it was when the run began."""
        return policy_of(self.kept)


@lru_cache(maxsize=256)
def policy_of(kept: str) -> Policy:
    """A frozen policy, read once however many runs share it."""
    return thawed(json.loads(kept))


class Sent(NamedTuple):
    """One person told at one step."""

    run: int
    step_no: int
    loop: int
    who: str
    channel: str
    person: int | None
    contact_point: int
    broadcast: int | None


class Happened(NamedTuple):
    """One line of a duty's history."""

    duty: int
    verb: Verb
    note: str
    broadcast: int | None


class Moved(NamedTuple):
    """Where a ladder goes from here."""

    run: int
    step_no: int
    loop: int
    pause: timedelta


def claim(most: int, *, now: datetime) -> list[Due]:
    """Takes up to `most` ladders whose time has come; those that another worker or an answer holds are left."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "most": most, "closed": list(CLOSED)})
        return [Due(*row) for row in cursor.fetchall()]


def advance(moves: Sequence[Moved], *, now: datetime) -> None:
    """Moves ladders to their next step; counted from now, so that a stop of the engine is followed by one message."""
    columns = (
        [move.run for move in moves],
        [move.step_no for move in moves],
        [move.loop for move in moves],
        [now + move.pause for move in moves],
    )
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, columns)


def note_sent(rows: Sequence[Sent], *, now: datetime) -> None:
    """Writes down who was told."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_SENT, (now, *(list(column) for column in zip(*rows, strict=True))))


def note_events(rows: Sequence[Happened], *, now: datetime) -> None:
    """Adds a line to the history of each duty."""
    columns: tuple[list[Any], ...] = (
        [row.duty for row in rows],
        [row.verb.value for row in rows],
        [row.note[:500] for row in rows],
        [row.broadcast for row in rows],
    )
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, (Means.SYSTEM.value, SYSTEM.name, now, *columns))


_CLAIM = """
SELECT r.id, r.assignment_id, r.policy::text, r.step_no, r.loop, r.loop_from, r.fence, r.fired,
       r.gap_told_at IS NOT NULL, a.state, a.kind, a.title, a.area_code, a.assignee_id, a.assignee_name,
       CASE WHEN c.dead_since IS NULL THEN a.contact_point_id END, a.due_at, a.exercise, a.link_nonce, a.uuid::text
  FROM assignments_escalationrun r
  JOIN assignments_assignment a ON a.id = r.assignment_id
  LEFT JOIN territory_contactpoint c ON c.id = a.contact_point_id
 WHERE r.stopped_at IS NULL AND r.next_due_at <= %(now)s AND a.state <> ALL(%(closed)s)
 ORDER BY r.next_due_at, r.id
 LIMIT %(most)s
   FOR NO KEY UPDATE OF r SKIP LOCKED
"""

_ADVANCE = """
UPDATE assignments_escalationrun r
   SET step_no = m.step_no, loop = m.loop, next_due_at = m.next_at, fence = r.fence + 1, fired = r.fired + 1
  FROM unnest(%s::bigint[], %s::smallint[], %s::int[], %s::timestamptz[]) AS m(run, step_no, loop, next_at)
 WHERE r.id = m.run
"""

_SENT = """
INSERT INTO assignments_escalationsent
    (sent_at, run_id, step_no, loop, who, channel, person_id, contact_point_id, broadcast_id)
SELECT %s::timestamptz, s.* FROM unnest(%s::bigint[], %s::smallint[], %s::int[], %s::varchar[], %s::varchar[],
                                        %s::bigint[], %s::bigint[], %s::bigint[]) AS s
    ON CONFLICT DO NOTHING
"""

_EVENTS = """
INSERT INTO assignments_assignmentevent
    (means, by_name, occurred_at, recorded_at, on_behalf_of, photo_sha256, option, said, source,
     assignment_id, verb, note, broadcast_id)
SELECT p.means, p.name, p.at, p.at, '', '', '', '', '', e.*
  FROM (SELECT %s::varchar AS means, %s::varchar AS name, %s::timestamptz AS at) p,
       unnest(%s::bigint[], %s::varchar[], %s::varchar[], %s::bigint[]) AS e
"""
