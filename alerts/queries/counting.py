"""How many households of an audience are in which state: in SQL, one state a household, by area or by notice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from alerts.enums import Choice, Message, Reach
from alerts.models import Notice, NoticeCount
from messaging.enums import ARRIVED, OPEN
from messaging.enums import State as DeliveryState
from territory.rules import Scope

# On its way: not handed over yet, or handed over and no receipt so far.
IN_FLIGHT = (*OPEN, DeliveryState.ACCEPTED)

_ARRIVED = f"({', '.join(str(int(state)) for state in ARRIVED)})"
_IN_FLIGHT = f"({', '.join(str(int(state)) for state in IN_FLIGHT)})"

# rules.reach in SQL: a = audience row, d = the delivery to its first telephone or nothing, later = what became of those
# to its further telephones or nothing. One state a household, whichever wave reached it: the first that holds. Once
# the messages are destroyed `a.message` says what became of them.
_CONDITIONS = (
    (f"a.answer = '{Choice.NEED_HELP.value}' AND a.help_closed_at IS NULL", Reach.NEED_HELP),
    ("a.answer <> ''", Reach.ANSWERED),
    ("a.visited_at IS NOT NULL", Reach.VISITED),
    (f"d.state IN {_ARRIVED} OR later.arrived OR a.message = {Message.ARRIVED.value}", Reach.DELIVERED),
    ("a.closed_reason <> ''", Reach.CLOSED_UNREACHABLE),
    ("a.unreached_at IS NOT NULL", Reach.UNREACHED),
    (f"d.state IN {_IN_FLIGHT} OR later.open OR a.message = {Message.OPEN.value}", Reach.PENDING),
    ("true", Reach.UNREACHED),
)
REACH = "CASE " + " ".join(f"WHEN {condition} THEN '{state.value}'" for condition, state in _CONDITIONS) + " END"
STATES = tuple(Reach)
_STEPS = " ".join(f"WHEN {condition} THEN {STATES.index(state)}" for condition, state in _CONDITIONS)
_NUMBER = f"CASE {_STEPS} END"
# The kinds of household that a count tells apart: ordinary ones by state, then those who must be reached by state, and
# last those of the latter who only say that they are away, and those who were spoken to and ask for help.
AWAY = 2 * len(STATES)
MET_CRYING = AWAY + 1
KINDS = MET_CRYING + 1
_KIND = f"""{_NUMBER} + CASE WHEN a.must_reach = '' THEN 0
    WHEN a.answer = '{Choice.AWAY.value}' AND a.visited_at IS NULL THEN {AWAY - STATES.index(Reach.ANSWERED)}
    WHEN a.answer = '{Choice.NEED_HELP.value}' AND a.help_closed_at IS NULL AND a.visited_at IS NOT NULL
    THEN {MET_CRYING - STATES.index(Reach.NEED_HELP)}
    ELSE {len(STATES)} END"""
_SPOKEN = "a.must_reach <> '' AND a.visited_at IS NOT NULL"
# A counter for each kind. Grouping by the kind makes the planner sort all rows: 424 against 189 ms for 100,000 on a
# busy machine, where the join alone took 121.
_COUNTERS = ", ".join(f"count(*) FILTER (WHERE kind = {kind})" for kind in range(KINDS))
# The deliveries of later waves, one row a household that any was needed for: few beside the audience.
LATER = f"""
    LEFT JOIN (SELECT p.audience_id, bool_or(n.state IN {_ARRIVED}) AS arrived, bool_or(n.state IN {_IN_FLIGHT}) AS open
                 FROM alerts_audiencephone p
                 JOIN messaging_delivery n
                   ON n.broadcast_id = p.broadcast_id AND n.contact_point_id = p.contact_point_id
                WHERE p.notice_id = ANY (%(notices)s) AND p.broadcast_id IS NOT NULL GROUP BY 1
              ) later ON later.audience_id = a.id
"""  # noqa: S608  (constants of ours)
FROM = f"""
    FROM alerts_audiencehousehold a
    LEFT JOIN messaging_delivery d ON d.broadcast_id = %(broadcast)s AND d.contact_point_id = a.contact_point_id
    {LATER}
   WHERE a.notice_id = %(notice)s AND a.area_code LIKE ANY (%(scope)s)
"""
# The same for the households of few areas: their messages one by one from an index, not all hundred thousand hashed.
FROM_FEW = f"""
    FROM alerts_audiencehousehold a
    LEFT JOIN LATERAL (SELECT m.state FROM messaging_delivery m
                        WHERE m.broadcast_id = %(broadcast)s AND m.contact_point_id = a.contact_point_id
                      ) d ON true
    LEFT JOIN LATERAL (SELECT bool_or(n.state IN {_ARRIVED}) AS arrived, bool_or(n.state IN {_IN_FLIGHT}) AS open
                         FROM alerts_audiencephone p
                         JOIN messaging_delivery n
                           ON n.broadcast_id = p.broadcast_id AND n.contact_point_id = p.contact_point_id
                        WHERE p.audience_id = a.id AND p.broadcast_id IS NOT NULL
                      ) later ON true
   WHERE a.notice_id = %(notice)s AND a.area_code = ANY (%(codes)s)
"""  # noqa: S608  (constants of ours)
_FROM_SEVERAL = f"""
    FROM alerts_audiencehousehold a
    JOIN alerts_notice n ON n.id = a.notice_id
    LEFT JOIN messaging_delivery d ON d.broadcast_id = n.broadcast_id AND d.contact_point_id = a.contact_point_id
    {LATER}
   WHERE a.notice_id = ANY (%(notices)s) AND a.area_code LIKE ANY (%(scope)s)
