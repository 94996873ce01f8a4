"""The dates of routine inspections, once, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from hazards import actions


class Command(BaseCommand):
    help = "Writes every date of a routine that has fallen due and gives its duty, at any hour; prints what it did."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a pass, until nothing is left to reckon."""
        while (done := actions.write_dates(now=clock.now())).reckoned:
            self.stdout.write(f"reckoned {done.reckoned} dates {done.dates} duties {done.duties} missed {done.missed}")
        self.stdout.write("nothing left to reckon")
