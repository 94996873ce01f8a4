"""`script/bench sweep`: B6, the check that every dangerous place has been re-inspected, its result rows kept."""

import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2

from measure import options, report, sites, world
from measure.report import Report, median
from measure.world import scalar

FLOOR = world.ROOT / "script/floors/sweep.sql"
KEPT = "SELECT count(*) FROM hazards_sweeprun"
SMALL, LARGE, HUGE = 105, 100_000, 1_000_000


class Counting:
    """How many statements an act runs."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Counts one and lets it pass."""
        self.statements += 1
        return execute(sql, params, many, context)


def swept(turn: int) -> tuple[float, int, int]:
    """One sweep, ten minutes after the one before so that its rows are kept: seconds, statements, late sites named."""
    from django.db import connection

    from core import clock
    from hazards import actions

    known, now, counting = int(scalar(KEPT)), clock.now() + turn * timedelta(minutes=10), Counting()
    with connection.execute_wrapper(counting):
        began = time.monotonic()
        found = actions.sweep(now=now)
        seconds = time.monotonic() - began
    kept = int(scalar(KEPT)) - known
    if kept != len(found):
        raise SystemExit(f"{kept} result rows were kept of {len(found)}.")
    return seconds, counting.statements, sum(len(result.late_sites) for result in found)


def asked() -> tuple[float, int]:
    """The bare question: seconds, late sites."""
    with closing(psycopg2.connect(**world.dsn(world.DATABASE))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            began = time.monotonic()
            cursor.execute(FLOOR.read_text())
            rows = cursor.fetchall()
            return time.monotonic() - began, sum(len(row[-1] or ()) for row in rows)


def at(found: Report, number: int, tries: int) -> tuple[list[float], list[float], int, bool]:
    """Product and floor in turn over so many sites; their seconds, the statements of a sweep, whether they agree."""
    sites.fill(number)
    swept(0), asked()  # neither pays for a cold cache
    ours, bare, agreed, statements = [], [], True, 0
    for turn in range(1, tries + 1):
        seconds, statements, late = swept(turn)
        ours.append(seconds)
        bare_seconds, bare_late = asked()
        bare.append(bare_seconds)
        agreed &= late == bare_late == number // 100
    found.tries(f"B6 sweep of {number} sites", [one * 1000 for one in ours], "ms")
    found.tries("B6 floor: the bare question", [one * 1000 for one in bare], "ms")
    found.say("B6 statements of a sweep", str(statements))
    return ours, bare, statements, agreed


def main() -> None:
    """105 and 100,000; a million when asked for, without a promise."""
    given = options.read(sys.argv[1:])
    found = Report("sweep")
    world.enter()
    report.headline("sweep", tries=given.tries)
    ours, _bare, few, agreed = at(found, SMALL, given.tries)
    # At 105 the question takes less than a millisecond: what remains is a handful of round trips, so no ratio.
    found.promise("B6.105", "ms", median(ours) * 1000, "<=", 50, invalid="" if agreed else "rows", digits=1)
    ours, bare, many, agreed = at(found, LARGE, given.tries)
    invalid = report.apart(ours, bare) or ("" if agreed else "rows differ")
    found.promise("B6", "ratio", median(ours) / median(bare), "<=", 1.3, invalid=invalid)
    found.promise("B6.statements", "more", many - few, "<=", 0, digits=0)
    if given.million:
        at(found, HUGE, 3)
    report.finish(found)


if __name__ == "__main__":
    main()
