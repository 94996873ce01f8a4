"""Destroys old deliveries, receipts and replies with their numbers and keeps the counts. Runs as the tables' owner."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from messaging import actions

LEAST_DAYS = 180  # network logs are kept for six months by law (网络安全法 art. 21)


class Command(BaseCommand):
    """`purge_messages --older-than 365`: whole broadcasts only, the oldest first, each in one transaction."""

    help = "Destroys deliveries of broadcasts older than so many days; their counts by state stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--older-than", type=int, default=365, metavar="DAYS")
        parser.add_argument("--most", type=int, default=1000, help="broadcasts in one run")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["older_than"]
        if days < LEAST_DAYS:
            raise CommandError(f"--older-than must be at least {LEAST_DAYS} days: such records are kept six months.")
        now = clock.now()
        done = actions.purge(before=now - timedelta(days=days), now=now, most=options["most"])
        self.stdout.write(f"{done.broadcasts} broadcasts: {done.deliveries} deliveries destroyed, counts kept.")