"""


def parameters(notice: Notice, scope: Scope) -> dict[str, Any]:
    """What FROM asks for."""
    return {
        "notice": notice.pk,
        "notices": [notice.pk],
        "broadcast": notice.broadcast_id,
        "scope": prefixes(scope),
    }


def prefixes(scope: Scope) -> list[str]:
    """LIKE patterns of a scope."""
    return [f"{code}%" for code in sorted(scope.codes)]


Counts = tuple[int, list[int]]  # must-reach households spoken to by a person, and households by kind


def counted_by_area(notice: Notice, scope: Scope) -> dict[str, Counts]:
    """The households of a notice by area. Two statements.

    Most households are ordinary, have one telephone of their own and were only written to: each of them is its message,
    and messages are counted alone. The others are counted one by one, and their messages taken off again, and so are
    those of subscribers. That goes for a first notice whose others are marked (`actions.mark_apart`); a correction's
    messages also go to telephones of nobody in its audience, and messages once destroyed are none.
    """
    if not NoticeCount.objects.filter(
        notice=notice, notice__refers_to=None, marked_at__isnull=False, frozen_at=None
    ).exists():
        return _one_by_one("area_code", FROM, parameters(notice, scope))
    # Whoever sees the whole need not have each row compared with his areas.
    statement = _OF_THE_WHOLE if scope.covers(notice.area_code) else _OF_A_PART
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters(notice, scope))
        return _summed(cursor.fetchall())


def counted_by_notice(notices: Iterable[int], scope: Scope) -> Mapping[int, Counts]:
    """The households of each of these notices, one by one. One statement."""
    return _one_by_one("notice_id", _FROM_SEVERAL, {"notices": list(notices), "scope": prefixes(scope)})


def _one_by_one(key: str, source: str, asked: Mapping[str, Any]) -> dict[Any, Counts]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {key}, count(*) FILTER (WHERE spoken), {_COUNTERS} FROM (
                   SELECT a.{key}, {_SPOKEN} AS spoken, {_KIND} AS kind {source} OFFSET 0
               ) states GROUP BY 1""",  # noqa: S608  (constants of this module)
            asked,
        )
        return {found: (spoken, counts) for found, spoken, *counts in cursor.fetchall()}


# Of whom the message alone says nothing. Word for word the condition of the index `audience_apart`.
APART = """(a.apart OR NOT (a.answer = '') OR a.visited_at IS NOT NULL OR NOT (a.closed_reason = '')
            OR a.unreached_at IS NOT NULL)"""
_COLUMNS = ("id", "area_code", "contact_point_id", "must_reach", "answer", "help_closed_at", "visited_at")
_OTHER = ", ".join(f"a.{column}" for column in (*_COLUMNS, "closed_reason", "unreached_at", "message"))


def _messages_and_others(inside: str) -> str:
    return f"""
WITH others AS MATERIALIZED (
    SELECT {_OTHER} FROM alerts_audiencehousehold a
     WHERE a.notice_id = %(notice)s AND {APART} {inside.format("a")}
     UNION ALL
    SELECT {_OTHER} FROM alerts_audiencehousehold a
     WHERE a.id IN (SELECT p.audience_id FROM alerts_audiencephone p
                     WHERE p.notice_id = %(notice)s AND p.broadcast_id IS NOT NULL)
       AND NOT {APART} {inside.format("a")}
), known AS MATERIALIZED (
    SELECT a.area_code, {_SPOKEN} AS spoken, {_KIND} AS kind, d.id AS delivery, d.area_code AS at, d.state
      FROM others a
      LEFT JOIN messaging_delivery d ON d.broadcast_id = %(broadcast)s AND d.contact_point_id = a.contact_point_id
      {LATER}
)
SELECT area_code, kind, count(*), count(*) FILTER (WHERE spoken), NULL::smallint FROM known GROUP BY 1, 2
 UNION ALL
SELECT d.area_code, NULL, count(*), 0, d.state FROM messaging_delivery d
 WHERE d.broadcast_id = %(broadcast)s {inside.format("d")} GROUP BY d.area_code, d.state
 UNION ALL
SELECT d.area_code, NULL, -count(*), 0, d.state
  FROM (SELECT DISTINCT delivery, at AS area_code, state FROM known WHERE delivery IS NOT NULL) d
 WHERE true {inside.format("d")} GROUP BY d.area_code, d.state
 UNION ALL
SELECT d.area_code, NULL, -count(*), 0, d.state FROM messaging_delivery d
 WHERE d.broadcast_id = %(broadcast)s {inside.format("d")}
   AND d.contact_point_id = ANY (ARRAY (SELECT unnest(c.strangers) FROM alerts_noticecount c
                                         WHERE c.notice_id = %(notice)s))
 GROUP BY d.area_code, d.state
"""  # noqa: S608  (constants of this module)


_OF_THE_WHOLE = _messages_and_others("")
_OF_A_PART = _messages_and_others("AND {0}.area_code LIKE ANY (%(scope)s)")


def _summed(rows: Iterable[tuple[str, int | None, int, int, int | None]]) -> dict[str, Counts]:
    spoken: dict[str, int] = {}
    kinds: dict[str, list[int]] = {}
    for area, kind, count, told, state in rows:
        counts = kinds.setdefault(area, [0] * KINDS)
        counts[_of_message(state) if kind is None else kind] += count
        spoken[area] = spoken.get(area, 0) + told
    return {area: (spoken[area], counts) for area, counts in kinds.items() if any(counts)}


def _of_message(state: int | None) -> int:
    """The kind of an ordinary household of which nothing is known but its message."""
    if state in ARRIVED:
        return STATES.index(Reach.DELIVERED)
    return STATES.index(Reach.PENDING if state in IN_FLIGHT else Reach.UNREACHED)
