"""Twenty people press the same button at the same moment, again and again, through PostgreSQL as it is.

Usage: close.py [ROUNDS] [THREADS], with the settings of the tests in the environment. Works in a database of its own,
because histories cannot be taken away again. Three buttons, a line each; exit 1 when a line is not ok:

C7.close   writing a finding off: one of them does, never whoever mended it.
C7.shut    closing an underpass: one closing, one closer, three ticks asked once; everybody's depth is kept.
C7.reopen  re-opening it: one of them does, never whoever closed it or asked.

`negative` counts what is there twice, is missing, or was done by the wrong person.
"""

import os
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weidong_ops.settings_test")
django.setup()

from django.db import connection, connections  # noqa: E402  (after the settings)
from django.db.models import Count, F, Q  # noqa: E402

from accounts.enums import Role  # noqa: E402
from accounts.models import User  # noqa: E402
from assignments.models import Assignment  # noqa: E402
from command import actions as command  # noqa: E402
from command.enums.dangers import ClosureVerb  # noqa: E402
from command.models import Closure, ClosureAct, ClosureTick  # noqa: E402
from core import clock  # noqa: E402
from core.rules import Refused  # noqa: E402
from hazards import actions  # noqa: E402
from hazards.enums import FindingState, Step  # noqa: E402
from hazards.models import Finding, FindingStep, HazardSite  # noqa: E402
from tests.casts import GRID, Cast, make_areas, make_cast, make_person  # noqa: E402

ROUNDS, THREADS = 50, 20
SHUT, DRY = 40, 0  # centimetres of water


def race(people: list[User], press: Callable[[User], object]) -> tuple[int, int]:
    """All of them press at once; returns how many did it and how many were told that it is done or not theirs."""
    won: list[int] = []
    told: list[int] = []
    gate = threading.Barrier(len(people))

    def one(by: User) -> None:
        try:
            gate.wait(timeout=20)
            press(by)
            won.append(by.pk)
        except Refused:
            told.append(by.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return len(won), len(told)


def mended(site: HazardSite, cast: Cast, fixer: User) -> Finding:
    """A finding that waits for the check."""
    now = clock.now()
    row = actions.report_finding(uuid=uuid.uuid4(), site=site, what="挡水板缺失", by=cast.grid_worker, now=now)
    row = actions.assign_finding(finding=row, by=cast.duty_officer, fixer=fixer, now=now)
    return actions.submit_finding(finding=row, words="已更换", by=fixer, now=clock.now())


def findings(rounds: int, people: list[User], site: HazardSite, cast: Cast) -> bool:
    """The first of them is the fixer: he presses too, and is always told."""
    done = [0, 0]
    for _round in range(rounds):
        row = mended(site, cast, people[0])
        won, told = race(
            people,
            lambda by, row=row: actions.close_finding(finding=row, by=by, now=clock.now(), note="现场看过"),  # type: ignore[misc]
        )
        done = [done[0] + won, done[1] + told]
    closed = FindingStep.objects.filter(step=Step.CLOSE).values("finding").annotate(count=Count("pk"))
    negative = (
        Finding.objects.filter(closed_by=F("fixed_by")).count()
        + Finding.objects.exclude(state=FindingState.CLOSED).count()
        + closed.filter(count__gt=1).count()
    )
    return said("close", rounds, done, (rounds, rounds * (len(people) - 1)), negative)


def roads(rounds: int, people: list[User], site: HazardSite) -> bool:
    """All close the underpass; then all re-open it, among them its closer and whoever asked, who are always told."""
    shut, opened = [0, 0], [0, 0]
    for _round in range(rounds):
        won, told = race(
            people,
            lambda by: command.report_water(client_uuid=uuid.uuid4(), site=site, depth_cm=SHUT, by=by, now=clock.now()),
        )
        shut = [shut[0] + won, shut[1] + told]
        row = Closure.objects.get(site=site, reopened_at=None)
        asker = next(by for by in people if by.pk != row.closed_by_id)
        command.ask_reopening(closure=row, depth_cm=DRY, by=asker, now=clock.now())
        won, told = race(
            people,
            lambda by, row=row: command.reopen(closure=row, by=by, now=clock.now(), depth_cm=DRY),  # type: ignore[misc]
        )
        opened = [opened[0] + won, opened[1] + told]
    acts = Closure.objects.annotate(
        closings=Count("acts", filter=Q(acts__verb=ClosureVerb.CLOSE)),
        openings=Count("acts", filter=Q(acts__verb=ClosureVerb.REOPEN)),
    )
    asked = ClosureTick.objects.values("closure").annotate(count=Count("pk"))
    twice = (
        abs(Closure.objects.count() - rounds)
        + acts.exclude(closings=len(people)).count()
        + asked.exclude(count=3).count()
        + abs(Assignment.objects.filter(closure_tick__isnull=False).count() - 3 * rounds)
        + ClosureAct.objects.filter(verb=ClosureVerb.CLOSE, by=None).count()
    )
    wrong = (
        Closure.objects.filter(Q(reopened_by=F("closed_by")) | Q(reopened_by=F("reopen_asked_by"))).count()
        + Closure.objects.filter(reopened_at=None).count()
        + acts.exclude(openings=1).count()
    )
    held = said("shut", rounds, shut, (rounds * len(people), 0), twice)
    return said("reopen", rounds, opened, (rounds, rounds * (len(people) - 1)), wrong) and held


def said(name: str, rounds: int, done: list[int], wanted: tuple[int, int], negative: int) -> bool:
    """One line; True when it is as wanted."""
    held = (*done, negative) == (*wanted, 0)
    words = "ok" if held else "short"
    print(f"C7.{name} rounds={rounds} won={done[0]} lost={done[1]} negative={negative} {words}")
    return held


def play(rounds: int, count: int) -> bool:
    """All three buttons."""
    make_areas()
    cast = make_cast()
    people = [
        make_person(f"c7-{each}", name=f"验收员{each}", phone=f"+8613800{each:06d}", role=Role.DUTY_OFFICER)
        for each in range(count)
    ]
    site = HazardSite.objects.create(code="C7", kind="underpass", name="示例涵洞", area_code=GRID)
    return all([findings(rounds, people, site, cast), roads(rounds, people, site)])


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
