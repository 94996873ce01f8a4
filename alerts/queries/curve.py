"""How a notice came round: households delivered, answered, visited and not reached, minute by minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from alerts.models import Notice, NoticeCount
from alerts.queries.counting import prefixes
from alerts.rules import Point, step_minutes
from messaging.enums import ARRIVED
from territory.rules import Scope

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=3)


def curve(notice: Notice, scope: Scope, *, now: datetime) -> list[Point]:
    """The households by then, from the signature to the end of the notice, at most sixty points. Two statements.

    Of a notice whose messages are destroyed the whole curve as it was written down then, whatever the scope.
    """
    if notice.issued_at is None:
        return []
    kept = NoticeCount.objects.filter(notice=notice, frozen_at__isnull=False).first()
    if kept:
        return [Point(*numbers) for numbers in kept.curve]
    ends = max(notice.expires_at, notice.issued_at + SHORTEST)
    until = min(now, ends, notice.issued_at + LONGEST)
    step = step_minutes(until - notice.issued_at)
    with connection.cursor() as cursor:
        cursor.execute(
            _STEPS,
            {
                "notice": notice.pk,
                "broadcast": notice.broadcast_id,
                "scope": prefixes(scope),
                "arrived": [int(state) for state in ARRIVED],
                "began": notice.issued_at,
                "step": step * 60,
            },
        )
        rows = cursor.fetchall()
    last = -(-int((until - notice.issued_at).total_seconds()) // (step * 60))
    sums = {number: counts for number, *counts in rows}
    whole = sum(counts[3] for counts in sums.values())
    points, so_far = [], [0, 0, 0, 0]
    for number in range(last + 1):
        so_far = [had + new for had, new in zip(so_far, sums.get(number, (0, 0, 0, 0)), strict=True)]
        reached = so_far[3]
        points.append(Point(number * step, so_far[0], so_far[1], so_far[2], whole - reached))
    return points


# Each household's first moments as whole steps from the signature, rounded up so that nothing counts before it
# happened; a household never reached has none and lies in no step, but counts in the whole.
_STEPS = """
WITH later AS (
    SELECT p.audience_id, min(n.settled_at) AS at
      FROM alerts_audiencephone p
      JOIN messaging_delivery n ON n.broadcast_id = p.broadcast_id AND n.contact_point_id = p.contact_point_id
     WHERE p.notice_id = %(notice)s AND p.broadcast_id IS NOT NULL AND n.state = ANY (%(arrived)s) GROUP BY 1
), moments AS (
    SELECT LEAST(CASE WHEN d.state = ANY (%(arrived)s) THEN d.settled_at END, later.at) AS arrived,
           a.answered_at AS answered, a.visited_at AS visited
      FROM alerts_audiencehousehold a
      LEFT JOIN messaging_delivery d ON d.broadcast_id = %(broadcast)s AND d.contact_point_id = a.contact_point_id
      LEFT JOIN later ON later.audience_id = a.id
     WHERE a.notice_id = %(notice)s AND a.area_code LIKE ANY (%(scope)s)
), steps AS (
    SELECT unnest(ARRAY[1, 2, 3, 4]) AS what,
           unnest(ARRAY[arrived, answered, visited, LEAST(arrived, answered, visited)]) AS at
      FROM moments
)
SELECT CASE WHEN at IS NULL THEN -1
            ELSE GREATEST(0, ceil(extract(epoch FROM at - %(began)s) / %(step)s))::int END AS number,
       count(*) FILTER (WHERE what = 1 AND at IS NOT NULL), count(*) FILTER (WHERE what = 2 AND at IS NOT NULL),
       count(*) FILTER (WHERE what = 3 AND at IS NOT NULL), count(*) FILTER (WHERE what = 4)
  FROM steps GROUP BY 1
"""


@dataclass(frozen=True)
class Drawn:
    """One line of the drawing: its tone, and its points as SVG writes them."""

    key: str
    label: str
    points: str
    last: int


WIDTH, HEIGHT = 600, 160


def drawn(points: list[Point], labels: dict[str, str]) -> list[Drawn]:
    """The curve as lines of a drawing WIDTH by HEIGHT. `labels`: what each of delivered, answered … is called."""
    if len(points) < 2:
        return []
    most = max(1, *(max(one.delivered, one.answered, one.visited, one.unreached) for one in points))
    span = max(1, points[-1].minutes)

    def at(point: Point, key: str) -> str:
        return f"{point.minutes * WIDTH / span:.1f},{HEIGHT - getattr(point, key) * HEIGHT / most:.1f}"

    return [
        Drawn(key, label, " ".join(at(point, key) for point in points), getattr(points[-1], key))
        for key, label in labels.items()
    ]
