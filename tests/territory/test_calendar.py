"""Days and seasons as stored."""

from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command

from core.rules import SYSTEM, Refused
from territory import actions, queries
from territory.enums import DayKind
from territory.models import CalendarDay, Season

pytestmark = pytest.mark.django_db


def test_a_day_nobody_loaded_is_unknown() -> None:
    assert queries.day_kind(date(2026, 10, 1)) is DayKind.UNKNOWN


def test_a_loaded_year_answers_and_loading_again_takes_the_newer_notice(now: datetime) -> None:
    assert actions.load_calendar(year=2026, by=SYSTEM, now=now) == 365
    CalendarDay.objects.filter(date=date(2026, 10, 1)).update(kind=DayKind.WORKDAY)
    actions.load_calendar(year=2026, by=SYSTEM, now=now)
    assert queries.day_kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert queries.loaded_years() == [2026]
    assert queries.day_kind(date(2027, 10, 1)) is DayKind.UNKNOWN


def test_a_year_without_its_notice_is_refused_and_stores_nothing(now: datetime) -> None:
    with pytest.raises(Refused):
        actions.load_calendar(year=2060, by=SYSTEM, now=now)
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    ("day", "inside"),
    [((5, 14), False), ((5, 15), True), ((7, 19), True), ((9, 30), True), ((10, 1), False)],
)
def test_the_usual_season_holds_its_first_and_last_day(day: tuple[int, int], inside: bool, now: datetime) -> None:
    actions.open_usual_season(year=2026, by=SYSTEM, now=now)
    assert (queries.season_at(date(2026, *day)) is not None) is inside


def test_a_season_that_the_province_moved_is_left_as_it_is(now: datetime) -> None:
    season = actions.open_usual_season(year=2026, by=SYSTEM, now=now)
    Season.objects.filter(pk=season.pk).update(ends=date(2026, 10, 15))
    actions.open_usual_season(year=2026, by=SYSTEM, now=now)
    assert queries.season_at(date(2026, 10, 15)) == season


def test_the_command_opens_the_season_even_where_the_calendar_is_not_known() -> None:
    call_command("load_calendar", "2026")
    with pytest.raises(CommandError):
        call_command("load_calendar", "2060")
    assert Season.objects.count() == 2
