"""What waits although it is due: a robot that has said enough this minute, a telephone that has rung enough."""

from collections.abc import Sequence

from django.db import connection

from messaging import rules
from messaging.actions.delivery_rows import Claimed
from messaging.actions.pace import take_of_address
from messaging.channels import channel_of
from messaging.enums import Channel, State

CALL_LASTS = 180  # seconds after which a call whose end nobody reported holds no line


Held = list[tuple[Claimed, rules.Outcome]]


def held_back(going: list[Claimed], account: rules.Account) -> tuple[list[Claimed], Held]:
    """Who may be sent to now, and what becomes of the others. Counts no try."""
    if not going:
        return going, []
    if account.channel == Channel.VOICE:
        return _of_callees(going, account)
    if getattr(channel_of(account), "paced_by_address", False):
        return _of_robots(going, account)
    return going, []


def _later(row: Claimed, code: str, wait: float) -> rules.Outcome:
    """Back into the queue; what may have arrived stays unknown."""
    state = State.QUEUED if row.prior == State.QUEUED else State.UNKNOWN
    return rules.Outcome(state, code, wait=wait, attempts=row.attempts)


def _of_robots(going: list[Claimed], account: rules.Account) -> tuple[list[Claimed], Held]:
    free: list[Claimed] = []
    held: Held = []
    for row in going:
        if wait := take_of_address(account, row.address):
            held.append((row, _later(row, "paced", wait)))
        else:
            free.append(row)
    return free, held


def _of_callees(going: list[Claimed], account: rules.Account) -> tuple[list[Claimed], Held]:
    """Before dialling, from our own rows: a provider that refuses a call has counted it."""
    caps, rung = rules.callee_caps(account.options), _rung([row.id for row in going])
    free: list[Claimed] = []
    held: Held = []
    for row in sorted(going, key=lambda one: one.id):
        so_far = rung.get(row.id, rules.Rung())
        wait = rules.may_ring(so_far, caps)
        if wait is None:
            held.append((row, rules.Outcome(State.FAILED, "callee_cap", attempts=row.attempts)))
        elif wait:
            held.append((row, _later(row, "callee_cap", wait)))
        else:
            free.append(row)
    return free, held


def lines_free(account: rules.Account) -> int:
    """How many calls of an account may begin now. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, {"account": account.name, "lasts": CALL_LASTS})
        [[busy]] = cursor.fetchall()
    return rules.free_lines(account.lines, busy)


def _rung(deliveries: Sequence[int]) -> dict[int, rules.Rung]:
    with connection.cursor() as cursor:
        cursor.execute(_RUNG, {"mine": list(deliveries)})
        found = cursor.fetchall()
    return {number: rules.Rung(minute, hour, day, wait) for number, minute, hour, day, wait in found}


# A call that another worker is about to make counts as made; within one claim the older row goes first.
_RUNG = """
SELECT d.id,
       count(*) FILTER (WHERE rung.at > clock_timestamp() - interval '1 minute'),
       count(*) FILTER (WHERE rung.at > clock_timestamp() - interval '1 hour'),
       count(*),
       COALESCE(EXTRACT(EPOCH FROM min(rung.at) FILTER (WHERE rung.at > clock_timestamp() - interval '1 minute')
                                   + interval '1 minute' - clock_timestamp()), 60)::float8
  FROM messaging_delivery d, LATERAL (
       SELECT COALESCE(o.accepted_at, clock_timestamp()) AS at
         FROM messaging_delivery o
        WHERE o.channel = 'voice' AND o.contact_point_id = d.contact_point_id AND o.id <> d.id
          AND (o.accepted_at > clock_timestamp() - interval '1 day'
               OR o.accepted_at IS NULL AND o.state = 20 AND (o.id < d.id OR o.id <> ALL(%(mine)s)))) rung
 WHERE d.id = ANY(%(mine)s)
 GROUP BY d.id
"""

_BUSY = """
SELECT (SELECT count(*) FROM messaging_delivery
         WHERE channel = 'voice' AND account = %(account)s AND state = 40
           AND accepted_at > clock_timestamp() - make_interval(secs => %(lasts)s))
     + (SELECT count(*) FROM messaging_delivery
         WHERE channel = 'voice' AND account = %(account)s AND is_open AND state = 20
           AND lease_until > clock_timestamp())
"""
