"""What each wave of a notice brought."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from alerts.models import AudiencePhone, Notice
from alerts.queries.counting import IN_FLIGHT
from alerts.queries.notices import broadcasts_of
from messaging.enums import ARRIVED, Channel, State
from messaging.models import Broadcast, Delivery
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


def waves_by_area(notice: Notice, scope: Scope) -> dict[str, dict[str, list[int]]]:
    """Messages of each wave by area: sent, arrived, open, failed under the broadcast's number; nothing while there is
    but the first wave, for what the page counts anyway is that one. Two statements at most.
    """
    written = list(_texts(notice).values_list("pk", flat=True))
    if len(written) < 2:
        return {}
    counted = (
        Delivery.objects.filter(within(scope), broadcast_id__in=written)
        .order_by()
        .values_list("area_code", "broadcast_id")
        .annotate(
            sent=Count("pk"),
            arrived=Count("pk", filter=Q(state__in=ARRIVED)),
            flying=Count("pk", filter=Q(state__in=IN_FLIGHT)),
            failed=Count("pk", filter=Q(state__in=(State.FAILED, State.CANCELLED))),
        )
    )
    found: dict[str, dict[str, list[int]]] = {}
    for area, broadcast, *numbers in counted:
        found.setdefault(area, {})[str(broadcast)] = numbers
    return found


def waves(notice: Notice, areas: Iterable[Mapping[str, list[int]]]) -> list[Wave]:
    """The waves of these areas, as `waves_by_area` counted them, in their order. One statement where there are any."""
    figures: dict[str, list[int]] = {}
    for numbers in areas:
        for broadcast, counts in numbers.items():
            figures[broadcast] = [had + more for had, more in zip(figures.get(broadcast, [0] * 4), counts, strict=True)]
    if not figures:
        return []
    written = _texts(notice).values_list("pk", "key", "created_at")
    found = [(int(key.rpartition(":")[2]) if key and ":wave:" in key else 1, str(pk), at) for pk, key, at in written]
    return [Wave(number, at, *figures[pk]) for number, pk, at in sorted(found) if pk in figures]


def _texts(notice: Notice) -> QuerySet[Broadcast]:
    return broadcasts_of(notice).exclude(channel=Channel.VOICE).order_by("pk")


def phones_waiting(notice: Notice, scope: Scope) -> dict[str, int]:
    """Households by area whose next telephone is tried if those before bring nothing. One statement."""
    untried = AudiencePhone.objects.filter(within(scope, "audience__area_code"), notice=notice, broadcast=None)
    counted = untried.order_by().values_list("audience__area_code")
    return dict(counted.annotate(households=Count("audience", distinct=True)))
