"""Questions about how channels do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from messaging import rules
from messaging.channels import fault_of
from messaging.queries.accounts import known_accounts

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


def channel_health(known: Mapping[str, Sequence[rules.Account]] | None = None) -> list[ChannelHealth]:
    """The state of every channel that has an account, from one statement over the newest deliveries, and three more
    where `known_accounts` were not read already.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HEALTH, {"sample": SAMPLE})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        ChannelHealth(name, _fault(of_channel), *found.get(name, (None, 0, 0, 0)))
        for name, of_channel in (known_accounts() if known is None else known).items()
        if of_channel
    ]


def _fault(of_channel: Sequence[rules.Account]) -> str:
    """Why no account of a channel can send; empty when one can."""
    faults = ["switched_off" if account.off else fault_of(account) for account in of_channel]
    return "" if "" in faults else faults[0]


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
