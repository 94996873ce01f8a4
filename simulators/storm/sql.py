"""The same figures counted a second time, by SQL that shares nothing with the queries of the screens."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

DUTY = """
WITH level AS (
    SELECT area_code, level FROM command_response WHERE ended_at IS NULL AND exercise IS NULL AND opened_at <= %(now)s
), post AS (
    SELECT p.id, p.area_code,
           (SELECT min(level) FROM level WHERE p.area_code LIKE level.area_code || '%%') AS level,
           (here.at::date - (CASE WHEN here.at::time < p.starts_at THEN 1 ELSE 0 END)) AS day
    FROM dutyroster_dutypost p, (SELECT %(now)s AT TIME ZONE %(zone)s AS at) here
    WHERE p.retired_at IS NULL AND p.area_code LIKE %(area)s || '%%'
), kind AS (
    SELECT post.id, post.level, each.kind
    FROM post
    LEFT JOIN territory_calendarday c ON c.date = post.day
    JOIN (VALUES ('workday'), ('weekend'), ('holiday')) AS each(kind)
      ON each.kind = c.kind OR c.kind IS NULL OR c.kind = 'unknown'
), required AS (
    SELECT kind.id, max(COALESCE(
        (SELECT r.staff FROM dutyroster_postrequirement r
         WHERE r.post_id = kind.id AND r.day_kind = kind.kind AND r.response_level >= kind.level
         ORDER BY r.response_level LIMIT 1),
        (SELECT r.staff FROM dutyroster_postrequirement r
         WHERE r.post_id = kind.id AND r.day_kind = kind.kind AND r.response_level IS NULL), 1)) AS staff
    FROM kind GROUP BY kind.id
), shift AS (
    SELECT s.id, s.post_id, s.person_id FROM dutyroster_shift s
    WHERE s.published_at IS NOT NULL AND s.during @> %(now)s
      AND (s.superseded_at IS NULL OR s.superseded_at > %(now)s)
), effective AS (
    SELECT shift.post_id, count(DISTINCT shift.person_id) AS people FROM shift
    JOIN accounts_user u ON u.id = shift.person_id
    WHERE u.is_active AND COALESCE(u.phone, '') <> '' AND u.phone_verified_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM dutyroster_leave l WHERE l.person_id = u.id
                      AND (%(now)s AT TIME ZONE %(zone)s)::date BETWEEN l.first_day AND l.last_day)
    GROUP BY shift.post_id
), present AS (
    SELECT shift.post_id, count(DISTINCT shift.person_id) AS people FROM shift
    WHERE EXISTS (SELECT FROM dutyroster_checkin c WHERE c.shift_id = shift.id AND c.kind = 'in')
      AND NOT EXISTS (SELECT FROM dutyroster_checkin c WHERE c.shift_id = shift.id AND c.kind = 'out')
      AND COALESCE((SELECT t.outcome FROM dutyroster_rollcalltarget t
                    JOIN dutyroster_rollcall r ON r.id = t.roll_call_id
                    WHERE t.shift_id = shift.id AND r.exercise IS NULL ORDER BY t.id DESC LIMIT 1), '')
          NOT IN ('suspected', 'confirmed')
    GROUP BY shift.post_id
)
SELECT COALESCE(sum(r.staff), 0), COALESCE(sum(LEAST(r.staff, COALESCE(e.people, 0))), 0),
       COALESCE(sum(LEAST(r.staff, COALESCE(p.people, 0))), 0)
FROM required r LEFT JOIN effective e ON e.post_id = r.id LEFT JOIN present p ON p.post_id = r.id
"""

# Every place of the books: its balance, and the sum of the movements into it less those out of it.
PLACES = """
WITH moved AS (
    SELECT place.store_id, m.lot_id, sum(place.signed) AS quantity
    FROM supplies_movement m
    CROSS JOIN LATERAL (VALUES (m.to_store_id, m.quantity), (m.from_store_id, -m.quantity)) AS place(store_id, signed)
    WHERE m.exercise IS NULL AND place.store_id IS NOT NULL
    GROUP BY place.store_id, m.lot_id
)
SELECT count(*), count(*) FILTER (WHERE COALESCE(b.quantity, 0) <> COALESCE(moved.quantity, 0)),
       COALESCE(sum(b.quantity), 0), COALESCE(sum(moved.quantity), 0), count(*) FILTER (WHERE b.quantity < 0)
FROM moved FULL JOIN supplies_balance b USING (store_id, lot_id)
"""

ITEMS = """
SELECT i.code, sum(CASE WHEN m.to_store_id IS NULL THEN -m.quantity ELSE m.quantity END)
FROM supplies_movement m
JOIN supplies_lot l ON l.id = m.lot_id
JOIN supplies_supplyitem i ON i.id = l.item_id
JOIN supplies_store s ON s.id = COALESCE(m.to_store_id, m.from_store_id)
WHERE m.exercise IS NULL AND s.retired_at IS NULL AND i.retired_at IS NULL
GROUP BY i.code
"""

# What left by the ledger, less what the receivers counted and what was settled since.
TRANSIT = """
SELECT COALESCE(sum(left_store.quantity), 0) - COALESCE(sum(seen.quantity), 0)
FROM supplies_transfer t
JOIN LATERAL (SELECT sum(m.quantity) AS quantity FROM supplies_movement m
              WHERE m.transfer_id = t.id AND m.kind = 'transfer_out') left_store ON true
