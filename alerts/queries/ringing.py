"""Chains of telephones: who may be rung for a household, what was rung under a notice, and how a level is followed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from alerts.enums import Answerer, Choice, NoticeLevel
from alerts.models import AudienceHousehold, Notice, NoticeGoal, ReachRule, RingCall, RingStep
from alerts.rules import USUAL, Following, parsed_reply
from assignments.queries import numbers_owing
from messaging.enums import State
from messaging.models import Delivery
from messaging.queries import said
from messaging.rules import Purpose
from territory.enums import ContactKind
from territory.models import Household
from territory.rules import masked_phone

OWN_CALL, PROXY_CALL = "household_call", "household_call_proxy"
# Short, as a neighbour would say it, and two keys only; a recording in the district's own speech is filed with these
# words. Providers take two blanks of 35 characters.
OWN_WORDS = gettext_noop("This is {issuer}. {headline}. If you heard it, press 1. If you need help, press 3.")
PROXY_WORDS = gettext_noop("Please look after {who}: {headline}. If you do, press 1. If they need help, press 3.")
LONGEST = 35


@dataclass(frozen=True)
class Link:
    """One telephone of a chain: whose, his name, its number."""

    who: Answerer
    name: str
    phone: str


def call_purposes() -> list[Purpose]:
    """What is said in calls to households, as it is filed with providers."""
    return [
        Purpose(OWN_CALL, _("Call to a must-reach household"), {}, spoken=said(OWN_WORDS), in_storm_set=True),
        Purpose(PROXY_CALL, _("Call to somebody near a must-reach household"), {}, spoken=said(PROXY_WORDS)),
    ]


def following(level: int) -> Following:
    """How a notice of this level is followed up: the district's own rule, else the usual one."""
    row = ReachRule.objects.filter(level=level).first()
    return Following(row.wait_minutes, row.ring_seconds, row.goal) if row else USUAL[NoticeLevel(level)]


def goal_of(notice: Notice) -> str:
    """What this notice is to reach: as somebody chose for it, else as its level's rule says. Two statements at most."""
    chosen = NoticeGoal.objects.filter(notice=notice).first()
    return chosen.goal if chosen else following(notice.level).goal


def ring_steps(household: Household) -> list[RingStep]:
    """The chain of a household as somebody wrote it, in its order."""
    return list(household.ring_steps.select_related("contact_point").order_by("rank"))


def ring_links(household: Household) -> list[Link]:
    """Whom a call rings for a household, in its order: the chain there is, else its own telephones. Two statements."""
    steps = ring_steps(household)
    if steps:
        return [Link(Answerer(step.who), step.name, step.contact_point.address) for step in steps]
    own = household.contacts.filter(contact_point__kind__in=(ContactKind.MOBILE, ContactKind.LANDLINE))
    numbers = own.order_by("rank").values_list("contact_point__address", flat=True)
    return [Link(Answerer.OWN, "", number) for number in numbers]


def revealed_chain(user: User, key: str) -> tuple[str, list[str]] | None:
    """Of a household with this number its head and its chain's telephones, for the logged look behind the mask; None
    outside the person's areas.
    """
    home = Household.objects.in_scope(user.scope_for("households.reveal")).filter(pk=key).first()
    return (home.head_name, [link.phone for link in ring_links(home)]) if home else None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who answers for one household of an audience from one telephone."""

    audience: int
    who: Answerer
    name: str


def speakers(sent: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[Speaker]]:
    """For which households of a notice somebody speaks who answers a message, and as whom, by (broadcast, telephone).

    He is whoever was rung there under this notice, for a chain may be written afresh before he answers; without a call
    whom the chain names, else the household itself. A message that went to no household is not among them. One
    statement.
    """
    found: dict[tuple[int, int], list[Speaker]] = {}
    if sent:
        with connection.cursor() as cursor:
            cursor.execute(_SPEAKERS, [list(column) for column in zip(*sent, strict=True)])
            for broadcast, point, audience, who, name in cursor.fetchall():
                found.setdefault((broadcast, point), []).append(Speaker(audience, Answerer(who), name))
    return found


def may_cry(said: Collection[tuple[str, str]]) -> set[str]:
    """Of these telephones, each with a text of it, those that may ask for help and are nobody's who has duties. One
    statement at most.
    """
    crying = {number for number, text in said if parsed_reply(text) == Choice.NEED_HELP}
    return crying - numbers_owing(crying) if crying else crying


# Statistics of the time before a signature know none of its households: an index by notice would look as good as the
# one by telephone, and read them all for each message.
_SPEAKERS = """
WITH sent AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS s(broadcast, point)
), notices AS MATERIALIZED (
    SELECT n.id, n.broadcast_id FROM alerts_notice n WHERE n.broadcast_id = ANY (ARRAY (SELECT broadcast FROM sent))
), first AS MATERIALIZED (
    SELECT a.id, a.notice_id, a.contact_point_id FROM alerts_audiencehousehold a
     WHERE a.contact_point_id = ANY (ARRAY (SELECT point FROM sent))
       AND a.notice_id + 0 = ANY (ARRAY (SELECT id FROM notices))
), concerned AS MATERIALIZED (
    SELECT sent.*, first.id FROM sent
      JOIN notices ON notices.broadcast_id = sent.broadcast
      JOIN first ON first.notice_id = notices.id AND first.contact_point_id = sent.point
    UNION
    SELECT sent.*, p.audience_id FROM sent
      JOIN alerts_audiencephone p ON p.broadcast_id = sent.broadcast AND p.contact_point_id = sent.point
    UNION
    SELECT sent.*, r.audience_id FROM sent
      JOIN alerts_ringcall r ON r.broadcast_id = sent.broadcast AND r.contact_point_id = sent.point
)
SELECT concerned.*, COALESCE(rung.who, step.who, 'own'), COALESCE(rung.name, step.name, '')
  FROM concerned
  JOIN alerts_audiencehousehold a ON a.id = concerned.id
  LEFT JOIN alerts_ringstep step ON step.household_id = a.household_id AND step.contact_point_id = concerned.point
  LEFT JOIN LATERAL (
       SELECT r.who, r.name FROM alerts_ringcall r
        WHERE r.audience_id = a.id AND r.contact_point_id = concerned.point ORDER BY r.rank DESC LIMIT 1
  ) rung ON true
 ORDER BY concerned.id
"""


@dataclass(frozen=True)
class Rung:
    """One call of a chain as it is printed."""

    who: object
    name: str
    phone: str
    at: datetime
    became: object


def rung(audience: AudienceHousehold) -> list[Rung]:
    """What was rung for a household under its notice, in order. Two statements."""
    calls = list(RingCall.objects.filter(audience=audience).select_related("contact_point").order_by("rank"))
    found = Delivery.objects.filter(broadcast__in={call.broadcast_id for call in calls})
    states = {(one.broadcast_id, one.contact_point_id): State(one.state).label for one in found}
    return [
        Rung(
            Answerer(call.who).label,
            call.name,
            masked_phone(call.contact_point.address),
            call.called_at,
            states.get((call.broadcast_id, call.contact_point_id), ""),
        )
        for call in calls
    ]
