"""What day it is."""

from datetime import date

from django.db.models import Count
from django.db.models.functions import ExtractYear

from territory.enums import DayKind
from territory.models import CalendarDay, Season


def day_kind(day: date) -> DayKind:
    """What kind of day it is for rosters; UNKNOWN while nobody has loaded that year."""
    kind = CalendarDay.objects.filter(date=day).values_list("kind", flat=True).first()
    return DayKind(kind) if kind else DayKind.UNKNOWN


def season_at(day: date) -> Season | None:
    """The flood season that a day lies in, both ends included; the one that began last where two overlap."""
    return Season.objects.filter(starts__lte=day, ends__gte=day).order_by("-starts", "-pk").first()


def loaded_years() -> list[int]:
    """Years of which every day is loaded, ascending."""
    counted = CalendarDay.objects.annotate(year=ExtractYear("date")).values("year").annotate(days=Count("pk"))
    return sorted(
        row["year"]
        for row in counted.order_by()
        if row["days"] >= (date(row["year"] + 1, 1, 1) - date(row["year"], 1, 1)).days
    )
