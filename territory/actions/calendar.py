"""Loading official calendars and opening seasons."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.audit import act
from core.rules import Actor, Refused
from territory.models import CalendarDay, Season
from territory.rules import days_of_year

SOURCE = "国务院办公厅节假日安排通知 · chinesecalendar"
BASIS = "河南省防汛条例：5月15日至9月30日；省防指可提前或延长"


def load_calendar(*, year: int, by: Actor, now: datetime) -> int:
    """Stores what kind of day each date of a year is and returns the number of days. Repeatable: a notice that
    changed in mid-year is loaded over the old one. Raises Refused for a year whose notice is not known."""
    try:
        days = days_of_year(year)
    except NotImplementedError as error:
        raise Refused(
            "calendar_year_unknown",
            _("The holidays of %(year)s are not published in this version. Update chinesecalendar when they are."),
            field="year",
            params={"year": year},
        ) from error
    source = f"{SOURCE} · {now:%Y-%m-%d}"
    with act("territory.calendar.load", by=by):
        CalendarDay.objects.bulk_create(
            [CalendarDay(date=day.date, kind=day.kind, name=day.name, source=source) for day in days],
            update_conflicts=True,
            unique_fields=["date"],
            update_fields=["kind", "name", "source"],
        )
    return len(days)


def open_usual_season(*, year: int, by: Actor, now: datetime) -> Season:
    """The year's season from 15 May to 30 September, unless the year has one already: then that one, untouched."""
    with act("territory.season.open", by=by):
        if known := Season.objects.filter(starts__year=year).order_by("starts", "pk").first():
            return known
        return Season.objects.create(
            name=f"{year}年汛期", starts=date(year, 5, 15), ends=date(year, 9, 30), basis=BASIS
        )
