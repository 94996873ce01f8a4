"""C6: beat and workers stand still for three minutes. The watchdog pumps, the board is red, nobody hears twice."""

import signal
import sys
import time
from datetime import timedelta

from measure import district
from measure.faulted import TICK, Run
from measure.world import LANES, execute

STILL, RED = 180.0, 30.0
DUTIES = 50


def duties() -> None:
    """Late duties of fifty people; each is to be reminded once."""
    from assignments.models import Assignment, EscalationRun
    from assignments.queries import kind
    from assignments.rules import frozen
    from core import clock
    from territory.models import ContactPoint

    now = clock.now()
    rows = Assignment.objects.bulk_create(
        Assignment(
            kind="door_knock",
            title="入户敲门",
            area_code=f"{district.DISTRICT}001001001",
            assignee_name="网格员",
            contact_point=point,
            issued_at=now - timedelta(hours=1),
            due_at=now - timedelta(minutes=20),
            link_nonce=f"n{point.pk}",
        )
        for point in ContactPoint.objects.order_by("-pk")[:DUTIES]
    )
    policy = frozen(kind("door_knock").policy)
    EscalationRun.objects.bulk_create(
        EscalationRun(assignment=row, policy=policy, next_due_at=now, started_at=now) for row in rows
    )


def main() -> int:
    """Stop, look, go on, count."""
    with Run() as run:
        from core import clock
        from core.queries import late_ticks

        run.send()
        run.reach(0.1)
        names = ["beat", *(f"{lane}-1" for lane in LANES)]
        for name in names:
            run.here.all[name].signal(signal.SIGSTOP)
        stopped, before = time.monotonic(), run.accepted()
        duties()
        red = pumped = 0.0
        while time.monotonic() - stopped < STILL:
            if not red and late_ticks(now=clock.now()):
                red = time.monotonic() - stopped
            # What was out when they stood still comes in too; two batches more are somebody else's work.
            if not pumped and run.accepted() > before + 1_500:
                pumped = time.monotonic() - stopped
            time.sleep(0.5)
        for name in names:
            run.here.all[name].signal(signal.SIGCONT)
        run.settle(900)
        time.sleep(2 * TICK)
        told = execute(
            "SELECT count(*), count(DISTINCT contact_point_id) FROM messaging_delivery d JOIN messaging_broadcast b"
            " ON b.id = d.broadcast_id WHERE b.origin LIKE 'assignments.%'"
        )[0]
        held = 0 < red <= RED + TICK and pumped > 0 and told == (DUTIES, DUTIES)
        more = f"red={red:.0f}s promise<={RED:.0f}s+tick pumping={pumped:.0f}s duties={DUTIES} told={told[0]}"
        return run.account("C6", more=more, held=held, extra=int(told[0]))


if __name__ == "__main__":
    sys.exit(main())
