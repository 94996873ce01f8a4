"""The shipped checklists."""

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from hazards import actions


class Command(BaseCommand):
    help = "Publishes the shipped checklist of every kind of site that has none yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a checklist published; running it again publishes nothing."""
        for made in actions.load_checklists(now=clock.now()):
            self.stdout.write(f"{made.kind} version {made.version}: {made.items.count()} items")
