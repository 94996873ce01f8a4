"""Areas, households, contact points, the calendar and what imports leave behind."""

from territory.models.area import Area, Placed, PlacedQuerySet, within, within_sql
from territory.models.calendar import CalendarDay, Season
from territory.models.household import ContactPoint, Household, HouseholdContact
from territory.models.roll import SheetImport

__all__ = [
    "Area",
    "CalendarDay",
    "ContactPoint",
    "Household",
    "HouseholdContact",
    "Placed",
    "PlacedQuerySet",
    "Season",
    "SheetImport",
    "within",
    "within_sql",
]
