"""Does by hand what workers do when the bell rings: for a broker that is gone, and as the watchdog beside them."""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils.module_loading import import_string

from core import clock
from core.actions import tick
from core.queries import late_ticks, tick_ages
from messaging import actions
from messaging.enums import Lane

logger = logging.getLogger(__name__)

OWN = ("messaging.alarm", "messaging.bulk", "messaging.receipts")
WATCHDOG = "messaging.pump"
ROUND_SECONDS = 5.0
LONGEST_BACK_OFF = 30.0


class Command(BaseCommand):
    """`pump`: one pass. `pump --watch`: a pass every five seconds for as long as ticks are late."""

    help = "Works off all due rows of every lane once, without a broker. With --watch, whenever ticks are late."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--watch", action="store_true", help="keep watching; pump only while ticks are late")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["watch"]:
            watch()
            return
        if failed := pump():
            raise CommandError("Not everything could be worked off: " + ", ".join(failed))


def pump() -> list[str]:
    """One pass over everything that is due; the names of what failed. A failure of one never holds up the others."""
    jobs: dict[str, Callable[[], object]] = {
        "alarm lane": partial(_lane, Lane.ALARM),
        "receipts": lambda: actions.take_in_receipts(now=clock.now()),
        **{path: partial(_named, path) for path in settings.PUMPED},
        "bulk lane": partial(_lane, Lane.BULK),
        "alarm lane again": partial(_lane, Lane.ALARM),  # what the named ones have written
    }
    failed = []
    for name, job in jobs.items():
        try:
            job()
        except (OperationalError, InterfaceError):
            raise  # the database is away: nothing else can work either
        except Exception:  # whatever an app above raises: the other jobs are somebody's warnings
            logger.exception("pump: %s failed; the others go on", name)
            failed.append(name)
    return failed


def _lane(lane: Lane) -> object:
    return actions.dispatch(lane, now=clock.now())


def _named(path: str) -> object:
    return import_string(path)(now=clock.now())


def is_late() -> bool:
    """True when a lane has never ticked or any worker's tick is older than the limit."""
    now = clock.now()
    return not tick_ages(now=now).keys() >= set(OWN) or bool(set(late_ticks(now=now)) - {WATCHDOG})


def watch(*, sleep: Callable[[float], None] = time.sleep, rounds: int | None = None) -> None:
    """Looks every five seconds, pumps while ticks are late, and outlives the database being away (waits to 30 s)."""
    back_off = ROUND_SECONDS
    while rounds is None or rounds > 0:
        rounds = None if rounds is None else rounds - 1
        rest = ROUND_SECONDS
        try:
            if is_late():
                logger.warning("pump: ticks are late; working off what is due")
                pump()
            tick(WATCHDOG, now=clock.now())
            back_off = ROUND_SECONDS
        except (OperationalError, InterfaceError) as error:
            rest, back_off = back_off, min(back_off * 2, LONGEST_BACK_OFF)
            logger.warning("pump: database away (%s); looking again in %.0f s", error, rest)
        close_old_connections()
        sleep(rest)
