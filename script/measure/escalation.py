"""`script/bench escalation`: B8, ten thousand duties late at once."""

import sys
import time
from contextlib import closing
from datetime import timedelta

import psycopg2

from measure import district, options, report, world
from measure.report import Report, median
from measure.world import World, execute, scalar, wait_until

TICK = "assignments.actions.escalate_due"  # takes due duties and returns how many
NAME = "assignments.escalate"  # of its tick
DUE = 10_000
FLOOR = world.ROOT / "script/floors/escalations.sql"


def afresh(count: int) -> None:
    """Duties of as many people, each with a mobile; all of them due now."""
    from assignments.models import Assignment, EscalationRun
    from assignments.queries import kind
    from assignments.rules import frozen
    from core import clock
    from territory.models import ContactPoint

    district.clear()
    now = clock.now()
    points = ContactPoint.objects.order_by("pk").values_list("pk", flat=True)[:count]
    rows = Assignment.objects.bulk_create(
        [
            Assignment(
                kind="door_knock",
                title="入户敲门",
                area_code=f"{district.DISTRICT}001001001",
                assignee_name=f"网格员{place}",
                contact_point_id=point,
                issued_at=now - timedelta(hours=1),
                acknowledge_by=now - timedelta(minutes=50),
                due_at=now - timedelta(minutes=20),
                link_nonce=f"n{place}",
            )
            for place, point in enumerate(points)
        ],
        batch_size=2_000,
    )
    policy = frozen(kind("door_knock").policy)
    EscalationRun.objects.bulk_create(
        (
            EscalationRun(assignment=row, policy=policy, next_due_at=now - timedelta(seconds=1), started_at=now)
            for row in rows
        ),
        batch_size=2_000,
    )
    execute("VACUUM ANALYZE assignments_assignment")
    execute("VACUUM ANALYZE assignments_escalationrun")


def product() -> float:
    """The tick's own action until nothing is due."""
    from django.utils.module_loading import import_string

    from core import clock

    act = import_string(TICK)
    began = time.monotonic()
    while act(now=clock.now()):
        pass
    return time.monotonic() - began


def floor() -> float:
    """The bare statement until nothing is due."""
    statement = FLOOR.read_text()
    with closing(psycopg2.connect(**world.dsn(world.DATABASE))) as connection:
        connection.autocommit = True
        began = time.monotonic()
        with connection.cursor() as cursor:
            while True:
                cursor.execute(statement)
                if not cursor.rowcount:
                    return time.monotonic() - began


def moved() -> int:
    """Duties that were taken."""
    return int(scalar("SELECT count(*) FROM assignments_escalationrun WHERE fired > 0 AND next_due_at > now()"))


def through_the_gateway(found: Report, here: World, count: int) -> None:
    """From due to accepted with real workers and beat."""
    for lane in ("alarm", "bulk", "default"):
        here.worker(lane)
    here.ready("messaging.alarm", "messaging.bulk", NAME)
    afresh(count)
    execute("UPDATE assignments_escalationrun SET next_due_at = clock_timestamp() + interval '5 s'")
    due = float(scalar("SELECT extract(epoch FROM min(next_due_at))::float FROM assignments_escalationrun"))
    here.beat()
    everybody = f"SELECT count(*) >= {count} FROM messaging_delivery WHERE accepted_at IS NOT NULL"  # noqa: S608
    wait_until(300, lambda: bool(scalar(everybody)), "not everybody was told", every=0.5)
    rows = execute("SELECT extract(epoch FROM accepted_at)::float FROM messaging_delivery")
    waits = [row[0] - due for row in rows]
    found.say("B8 due → accepted", f"p50 {report.percentile(waits, 0.5):.1f} s, last {max(waits):.1f} s")
    found.promise("B8.accepted", "p95_seconds", report.percentile(waits, 0.95), "<=", 10, digits=1)


def main() -> None:
    """Floor and product in turn, then the whole way."""
    given = options.read(sys.argv[1:])
    count = min(DUE, given.households)
    found = Report("escalation")
    with World() as here:
        world.enter(SMS_GATEWAY_URL=here.gateway.url)
        here.gateway.control(receipt_delay=3600, undelivered_rate=0)
        report.headline("escalation", due=count, tries=given.tries)
        ours: list[float] = []
        bare: list[float] = []
        counts = set()
        for _try in range(given.tries):
            for measured, kept in ((floor, bare), (product, ours)):
                afresh(count)
                kept.append(measured())
                counts.add(moved())
        found.tries("B8 the tick's action", ours)
        found.tries("B8 floor: take and move on", bare)
        invalid = report.apart(ours, bare) or ("" if counts == {count} else f"rows {counts}")
        found.promise("B8", "ratio", median(ours) / median(bare), "<=", 3, invalid=invalid)
        through_the_gateway(found, here, count)
    report.finish(found)


if __name__ == "__main__":
    main()
