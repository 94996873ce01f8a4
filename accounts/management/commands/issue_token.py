"""manage.py issue_token USERNAME: prints a new API token of a person; the old one ends."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import actions
from accounts.models import User
from core.rules import SYSTEM


class Command(BaseCommand):
    help = "Prints a new API token of a person; the one before ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"No active person signs in as {options['username']!r}. See /people/ for the names.")
        self.stdout.write(actions.issue_token(user=user, by=SYSTEM))
