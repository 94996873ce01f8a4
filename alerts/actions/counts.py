"""What is written beside a notice so that it can be counted: by its messages alone, and after they are gone."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from accounts.models import User
from alerts.actions.refusals import refuse
from alerts.enums import Goal, Message, NoticeState, Objection
from alerts.models import Notice, NoticeCount, NoticeGoal
from alerts.queries.counting import IN_FLIGHT
from alerts.queries.curve import curve
from core.audit import act
from core.rules import SYSTEM
from messaging.enums import ARRIVED
from messaging.models import Broadcast
from territory.rules import scope_of

RECENT = timedelta(days=150)  # messages are kept for longer than that


def mark_apart(*, now: datetime) -> int:
    """Marks the households that cannot be counted by their message: those that must be reached, those without a
    telephone or with one that others have too; and notes whose messages are no household's. Once for each first
    notice; returns how many notices.
    """
    found = Notice.objects.filter(
        issued_at__gt=now - RECENT, broadcast__isnull=False, refers_to=None, counted__marked_at=None
    )
    marked = 0
    for pk in found.order_by("pk").values_list("pk", flat=True):
        with act("alerts.notice.mark_apart", by=SYSTEM):
            count = _held(pk)
            if count is None or count.marked_at is not None:
                continue
            with connection.cursor() as cursor:
                cursor.execute(_MARK, {"notice": pk})
                cursor.execute(_STRANGERS, {"notice": pk})
                count.strangers = cursor.fetchone()[0]
            count.marked_at = now
            count.save(update_fields=["marked_at", "strangers"])
            marked += 1
    return marked


def freeze_counts(*, broadcast: Broadcast, now: datetime) -> int:
    """Before the messages of a notice are destroyed: what became of them is written to its households, and its curve
    beside it. Returns how many notices; a notice is frozen once.
    """
    root = broadcast.follows_id or broadcast.pk
    frozen = 0
    for row in Notice.objects.filter(broadcast=root):
        with act("alerts.notice.freeze", by=SYSTEM):
            count = NoticeCount.objects.select_for_update().get_or_create(notice=row)[0]
            if count.frozen_at is not None:
                continue
            count.curve = [
                [point.minutes, point.delivered, point.answered, point.visited, point.unreached]
                for point in curve(row, scope_of(settings.DISTRICT_CODE), now=now)
            ]
            with connection.cursor() as cursor:
                cursor.execute(
                    _FREEZE,
                    {
                        "notice": row.pk,
                        "broadcast": row.broadcast_id,
                        "arrived": [int(state) for state in ARRIVED],
                        "flying": [int(state) for state in IN_FLIGHT],
                        "is_arrived": Message.ARRIVED,
                        "is_open": Message.OPEN,
                        "is_none": Message.NONE,
                    },
                )
            count.frozen_at, count.strangers = now, []
            count.save(update_fields=["curve", "frozen_at", "strangers"])
            frozen += 1
    return frozen


def choose_goal(*, notice: Notice, goal: str, by: User, now: datetime) -> NoticeGoal:
    """Names which of the three this notice is to reach, by whoever drafts or signs for its area."""
    if goal not in Goal.values:
        raise refuse(Objection.NO_SUCH_GOAL, field="goal")
    may = [by.scope_for(name).covers(notice.area_code) for name in ("notices.draft", "notices.approve")]
    if not any(may):
        raise refuse(Objection.NOT_ALLOWED)
    if notice.state == NoticeState.DISCARDED:
        raise refuse(Objection.STATE)
    with act("alerts.notice.choose_goal", by=by.actor):
        return NoticeGoal.objects.update_or_create(notice=notice, defaults={"goal": goal, "by": by, "at": now})[0]


def _held(notice: int) -> NoticeCount | None:
    """The count of a notice, locked; None when another worker has it."""
    NoticeCount.objects.get_or_create(notice_id=notice)
    return NoticeCount.objects.select_for_update(skip_locked=True).filter(pk=notice).first()


_MARK = """
UPDATE alerts_audiencehousehold SET apart = true
 WHERE id = ANY (ARRAY (
       SELECT a.id FROM alerts_audiencehousehold a
        WHERE a.notice_id = %(notice)s AND NOT a.apart
          AND (a.must_reach <> '' OR a.contact_point_id IS NULL OR a.contact_point_id IN (
               SELECT s.contact_point_id FROM alerts_audiencehousehold s
                WHERE s.notice_id = %(notice)s AND s.contact_point_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1))))
"""

# A set operation: on rows written just now the planner would walk an anti join once for each message.
_STRANGERS = """
SELECT COALESCE(array_agg(contact_point_id), '{}') FROM (
    SELECT d.contact_point_id FROM messaging_delivery d JOIN alerts_notice n ON n.broadcast_id = d.broadcast_id
     WHERE n.id = %(notice)s
    EXCEPT
    SELECT a.contact_point_id FROM alerts_audiencehousehold a WHERE a.notice_id = %(notice)s
) strangers
"""

_FREEZE = """
WITH later AS (
    SELECT p.audience_id, bool_or(n.state = ANY (%(arrived)s)) AS arrived, bool_or(n.state = ANY (%(flying)s)) AS open,
           min(n.settled_at) FILTER (WHERE n.state = ANY (%(arrived)s)) AS at
      FROM alerts_audiencephone p
      JOIN messaging_delivery n ON n.broadcast_id = p.broadcast_id AND n.contact_point_id = p.contact_point_id
     WHERE p.notice_id = %(notice)s AND p.broadcast_id IS NOT NULL GROUP BY 1
), became AS (
    SELECT a.id, d.state = ANY (%(arrived)s) OR later.arrived AS arrived,
           d.state = ANY (%(flying)s) OR later.open AS open,
           LEAST(CASE WHEN d.state = ANY (%(arrived)s) THEN d.settled_at END, later.at) AS at
      FROM alerts_audiencehousehold a
      LEFT JOIN messaging_delivery d ON d.broadcast_id = %(broadcast)s AND d.contact_point_id = a.contact_point_id
      LEFT JOIN later ON later.audience_id = a.id
     WHERE a.notice_id = %(notice)s
)
UPDATE alerts_audiencehousehold a
   SET message = CASE WHEN became.arrived THEN %(is_arrived)s WHEN became.open THEN %(is_open)s ELSE %(is_none)s END,
       arrived_at = became.at
  FROM became WHERE a.id = became.id
"""
