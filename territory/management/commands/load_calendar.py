"""manage.py load_calendar YEAR: official holidays and make-up workdays, and the usual season."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.rules import SYSTEM, Refused
from territory import actions


class Command(BaseCommand):
    help = "Loads the official calendar of a year and opens its flood season (15 May to 30 September) if it has none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        year, now = options["year"], clock.now()
        season = actions.open_usual_season(year=year, by=SYSTEM, now=now)
        try:
            days = actions.load_calendar(year=year, by=SYSTEM, now=now)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{year}: {days} days; {season.name} {season.starts} – {season.ends}")
