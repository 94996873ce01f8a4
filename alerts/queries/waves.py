"""What each wave of a notice brought."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from alerts.models import AudiencePhone, Notice
from alerts.queries.counting import IN_FLIGHT
from alerts.queries.notices import broadcasts_of
from messaging.enums import ARRIVED, Channel, State
from messaging.models import Delivery
from territory.models import within
from territory.rules import Scope


@dataclass(frozen=True)
class Wave:
    """One telephone a household: 1 the first ones, 2 the second ones of whoever the first did not reach, and so on."""

    number: int
    began: datetime
    sent: int
    arrived: int
    open: int
    failed: int


def waves(notice: Notice, scope: Scope) -> list[Wave]:
    """The waves so far, counted in messages of these areas; none while there is but the first. Two statements."""
    texts = broadcasts_of(notice).exclude(channel=Channel.VOICE)
    written = list(texts.order_by("pk").values_list("pk", "key", "created_at"))
    if len(written) < 2:  # nothing to compare: what the page counts anyway is this
        return []
    counted = (
        Delivery.objects.filter(within(scope), broadcast_id__in=[pk for pk, _key, _at in written])
        .order_by()
        .values_list("broadcast_id")
        .annotate(
            sent=Count("pk"),
            arrived=Count("pk", filter=Q(state__in=ARRIVED)),
            flying=Count("pk", filter=Q(state__in=IN_FLIGHT)),
            failed=Count("pk", filter=Q(state__in=(State.FAILED, State.CANCELLED))),
        )
    )
    figures = {pk: numbers for pk, *numbers in counted}
    found = [(int(key.rpartition(":")[2]) if key and ":wave:" in key else 1, pk, at) for pk, key, at in written]
    return [Wave(number, at, *figures[pk]) for number, pk, at in sorted(found) if pk in figures]


def phones_waiting(notice: Notice, scope: Scope) -> int:
    """Households of these areas whose next telephone is tried if those before bring nothing. One statement."""
    untried = AudiencePhone.objects.filter(within(scope, "audience__area_code"), notice=notice, broadcast=None)
    return untried.values("audience").distinct().count()
