"""Ladders begin with a duty, follow what people do with it, and end with an answer; always in the act's transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from assignments import queries
from assignments.actions.notify import Reached
from assignments.enums import OPEN, State, Stopped, Until, Verb
from assignments.models import Assignment, EscalationRun
from assignments.rules import Kind, Policy, begins, frozen, rechecks, thawed
from core.rules import SYSTEM
from messaging import actions as messages
from messaging.models import Broadcast

_ANSWERS = (Verb.ACKNOWLEDGE, Verb.START, Verb.REPORT)


def begin(
    rows: Sequence[Assignment],
    kind: Kind,
    *,
    now: datetime,
    reached: Mapping[int, Reached],
    broadcast: Broadcast | None,
) -> None:
    """Starts the ladder of duties just given; whoever heard of them in `broadcast` has been told at step 0.

    Two statements, however many they are.
    """
    firsts = [begins(kind.policy, row.acknowledge_by, row.due_at, now=now) for row in rows]
    _open(rows, firsts, kind.policy, now=now)
    if broadcast is not None:
        _note_given(rows, reached, {row.pk: broadcast.pk for row in rows}, now)


def restart(
    rows: Sequence[Assignment],
    *,
    now: datetime,
    reached: Mapping[int, Reached],
    told: Mapping[int, int | None],
) -> None:
    """Goes on with the ladders of duties that another person has taken over: from below, and with him.

    What was on its way to the one before is withdrawn. `told` is the broadcast of each duty's message to the new one.
    """
    runs = {run.assignment_id: run for run in _held(rows)}
    _withdraw([run.pk for run in runs.values()], now)
    for row in rows:
        policy = thawed(runs[row.pk].policy) if row.pk in runs else queries.kind(row.kind).policy
        # Past due already: the new person still gets his time before the first step.
        first = max(begins(policy, row.acknowledge_by, row.due_at, now=now), now + policy.first_wait)
        if row.acknowledge_by is not None:
            first = begins(policy, row.acknowledge_by, row.due_at, now=now)
        if run := runs.get(row.pk):
            _turn(run, step_no=1, at=first)
        else:
            _open([row], [first], policy, now=now)
    _note_given(rows, reached, told, now)


def follow(row: Assignment, verb: Verb, *, before: str, by_id: int | None, now: datetime) -> None:
    """Lets the ladder do what the verb means for it. `before` is the state that the duty had."""
    policy = queries.kind(row.kind).policy
    if verb in (Verb.VERIFY, Verb.CANCEL):
        stop([row], Stopped.CLOSED, now=now)
    elif verb == Verb.REPORT:
        stop([row], Stopped.REPORTED, now=now)
        if row.state == State.REPORTED and policy.until == Until.CLOSED:
            _open([row], [now + policy.first_wait], policy, now=now, step_no=policy.first_above)
    elif verb == Verb.SEND_BACK:
        stop([row], Stopped.REPORTED, now=now)
        _open([row], [rechecks(policy, row.due_at, now=now)], policy, now=now)
    elif verb == Verb.REOPEN:
        stop([row], Stopped.REPORTED, now=now)
        _open([row], [now], policy, now=now, step_no=policy.first_above)
    elif verb == Verb.DECLINE:
        _jump(row, policy, now)
    elif verb in _ANSWERS and before in (State.ASSIGNED, State.RETURNED):
        _answered(row, policy, by_id, now)


def also_answered(row: Assignment, by_id: int | None, now: datetime) -> bool:
    """True when this person was asked beside others, each of whom must answer, and had not answered yet."""
    run = next(iter(_held([row])), None)
    if run is None or by_id is None or not thawed(run.policy).everyone_must_answer:
        return False
    if not run.sent.filter(person=by_id, answered_at__isnull=True).exists():
        return False
    _answered(row, queries.kind(row.kind).policy, by_id, now)
    return True


def stop(rows: Sequence[Assignment], why: Stopped, *, now: datetime) -> None:
    """Ends the ladders of these duties and withdraws what they have not sent yet. Three statements at most."""
    runs = [run.pk for run in _held(rows)]
    if not runs:
        return
    EscalationRun.objects.filter(pk__in=runs).update(stopped_at=now, stopped_by=why, next_due_at=None)
    _withdraw(runs, now)


def put_off(row: Assignment, until: datetime) -> None:
    """Somebody has just told the assignee: the next step comes no earlier than `until`."""
    for run in _held([row]):
        at = max(run.next_due_at or until, until)
        EscalationRun.objects.filter(pk=run.pk).update(next_due_at=at, fence=run.fence + 1)


def wait_longer(row: Assignment, *, now: datetime) -> None:
    """The duty has more time: its ladder begins anew from below when that is over."""
    for run in _held([row]):
        policy = thawed(run.policy)
        _withdraw([run.pk], now)
        _turn(run, step_no=1, at=rechecks(policy, row.due_at, now=now))


def _answered(row: Assignment, policy: Policy, by_id: int | None, now: datetime) -> None:
    """An answer ends the ladder that waits for it; another one looks whether the work is done when it is due."""
    run = next(iter(_held([row])), None)
    if run is not None:
        kept = thawed(run.policy)
        answering = by_id or row.assignee_id
        run.sent.filter(person=answering, answered_at__isnull=True).update(answered_at=now)
        if kept.everyone_must_answer and _waits_for_others(row, run, answering):
            _withdraw([run.pk], now, person=answering)
            return
        stop([row], Stopped.ANSWERED, now=now)
    if row.state in OPEN and policy.until != Until.ACKNOWLEDGED:
        _open([row], [rechecks(policy, row.due_at, now=now)], policy, now=now)


def _waits_for_others(row: Assignment, run: EscalationRun, answering: int | None) -> bool:
    told = dict(run.sent.exclude(person=None).order_by("answered_at").values_list("person_id", "answered_at"))
    silent = {person for person, at in told.items() if at is None} | ({row.assignee_id} - told.keys())
    return bool(silent - {answering, None})


def _jump(row: Assignment, policy: Policy, now: datetime) -> None:
    """Whoever cannot do it need not be reminded of it: the one above hears at the next tick."""
    run = next(iter(_held([row])), None)
    if run is None:
        _open([row], [now], policy, now=now, step_no=policy.first_above)
        return
    _withdraw([run.pk], now)
    _turn(run, step_no=thawed(run.policy).first_above, at=now)


def _turn(run: EscalationRun, *, step_no: int, at: datetime) -> None:
    """The ladder begins anew at a step; a new loop, so that nothing of the old one is taken for it."""
    loop = run.loop + 1
    EscalationRun.objects.filter(pk=run.pk).update(
        step_no=step_no, loop=loop, loop_from=loop, next_due_at=at, fence=run.fence + 1
    )


def _held(rows: Sequence[Assignment]) -> list[EscalationRun]:
    """The open ladders of these duties, held until the transaction ends. Whoever holds a duty may wait for these."""
    found = EscalationRun.objects.select_for_update(no_key=True).filter(
        assignment__in=[row.pk for row in rows], stopped_at__isnull=True
    )
    return list(found.order_by("pk"))


def _open(
    rows: Sequence[Assignment], firsts: Sequence[datetime], policy: Policy, *, now: datetime, step_no: int = 1
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, (json.dumps(frozen(policy)), step_no, now, [row.pk for row in rows], list(firsts)))


def _note_given(
    rows: Sequence[Assignment], reached: Mapping[int, Reached], told: Mapping[int, int | None], now: datetime
) -> None:
    heard = [(row.pk, reached[row.pk], told[row.pk]) for row in rows if row.pk in reached and told.get(row.pk)]
    if heard:
        columns: tuple[list[Any], ...] = (
            [pk for pk, _reached, _broadcast in heard],
            [one.person for _pk, one, _broadcast in heard],
            [one.contact_point for _pk, one, _broadcast in heard],
            [broadcast for _pk, _reached, broadcast in heard],
        )
        with connection.cursor() as cursor:
            cursor.execute(_GIVEN, (now, *columns))


def _withdraw(runs: Sequence[int], now: datetime, *, person: int | None = None) -> None:
    """Takes back what these ladders have not sent yet, except where the same message tells of another open duty."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSENT, {"runs": list(runs), "person": person})
        waiting = cursor.fetchall()
    messages.withdraw([(broadcast, point) for broadcast, point in waiting], by=SYSTEM)


