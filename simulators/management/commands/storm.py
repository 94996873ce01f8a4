"""Plays a storm."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from simulators.district import loading
from simulators.storm.play import Plan, lines, play


class Command(BaseCommand):
    help = "Plays a storm through the live stack against the phone simulator, and counts. Ends with 1 when a sum fails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--households", type=int, default=20_000, help="at least so many are on the roll")
        parser.add_argument("--speed", type=float, default=1.0, help="divides every wait")
        parser.add_argument("--exercise", action="store_true", help="marked, in one sub-district, enlisted phones only")
        parser.add_argument("--wait-minutes", type=int, default=10, help="the notice's own wait for receipts")
        parser.add_argument("--receipts", type=float, default=60.0, help="seconds that receipts are waited for")
        parser.add_argument("--stop-after-visits", type=float, default=0.8, help="the share of doors that is visited")
        parser.add_argument("--budget", type=float, default=170.0, help="seconds for everything before the counting")

    def handle(self, *args: Any, **options: Any) -> None:
        """District, storm, account."""
        if options["speed"] <= 0:
            raise CommandError("--speed must be more than 0")
        for _name, step in loading.steps(options["households"]):
            done = step(clock.now())
            if done.changed:
                self.stdout.write(f"{done.name}：{done.words}")
        found = play(
            Plan(
                households=options["households"],
                speed=options["speed"],
                exercise=options["exercise"],
                visits=options["stop_after_visits"],
                wait_minutes=options["wait_minutes"],
                budget=options["budget"],
                receipts=options["receipts"],
                say=self._say,
            )
        )
        for line in lines(found):
            self._say(line)
        for fault in found.faults:
            self._say(f"不符：{fault}")
        if found.faults:
            raise CommandError(f"账目不符：{len(found.faults)} 处")
        self._say("账目相符")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
