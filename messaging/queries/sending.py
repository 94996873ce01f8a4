"""Questions about what was sent and what waits."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from messaging import rules
from messaging.enums import Channel, Lane, State
from messaging.models import Broadcast, Delivery
from messaging.queries.accounts import accounts

USUAL_PACE = 100.0  # parts a second: what a provincial channel surely takes; the estimate where no account says more


def tally(broadcast: Broadcast) -> dict[State, int]:
    """How many deliveries stand where; every state is named, those without rows with 0. Counts outlive the rows."""
    rows = Delivery.objects.filter(broadcast=broadcast).values_list("state").annotate(Count("pk")).order_by()
    found = dict(rows) or dict(broadcast.purged_counts.values_list("state", "count"))
    return {state: found.get(state.value, 0) for state in State}


@dataclass(frozen=True)
class Cost:
    """What a text costs: SMS for each recipient, how many characters less would make it one less, the pace.

    `characters` as they are counted, the signature included.
    """

    parts: int
    cut: int
    per_second: float
    characters: int = 0

    def minutes(self, messages: int) -> int:
        """Minutes to hand over so many messages, rounded up."""
        return rules.minutes_for(messages, self.parts, self.per_second)


def cost(text: str, *, exercise: bool = False) -> Cost:
    """What an SMS costs through the account that goes first: with its signature and the mark, at its bulk pace."""
    first = next(iter(accounts(Channel.SMS)), None)
    whole = rules.signed(rules.marked(text) if exercise else text, first.signature if first else "")
    pace = first.bulk_rate if first else 0.0
    return Cost(rules.sms_parts(whole), rules.cut_for_one_less(whole), pace or USUAL_PACE, rules.sms_units(whole))


def parts(text: str, *, exercise: bool = False) -> int:
    """How many SMS a text costs each recipient, with the sender's signature and the exercise mark."""
    return cost(text, exercise=exercise).parts


def open_rows(lane: Lane) -> int:
    """Deliveries of a lane whose end is not known yet."""
    return Delivery.objects.filter(lane=lane, is_open=True).count()


def oldest_open_age(lane: Lane) -> float:
    """Seconds since the oldest overdue row of a lane fell due; 0 when nobody waits. By the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT COALESCE(GREATEST(EXTRACT(EPOCH FROM clock_timestamp() - MIN(due_at)), 0), 0)::float8
              FROM messaging_delivery WHERE lane = %s AND is_open
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
