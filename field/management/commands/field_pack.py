"""Writes the emergency pack (应急包)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core import clock
from field.actions import write_pack
from territory.rules import scope_of


class Command(BaseCommand):
    help = "Writes the emergency pack (PDF and xlsx) to FIELD_PACK_ROOT and prints where."

    def handle(self, *args: Any, **options: Any) -> None:
        """One pack of this moment."""
        for path in write_pack(root=settings.FIELD_PACK_ROOT, scope=scope_of(settings.DISTRICT_CODE), now=clock.now()):
            self.stdout.write(f"{path}  {path.stat().st_size:,} bytes")
