"""The re-inspection check, once, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from hazards import actions


class Command(BaseCommand):
    help = "Counts every open round once and prints required / inspected / done / late."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a round; says so when none is open."""
        found = actions.sweep(now=clock.now())
        for result in found:
            counted = result.counted
            self.stdout.write(
                f"round {result.number} {result.title}: required {counted.required} inspected {counted.inspected} "
                f"done {counted.done} late {counted.late}"
            )
        if not found:
            self.stdout.write("no open round")
