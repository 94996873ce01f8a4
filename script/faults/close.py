"""Twenty people write the same finding off at the same moment, again and again, through PostgreSQL as it is.

Usage: close.py [ROUNDS] [THREADS], with the settings of the tests in the environment. Works in a database of its own,
because the history of findings cannot be taken away again. Prints one line; exit 1 when a finding was written off
twice, never, or by whoever mended it (`negative` counts those and every doubled line of the history).
"""

import os
import sys
import threading
import uuid
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weidong_ops.settings_test")
django.setup()

from django.db import connection, connections  # noqa: E402  (after the settings)
from django.db.models import Count, F  # noqa: E402

from accounts.enums import Role  # noqa: E402
from accounts.models import User  # noqa: E402
from core import clock  # noqa: E402
from core.rules import Refused  # noqa: E402
from hazards import actions  # noqa: E402
from hazards.enums import FindingState, Step  # noqa: E402
from hazards.models import Finding, FindingStep, HazardSite  # noqa: E402
from tests.casts import GRID, Cast, make_areas, make_cast, make_person  # noqa: E402

ROUNDS, THREADS = 50, 20


def press(finding: Finding, by: User, gate: threading.Barrier, won: list[int], told: list[int]) -> None:
    """One of them presses."""
    try:
        gate.wait(timeout=20)
        actions.close_finding(finding=finding, by=by, now=clock.now(), note="现场看过")
        won.append(by.pk)
    except Refused:
        told.append(by.pk)
    finally:
        connections.close_all()


def mended(site: HazardSite, cast: Cast, fixer: User) -> Finding:
    """A finding that waits for the check."""
    now = clock.now()
    row = actions.report_finding(uuid=uuid.uuid4(), site=site, what="挡水板缺失", by=cast.grid_worker, now=now)
    row = actions.assign_finding(finding=row, by=cast.duty_officer, fixer=fixer, now=now)
    return actions.submit_finding(finding=row, words="已更换", by=fixer, now=clock.now())


def play(rounds: int, count: int) -> bool:
    """All rounds; True when each finding was written off by exactly one of them and all the others were told."""
    make_areas()
    cast = make_cast()
    # The first of them is the fixer: he presses too, and is always told.
    checkers = [
        make_person(f"c7-{each}", name=f"验收员{each}", phone=f"+8613800{each:06d}", role=Role.DUTY_OFFICER)
        for each in range(count)
    ]
    site = HazardSite.objects.create(code="C7", kind="underpass", name="示例涵洞", area_code=GRID)
    won_in_all, told_in_all = 0, 0
    for _round in range(rounds):
        finding = mended(site, cast, checkers[0])
        won: list[int] = []
        told: list[int] = []
        gate = threading.Barrier(count)
        threads = [threading.Thread(target=press, args=(finding, by, gate, won, told)) for by in checkers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        won_in_all, told_in_all = won_in_all + len(won), told_in_all + len(told)
    closed = FindingStep.objects.filter(step=Step.CLOSE).values("finding").annotate(count=Count("pk"))
    negative = (
        Finding.objects.filter(closed_by=F("fixed_by")).count()
        + Finding.objects.exclude(state=FindingState.CLOSED).count()
        + closed.filter(count__gt=1).count()
    )
    held = (won_in_all, told_in_all, negative) == (rounds, rounds * (count - 1), 0)
    words = "ok" if held else "short"
    print(f"C7.close rounds={rounds} won={won_in_all} lost={told_in_all} negative={negative} {words}")
    return held


def main() -> int:
    """Makes the database, plays, removes it."""
    rounds, count = [*map(int, sys.argv[1:3]), *(ROUNDS, THREADS)[len(sys.argv[1:3]) :]]
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return 0 if play(rounds, count) else 1
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