JOIN LATERAL (SELECT sum(COALESCE(l.received, 0) + l.found + l.lost) AS quantity FROM supplies_transferline l
              WHERE l.transfer_id = t.id) seen ON true
WHERE t.departed_at IS NOT NULL AND t.exercise IS NOT DISTINCT FROM %(exercise)s
"""

PAPERS = """
SELECT (SELECT count(*) FROM supplies_issue i
        WHERE i.is_emergency AND i.papers_at IS NULL AND i.exercise IS NOT DISTINCT FROM %(exercise)s),
       (SELECT count(*) FROM assignments_assignment a WHERE a.kind = 'issue_papers'
        AND a.state NOT IN ('reported', 'verified', 'cancelled') AND a.exercise IS NOT DISTINCT FROM %(exercise)s)
"""

LEVEL = """
SELECT min(newest.level_after) FROM command_response r
JOIN LATERAL (SELECT s.level_after FROM command_responsestep s
              WHERE s.response_id = r.id ORDER BY s.id DESC LIMIT 1) newest ON true
WHERE %(area)s LIKE r.area_code || '%%' AND r.exercise IS NOT DISTINCT FROM %(exercise)s
"""

# By level: what the plan asks for, one for each sub-district where it says so; and the tasks that were given.
TASKS = """
WITH asked AS (
    SELECT t.level, sum(CASE WHEN t.each_subdistrict THEN GREATEST(1, (
        SELECT count(*) FROM territory_area a WHERE a.level = 'subdistrict' AND a.retired_at IS NULL
        AND a.code LIKE (CASE WHEN t.area_code LIKE r.area_code || '%%' THEN t.area_code ELSE r.area_code END) || '%%'
    )) ELSE 1 END) AS number
    FROM command_response r JOIN command_tasktemplate t ON t.plan_id = r.plan_id AND t.level >= r.level
    WHERE r.id = %(response)s GROUP BY t.level
), given AS (
    SELECT t.level, count(*) AS number FROM command_plantask p JOIN command_tasktemplate t ON t.id = p.template_id
    WHERE p.response_id = %(response)s AND p.withdrawn_at IS NULL GROUP BY t.level
)
SELECT level, COALESCE(asked.number, 0), COALESCE(given.number, 0)
FROM asked FULL JOIN given USING (level) ORDER BY level DESC
"""

CALLS = """
SELECT count(*) FILTER (WHERE a.acknowledged_at IS NOT NULL AND a.state <> 'returned'), count(*)
FROM command_calltarget t
JOIN command_callout c ON c.id = t.call_out_id
JOIN assignments_assignment a ON a.id = t.assignment_id
WHERE c.response_id = %(response)s AND (a.state <> 'cancelled' OR a.acknowledged_at IS NOT NULL)
"""

ORDERS = """
SELECT count(*) FILTER (WHERE a.acknowledged_at IS NOT NULL), count(*) FILTER (WHERE a.state = 'verified'), count(*)
FROM command_orderreceiver r
JOIN command_order o ON o.id = r.order_id
JOIN assignments_assignment a ON a.id = r.assignment_id
WHERE o.response_id = %(response)s AND a.state <> 'cancelled'
"""

DANGERS = """
SELECT CASE WHEN duplicate_of_id IS NOT NULL THEN 'duplicate' WHEN closed_at IS NOT NULL THEN 'closed'
            WHEN controlled_at IS NOT NULL THEN 'controlled' WHEN on_scene_at IS NOT NULL THEN 'on_scene'
            WHEN dispatched_at IS NOT NULL THEN 'dispatched' WHEN acknowledged_at IS NOT NULL THEN 'acknowledged'
            ELSE 'new' END AS state, count(*)
FROM command_danger
WHERE area_code LIKE %(area)s || '%%' AND exercise IS NOT DISTINCT FROM %(exercise)s
GROUP BY 1
"""

HELP = """
SELECT count(*) FILTER (WHERE h.closed_at IS NULL),
       count(*) FILTER (WHERE h.closed_at IS NULL AND a.id IS NOT NULL AND a.state NOT IN ('cancelled', 'returned')),
       count(*) FILTER (WHERE h.closed_at IS NOT NULL)
FROM command_helprequest h LEFT JOIN assignments_assignment a ON a.id = h.assignment_id
WHERE h.area_code LIKE %(area)s || '%%' AND h.exercise IS NOT DISTINCT FROM %(exercise)s
"""

ROADS = """
SELECT count(*) FROM command_closure
WHERE area_code LIKE %(area)s || '%%' AND exercise IS NOT DISTINCT FROM %(exercise)s
  AND closed_at IS NOT NULL AND reopened_at IS NULL
"""


def row(sql: str, **given: Any) -> tuple[Any, ...]:
    """The one row of a question."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return tuple(cursor.fetchone())


def pairs(sql: str, **given: Any) -> list[tuple[Any, ...]]:
    """All rows of a question."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [tuple(one) for one in cursor.fetchall()]


def duty(area_code: str, now: datetime, zone: str) -> tuple[int, int, int]:
    """People required, effective and in post at a moment."""
    required, effective, present = row(DUTY, area=area_code, now=now, zone=zone)
    return int(required), int(effective), int(present)


def transit(exercise: UUID | None) -> Decimal:
    """Units that have left a store and that nobody has seen since."""
    return Decimal(row(TRANSIT, exercise=exercise)[0])
