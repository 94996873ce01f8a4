"""Chains of telephones: who may be rung for a household, what was rung under a notice, and how a level is followed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from alerts.enums import Answerer, NoticeLevel
from alerts.models import AudienceHousehold, Notice, NoticeGoal, ReachRule, RingCall, RingStep
from alerts.rules import USUAL, Following
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


def speaker(audience: AudienceHousehold, contact_point: int) -> tuple[Answerer, str]:
    """Who answers from this telephone: whoever was rung there under this notice, for a chain may be written afresh
    before he answers; without a call whom the chain names, else the household itself. At most two statements.
    """
    rung_as = RingCall.objects.filter(audience=audience, contact_point_id=contact_point).order_by("-rank").first()
    steps = RingStep.objects.filter(household_id=audience.household_id, contact_point_id=contact_point)
    found = rung_as or steps.first()
    return (Answerer(found.who), found.name) if found else (Answerer.OWN, "")


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
