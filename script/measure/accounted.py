"""Every household of a notice in exactly one place, told three times: by the coverage that people see, by the rows that
prove it, and by what the gateway counted.
"""

from collections.abc import Mapping
from typing import Any

from measure.district import DISTRICT, GRIDS
from measure.world import Gateway, execute, scalar

SUBDISTRICTS = [f"{DISTRICT}{number:03}" for number in range(1, 13)]

# Written from the rows as they came (answers, visits, receipts, duties), not from what the coverage keeps of them.
PROOF = """
SELECT place, count(*) FROM (
    SELECT CASE
           WHEN said.cried AND a.help_closed_at IS NULL THEN 'need_help'
           WHEN said.audience_id IS NOT NULL THEN 'answered'
           WHEN door.spoken THEN 'visited'
           WHEN d.state IN (60, 70) THEN 'delivered'
           WHEN a.closed_reason <> '' THEN 'closed_unreachable'
           WHEN door.refused THEN 'refused'
           WHEN door.audience_id IS NOT NULL THEN 'nobody'
           WHEN knock.is_open THEN 'door_knock_open'
           ELSE 'nothing' END AS place
      FROM alerts_audiencehousehold a
      JOIN alerts_notice n ON n.id = a.notice_id
      LEFT JOIN messaging_delivery d ON d.broadcast_id = n.broadcast_id AND d.contact_point_id = a.contact_point_id
      LEFT JOIN (SELECT audience_id, bool_or(choice = 'need_help') AS cried
                   FROM alerts_answer GROUP BY 1) said ON said.audience_id = a.id
      LEFT JOIN (SELECT audience_id, bool_or(outcome IN ('told', 'need_help')) AS spoken,
                        bool_or(outcome = 'refused') AS refused
                   FROM alerts_visit GROUP BY 1) door ON door.audience_id = a.id
      LEFT JOIN (SELECT k.notice_id, k.area_code,
                        bool_or(t.state IN ('assigned', 'acknowledged', 'doing', 'returned')) AS is_open
                   FROM alerts_doorknock k JOIN assignments_assignment t ON t.id = k.assignment_id GROUP BY 1, 2
                ) knock ON knock.notice_id = a.notice_id AND knock.area_code = a.area_code
     WHERE a.notice_id = %s
) households GROUP BY 1
"""
NOT_SEEN = ("refused", "nobody", "door_knock_open")  # what the coverage counts as not reached, somebody is on it
SENT = """
SELECT count(*) FILTER (WHERE accepted_at IS NOT NULL), count(*) FILTER (WHERE accepted_at IS NOT NULL AND lane = 2),
       count(*) FILTER (WHERE state = 50 AND accepted_at IS NOT NULL),
       count(*) FILTER (WHERE state = 50 AND accepted_at IS NULL AND error <> 'dead_address')
  FROM messaging_delivery
"""
QUIET = """
SELECT NOT EXISTS (SELECT FROM messaging_delivery WHERE state IN (10, 20, 30, 40))
   AND NOT EXISTS (SELECT FROM messaging_webhookbatch WHERE taken_at IS NULL)
"""


def is_quiet(gateway: Gateway) -> bool:
    """Whether everything is sent, every receipt and every answer taken in."""
    counts = gateway.stats()
    return not counts["receipts"]["pending"] and not counts["replies"]["pending"] and bool(scalar(QUIET))


def proven(notice: int) -> dict[str, int]:
    """Households by place, as the rows prove it. “nothing”: nobody knows of these."""
    return dict(execute(PROOF, [notice]))


def seen(notice: Any) -> tuple[dict[str, int], dict[str, int]]:
    """Households by state as the district sees them; and by how many its grids and its sub-districts' views are off."""
    from alerts import queries
    from alerts.enums import Reach
    from territory.rules import scope_of

    whole = queries.coverage(notice, scope_of(DISTRICT))
    parts = [queries.coverage(notice, scope_of(code)).total for code in SUBDISTRICTS]
    states = {state.value: whole.total.count(state) for state in Reach}
    off = {
        "grids": abs(GRIDS - len(whole.grids)) + _off(states, whole.grids),
        "sub-districts": _off(states, parts),
        "without a knock": whole.unreached_without_knock,
    }
    return states, off


def _off(states: Mapping[str, int], parts: Any) -> int:
    from alerts.enums import Reach

    return sum(abs(states[state.value] - sum(part.count(state) for part in parts)) for state in Reach)


def counted_by_gateway(gateway: Gateway, posted: int) -> dict[str, int]:
    """By how many the gateway's own counts differ from our rows. `posted`: answers that did not come from it."""
    counts = gateway.stats()
    taken, bulk, undelivered, rejected = execute(SENT)[0]
    replies = scalar("SELECT count(*) FROM messaging_reply") - posted
    return {
        "accepted": abs(counts["accepted"] - taken),
        "accepted in the bulk lane": abs(counts["by_lane"]["bulk"] - bulk),
        "delivered twice": counts["duplicates"],
        "undelivered": abs(counts["undelivered"] - undelivered),
        "rejected": abs(counts["rejected"] - rejected),
        "replies": abs(counts["replies"]["sent"] - replies),
    }


def differences(
    notice: Any, households: int, gateway: Gateway, *, posted: int
) -> tuple[int, dict[str, int], dict[str, int]]:
    """How many households are accounted for, where they are, and whatever differs between the three."""
    places = proven(notice.pk)
    states, off = seen(notice)
    for state in ("need_help", "answered", "visited", "delivered", "closed_unreachable"):
        off[state] = abs(states[state] - places.get(state, 0))
    off["not reached"] = abs(states["unreached"] - sum(places.get(place, 0) for place in NOT_SEEN))
    off["on its way"] = states["pending"]
    off["audience"] = abs(households - sum(states.values()))
    off |= counted_by_gateway(gateway, posted)
    known = sum(count for place, count in places.items() if place != "nothing")
    return known, places, {name: count for name, count in off.items() if count}
