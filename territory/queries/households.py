"""The household roll."""

from django.db.models import Prefetch

from territory.models import Household, HouseholdContact, PlacedQuerySet
from territory.rules import Scope

ANY_REASON = "any"


def households(scope: Scope, area_code: str = "", must_reach: str | None = None) -> PlacedQuerySet[Household]:
    """Households in scope that are on the roll, by code, each with its contacts in order of rank (two statements).

    `area_code` narrows to an area and what lies below it; `must_reach` to one reason, to "any", or to "" (ordinary).
    Names and telephone numbers are whole here: the doors mask them.
    """
    contacts = HouseholdContact.objects.select_related("contact_point").order_by("rank")
    found = (
        Household.objects.in_scope(scope)
        .filter(retired_at=None)
        .order_by("code")
        .prefetch_related(Prefetch("contacts", queryset=contacts))
    )
    if area_code:
        found = found.filter(area_code__startswith=area_code)
    if must_reach == ANY_REASON:
        found = found.exclude(must_reach="")
    elif must_reach is not None:
        found = found.filter(must_reach=must_reach)
    return found