_OPEN = """
INSERT INTO assignments_escalationrun
    (assignment_id, policy, step_no, loop, loop_from, next_due_at, fence, fired, started_at, stopped_by)
SELECT r.duty, p.policy, p.step_no, 0, 0, r.first, 0, 0, p.at, ''
  FROM (SELECT %s::jsonb AS policy, %s::smallint AS step_no, %s::timestamptz AS at) p,
       unnest(%s::bigint[], %s::timestamptz[]) AS r(duty, first)
"""

_GIVEN = """
INSERT INTO assignments_escalationsent
    (run_id, step_no, loop, who, channel, person_id, contact_point_id, broadcast_id, sent_at)
SELECT run.id, 0, run.loop, 'assignee', 'sms', t.person, t.point, t.broadcast, %s
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS t(duty, person, point, broadcast)
  JOIN assignments_escalationrun run ON run.assignment_id = t.duty AND run.stopped_at IS NULL
    ON CONFLICT DO NOTHING
"""

_UNSENT = """
SELECT DISTINCT s.broadcast_id, s.contact_point_id
  FROM assignments_escalationsent s
 WHERE s.run_id = ANY(%(runs)s) AND s.broadcast_id IS NOT NULL
   AND (%(person)s::bigint IS NULL OR s.person_id = %(person)s)
   AND NOT EXISTS (SELECT FROM assignments_escalationsent o
                     JOIN assignments_escalationrun r ON r.id = o.run_id
                    WHERE o.broadcast_id = s.broadcast_id AND o.contact_point_id = s.contact_point_id
                      AND r.stopped_at IS NULL AND r.id <> ALL(%(runs)s))
"""
