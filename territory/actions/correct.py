"""Correcting one household of the roll, for whoever has verified it."""

from datetime import date

from django.db.models import F

from core.audit import act
from core.rules import Actor
from territory.enums import ContactKind
from territory.models import ContactPoint, Household, HouseholdContact
from territory.rules import is_mobile


def correct_household(
    *,
    household: Household,
    verified_on: date,
    by: Actor,
    phone: str | None = None,
    must_reach: str | None = None,
) -> Household:
    """Sets the first telephone (E.164, in place of the one before) or the reason to be reached; None leaves it alone.

    The caller has seen to it that a person other than the proposer decided so. The day it was verified on moves up.
    """
    with act("territory.household.correct", by=by):
        row = Household.objects.select_for_update().get(pk=household.pk)
        if must_reach is not None:
            row.must_reach = must_reach
        row.verified_at = max(verified_on, row.verified_at or verified_on)
        row.save(update_fields=["must_reach", "verified_at", "updated_at"])
        if phone is not None:
            _first_phone(row, phone)
    return row


def _first_phone(household: Household, phone: str) -> None:
    kind = ContactKind.MOBILE if is_mobile(phone) else ContactKind.LANDLINE
    point, _made = ContactPoint.objects.get_or_create(kind=kind, address=phone)
    contacts = HouseholdContact.objects.filter(household=household)
    # The number that is wrong goes; where the right one stood further down it moves up and leaves no gap.
    former = contacts.filter(contact_point=point).values_list("rank", flat=True).first()
    contacts.filter(rank=1).delete()
    if former is not None and former > 1:
        contacts.filter(contact_point=point).delete()
        for row in contacts.filter(rank__gt=former).order_by("rank"):
            HouseholdContact.objects.filter(pk=row.pk).update(rank=F("rank") - 1)
    HouseholdContact.objects.create(household=household, contact_point=point, rank=1)
