"""How long it takes to ring people, and who may not be rung again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from messaging import rules
from messaging.channels import fault_of
from messaging.enums import Channel
from messaging.queries.accounts import accounts


@dataclass(frozen=True)
class VoiceSum:
    """People × seconds ÷ lines = minutes until each was rung once.

    `capped`: contact points that were rung as often as one person may be, a human must call them; `shared`: how many
    people stand behind a number that is rung for somebody else too, a minute apart.
    """

    can_call: bool
    people: int
    seconds: int
    lines: int
    capped: frozenset[int]
    shared: int

    @property
    def minutes(self) -> int:
        """Minutes, rounded up."""
        return rules.voice_estimate(self.people, self.seconds, self.lines)

    @property
    def is_long(self) -> bool:
        """True when it is better to call level by level."""
        return self.minutes > rules.LONG_MINUTES


def voice_sum(contact_points: Sequence[int]) -> VoiceSum:
    """The sum for one call each to these numbers, over the account that carries calls. Three statements."""
    able = [one for one in accounts(Channel.VOICE) if not fault_of(one)]
    people, seconds = len(contact_points), rules.CALL_SECONDS
    if not able:
        return VoiceSum(can_call=False, people=people, seconds=seconds, lines=0, capped=frozenset(), shared=0)
    caps = rules.callee_caps(able[0].options)
    with connection.cursor() as cursor:
        cursor.execute(_RUNG, [list(set(contact_points))])
        rung = {point: rules.Rung(0, hour, day) for point, hour, day in cursor.fetchall()}
    return VoiceSum(
        can_call=True,
        people=people,
        seconds=seconds,
        lines=able[0].lines or settings.VOICE_LINES,
        capped=frozenset(point for point, each in rung.items() if rules.may_ring(each, caps) is None),
        shared=sum(count - 1 for count in Counter(contact_points).values()),
    )


_RUNG = """
SELECT contact_point_id, count(*) FILTER (WHERE accepted_at > clock_timestamp() - interval '1 hour'), count(*)
  FROM messaging_delivery
 WHERE channel = 'voice' AND contact_point_id = ANY(%s) AND accepted_at > clock_timestamp() - interval '1 day'
 GROUP BY contact_point_id
"""
