"""Who subscribed to the notices of an area, and what a code says."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from alerts.models import Subscription
from messaging.queries.register import said
from messaging.rules import Purpose
from territory.rules import LENGTHS

CODE = "subscription_code"
CODE_WORDS = gettext_noop(
    "Code %(code)s for flood notices, good for 10 minutes. Never tell it to anybody. Later, reply TD to stop them."
)


def purposes() -> list[Purpose]:
    """The text of a code, as it is filed with providers."""
    return [Purpose(CODE, _("Subscription code"), said(CODE_WORDS, code="{code}"))]


def subscriber_points(area_codes: Sequence[str]) -> "QuerySet[Subscription, tuple[int, str]]":
    """(contact point, area) of whoever subscribed to an area that these touch: inside them, around them, or the same.

    Who asked for the whole district hears of a notice for one street of it. Each telephone once.
    """
    around = {code[:length] for code in area_codes for length in LENGTHS if length <= len(code)}
    concerned = Q(area_code__in=around)
    for code in area_codes:
        concerned |= Q(area_code__startswith=code)
    if not area_codes:
        concerned = Q(pk__in=())
    rows = Subscription.objects.filter(concerned, ended_at=None, contact_point__dead_since=None)
    # The longest area is the one nearest to the person: under that his message is counted.
    rows = rows.order_by("contact_point_id", "-area_code").distinct("contact_point_id")
    return rows.values_list("contact_point_id", "area_code")


def subscription(uuid: UUID) -> Subscription | None:
    """The subscription that a link belongs to, ended ones too."""
    return Subscription.objects.filter(uuid=uuid).select_related("contact_point").first()
