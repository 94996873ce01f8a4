"""Questions about what was sent."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Count

from messaging import rules
from messaging.channels import CHANNELS
from messaging.enums import OPEN, Lane, State
from messaging.models import Broadcast, Delivery

SAMPLE = 20_000  # newest deliveries that a channel's health is read from: the same price with a million rows


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel does. `fault`: why it cannot send at all, or "". Rates are of what ended within the last hour."""

    channel: str
    fault: str
    last_success: datetime | None
    accepted: int
    failed: int
    waiting: int

    @property
    def error_rate(self) -> float:
        """Share of failures, 0–1; 0 when nothing was sent."""
        ended = self.accepted + self.failed
        return self.failed / ended if ended else 0.0


def tally(broadcast: Broadcast) -> dict[State, int]:
    """How many deliveries stand where; every state is named, those without rows with 0."""
    rows = Delivery.objects.filter(broadcast=broadcast).values_list("state").annotate(Count("pk")).order_by()
    found = dict(rows)
    return {state: found.get(state.value, 0) for state in State}


def parts(text: str, *, exercise: bool = False) -> int:
    """How many SMS a text costs each recipient, with the sender's signature and the exercise mark."""
    return rules.sms_parts(rules.signed(rules.marked(text) if exercise else text, settings.SMS_SIGNATURE))


def open_rows(lane: Lane) -> int:
    """Deliveries of a lane whose end is not known yet."""
    return Delivery.objects.filter(lane=lane, state__in=OPEN).count()


def oldest_open_age(lane: Lane) -> float:
    """Seconds since the oldest overdue row of a lane fell due; 0 when nobody waits. By the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT COALESCE(GREATEST(EXTRACT(EPOCH FROM clock_timestamp() - MIN(due_at)), 0), 0)::float8
              FROM messaging_delivery WHERE lane = %s AND state IN (10, 20, 30)
            """,
            [lane],
        )
        return float(cursor.fetchone()[0])


def oldest_webhook_age() -> float:
    """Seconds that the oldest post not taken in has been waiting; 0 when none waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT COALESCE(GREATEST(EXTRACT(EPOCH FROM clock_timestamp() - MIN(received_at)), 0), 0)::float8
              FROM messaging_webhookbatch WHERE taken_at IS NULL
            """
        )
        return float(cursor.fetchone()[0])


def channel_health() -> list[ChannelHealth]:
    """The state of every channel, from one statement over the newest deliveries."""
    with connection.cursor() as cursor:
        cursor.execute(_HEALTH, {"sample": SAMPLE})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        ChannelHealth(name, channel.fault(), *found.get(name, (None, 0, 0, 0))) for name, channel in CHANNELS.items()
    ]


# Only the attempts' own ends count: a phone that is off is no fault of the channel.
_HEALTH = """
SELECT b.channel, max(d.accepted_at),
       count(*) FILTER (WHERE d.accepted_at > clock_timestamp() - interval '1 hour'),
       count(*) FILTER (WHERE d.state = 50 AND d.accepted_at IS NULL
                          AND d.settled_at > clock_timestamp() - interval '1 hour'),
       count(*) FILTER (WHERE d.state IN (10, 20, 30))
  FROM (SELECT * FROM messaging_delivery ORDER BY id DESC LIMIT %(sample)s) d
  JOIN messaging_broadcast b ON b.id = d.broadcast_id
 GROUP BY b.channel
"""
