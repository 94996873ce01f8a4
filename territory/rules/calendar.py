"""What kind of day a date is."""

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import Holiday, holidays, workdays

from territory.enums import DayKind

# Words of the notices, in which the stored names of days stand.
MAKE_UP = "补班"


@dataclass(frozen=True)
class Day:
    """One date with its kind and, for a holiday or a make-up workday, the holiday's Chinese name."""

    date: date
    kind: DayKind
    name: str


def days_of_year(year: int) -> list[Day]:
    """Every day of a year whose official notice the library carries.

    Raises NotImplementedError for any other year: no notice known is not the same as no holidays.
    """
    first = date(year, 1, 1)
    chinese_calendar.is_holiday(first)
    chinese_calendar.is_holiday(date(year, 12, 31))
    return [_day(first + timedelta(days=n)) for n in range((date(year + 1, 1, 1) - first).days)]


def _day(day: date) -> Day:
    if day in holidays:
        return Day(day, DayKind.HOLIDAY, Holiday(holidays[day]).chinese)
    if day in workdays:
        return Day(day, DayKind.WORKDAY, Holiday(workdays[day]).chinese + MAKE_UP)
    return Day(day, DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY, "")
