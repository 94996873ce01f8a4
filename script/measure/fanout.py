"""`script/bench fanout`: B1 signature, B2 first message and call-outs, B3 sending, B4 a million."""

import os
import statistics
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from measure import district, options, report, world
from measure.report import Report, median
from measure.world import World, execute, helper, scalar, wait_until

FLOORS = world.ROOT / "script/floors"
SIGNED, FLOOR = "B1 signature", "B1 floor: the same rows"
PACED = 2_000  # messages a second of the bulk account while call-outs are measured
CALL_OUTS = 50
ONE_BY_ONE = 2_000  # recipients of the one-task-each build
STILL = (40, 45, 50, 60, 70)


def signature(found: Report, tries: int, households: int) -> None:
    """B1. The product's signing action, then the bare INSERT of the rows it wrote."""
    from core import clock

    ours: list[float] = []
    bare: list[float] = []
    statement = (FLOORS / "signature.sql").read_text()
    counts = set()
    for _try in range(tries):
        district.clear()
        notice = district.submitted_notice()
        before, began = world.written(), time.monotonic()
        district.sign(notice, clock.now())
        ours.append(time.monotonic() - began)
        log = (world.written() - before) / households
        counts.add(_written())
        execute("DROP TABLE IF EXISTS floor_audience, floor_delivery")
        execute("CREATE TABLE floor_audience AS SELECT * FROM alerts_audiencehousehold")
        execute("CREATE TABLE floor_delivery AS SELECT * FROM messaging_delivery")
        execute("TRUNCATE alerts_audiencehousehold, messaging_delivery CASCADE")
        bare.append(_transaction(statement))
        counts.add(_written())
    execute("DROP TABLE floor_audience, floor_delivery")
    found.tries(SIGNED, ours)
    found.say("unit: expansion of a household", f"{median(ours) / households * 1e6:.0f} µs, {log:.0f} B of log")
    found.tries(FLOOR, bare)
    invalid = report.apart(ours, bare) or ("" if counts == {(households, households)} else f"rows {counts}")
    found.promise("B1", "ratio", median(ours) / median(bare), "<=", 1.5, invalid=invalid)


def _written() -> tuple[int, int]:
    return scalar("SELECT count(*) FROM alerts_audiencehousehold"), scalar("SELECT count(*) FROM messaging_delivery")


def _transaction(statement: str) -> float:
    with closing(psycopg2.connect(**world.dsn(world.DATABASE))) as connection:
        began = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.commit()
        return time.monotonic() - began


def first_message(found: Report, here: World, tries: int) -> None:
    """B2, first half: from the commit of a signature to the first message that the gateway took. Real worker, bell."""
    from core import clock
    from messaging import actions
    from messaging.models import Broadcast

    seconds: list[float] = []
    here.gateway.control(rate=PACED)
    for _try in range(tries):
        notice = district.submitted_notice()
        signed = district.sign(notice, clock.now())
        committed = time.time()
        asked = "SELECT extract(epoch FROM min(accepted_at))::float FROM messaging_delivery WHERE broadcast_id = %s"
        wait_until(60, lambda: scalar(asked, [signed.broadcast_id]) is not None, "no message left", every=0.1)  # noqa: B023
        seconds.append(scalar(asked, [signed.broadcast_id]) - committed)
        if _try < tries - 1:
            broadcast = Broadcast.objects.get(pk=signed.broadcast_id)
            actions.cancel(broadcast=broadcast, by=signed.approver.actor, now=clock.now())
            wait_until(30, _is_quiet, "the bulk lane does not come to rest", every=0.2)
    found.tries("B2 signature → first accepted", seconds)
    found.promise("B2.first", "seconds", median(seconds), "<=", 1.0)


def _is_quiet() -> bool:
    return bool(scalar("SELECT count(*) = 0 FROM messaging_delivery WHERE state IN (10, 20, 30)"))


def call_outs(found: Report, here: World) -> None:
    """B2, second half: call-outs while the notice's messages are open and its account is at its pace."""
    from core import clock
    from core.rules import SYSTEM
    from messaging import actions
    from messaging.enums import Channel, Lane
    from territory.models import ContactPoint

    rate = here.gateway.control(rate=max(200, scalar(OPEN) // 60))["rate"]
    points = list(ContactPoint.objects.order_by("pk").values_list("pk", flat=True)[:CALL_OUTS])
    opened, waits = [], []
    for point in points:
        opened.append(scalar(OPEN))
        sent = actions.send(
            lane=Lane.ALARM,
            channel=Channel.SMS,
            text="叫应：请立即到岗并回复 1",
            recipients=[actions.Recipient(point, district.DISTRICT)],
            area_code=district.DISTRICT,
            by=SYSTEM,
            now=clock.now(),
        )
        committed = time.time()
        asked = "SELECT extract(epoch FROM accepted_at)::float FROM messaging_delivery WHERE broadcast_id = %s"
        wait_until(60, lambda: scalar(asked, [sent.pk]) is not None, "a call-out did not leave", every=0.05)  # noqa: B023
        waits.append(scalar(asked, [sent.pk]) - committed)
        time.sleep(0.1)
    found.tries("B2 call-out → accepted", waits)
    found.say("B2 bulk rows open meanwhile", f"{min(opened)} to {max(opened)}, account at {rate:.0f}/s")
    invalid = "" if min(opened) > 0 else "the bulk lane was empty"
    found.promise("B2.callout", "p95_seconds", report.percentile(waits, 0.95), "<=", 1.0, invalid=invalid)


OPEN = "SELECT count(*) FROM messaging_delivery WHERE lane = 2 AND state IN (10, 20, 30)"


def lanes(found: Report, here: World, households: int) -> None:
    """Without a promise: the same through real workers, one and two processes of the bulk lane."""
    here.gateway.control(rate=0)
    for processes in (1, 2):
        workers = [here.worker("bulk", number) for number in range(1, processes + 1)]
        here.ready("messaging.bulk")
        time.sleep(2)  # the second one has no tick of its own
        _sign_afresh()
        last = _last_accepted()
        rate = households / last
        found.say(f"B3 real workers, bulk processes: {processes}", f"{rate:.0f} messages a second ({last:.2f} s)")
        for worker in workers:
            worker.stop()


def _sign_afresh() -> None:
    from core import clock

    district.clear()
    district.sign(district.submitted_notice(), clock.now())


def _last_accepted() -> float:
    began = time.time()
    wait_until(300, _is_quiet, "not everything was sent", every=0.2)
    return float(scalar("SELECT extract(epoch FROM max(accepted_at))::float FROM messaging_delivery")) - began


def sending(found: Report, here: World, tries: int, households: int) -> float:
    """B3. One process of the product and one of the floor in turn; the product's rate."""
    ours: list[float] = []
    bare: list[float] = []
    counts = set()
    cpu = []
    log = size = 0.0
    for _try in range(tries):
        done = _product(here)
        log = done["log"] / households
        size = scalar("SELECT pg_total_relation_size('messaging_delivery')") / households
        ours.append(done["seconds"])
        cpu.append(done["cpu"])
        counts.add(_accepted())
        done = _floor(here)
        bare.append(done["seconds"])
        counts.add(_accepted())
    rate, floor = households / median(ours), households / median(bare)
    found.tries("B3 product, one process", ours)
    found.tries("B3 floor, one process", bare)
    found.say("unit: claim, send, record", f"{median(ours) / households * 1e6:.0f} µs, {log:.0f} B of log")
    found.say("unit: a delivery kept, with its indexes", f"{size:.0f} B")
    found.say(
        "B3 rates",
        f"product {rate:.0f}/s, floor {floor:.0f}/s; product {median(cpu) / households * 1e6:.1f} µs CPU a message",
    )
    invalid = report.apart(ours, bare) or ("" if floor >= 10_000 else f"floor {floor:.0f}/s below 10,000/s")
    if counts != {households}:
        invalid = f"rows {counts}"
    found.promise("B3", "ratio", rate / floor, ">=", 0.8, invalid=invalid)
    return rate


def _product(here: World) -> Any:
    here.gateway.reset()
    _sign_afresh()
    with helper("-m", "measure.sender", here.gateway.url) as one:
        before = world.written()
        one.go()
        done = one.answer()
        return {**done, "log": world.written() - before}


def _floor(here: World) -> Any:
    here.gateway.reset()
    _sign_afresh()
    with closing(psycopg2.connect(**world.dsn(world.DATABASE))) as connection:
        text = scalar("SELECT text FROM messaging_broadcast")
        secret = os.environ["SMS_GATEWAY_SECRET"]
        signed = f"【{os.environ.get('SMS_SIGNATURE', '卫东区防汛')}】{text}"
        with helper(str(FLOORS / "fanout.py"), connection.dsn, here.gateway.url, secret, signed) as one:
            one.go()
            return one.answer()


def _accepted() -> int:
    return int(scalar("SELECT count(*) FROM messaging_delivery WHERE state = 40"))


def one_task_each(found: Report, here: World, rate: float) -> None:
    """B3 beside the build with one Celery task for each recipient, two pool processes."""
    from measure.one_task_each import send

    _sign_afresh()
    text = scalar("SELECT text FROM messaging_broadcast")
    rows = [row[0] for row in execute("SELECT id FROM messaging_delivery ORDER BY id LIMIT %s", [ONE_BY_ONE])]
    worker = here.run(
        "one-task-each", "-m", "celery", "-A", "measure.one_task_each", "worker", "-c", "2", "-l", "warning"
    )
    time.sleep(8)  # it is up before the clock runs
    began = time.time()
    for row in rows:
        send.delay(row, text)
    asked = f"SELECT count(*) >= {len(rows)} FROM messaging_delivery WHERE state = 40"  # noqa: S608
    wait_until(300, lambda: bool(scalar(asked)), "the one-task-each build did not finish", every=0.2)
    seconds = float(scalar("SELECT extract(epoch FROM max(accepted_at))::float FROM messaging_delivery")) - began
    worker.stop()
    theirs = len(rows) / seconds
    found.say("B3 one Celery task per recipient", f"{theirs:.0f} messages a second ({len(rows)} in {seconds:.1f} s)")
    found.promise("B3.tasks", "times", rate / theirs, ">=", 100, digits=0)


def million(found: Report, here: World, rate: float, households: int) -> None:
    """B4. Ten times as many: what a message costs then, and what the process weighs."""
    district.more_households(households + 1, households * 10)
    execute("VACUUM ANALYZE")
    costs, peaks, growths = [], [], []
    for _try in range(3):
        here.gateway.reset()
        _sign_afresh()
        with helper("-m", "measure.sender", here.gateway.url) as one:
            weights: list[float] = []
            over = threading.Event()
            scale = threading.Thread(target=_weigh, args=(one.child.pid, weights, over))
            scale.start()
            one.go()
            done = one.answer()
            over.set()
            scale.join()
        costs.append(done["seconds"] / done["sent"] * rate)
        third = max(1, len(weights) // 3)
        peaks.append(max(weights))
        growths.append(statistics.mean(weights[-third:]) - statistics.mean(weights[:third]))
        counts = _accepted()
    found.tries("B4 cost of a message, times B3's", costs, "×")
    found.tries("B4 peak PSS", peaks, "MiB")
    found.promise(
        "B4", "ratio", median(costs), "<=", 1.25, invalid="" if counts == households * 10 else f"rows {counts}"
    )
    found.promise("B4.pss", "mib", max(peaks), "<=", 200, digits=0)
    found.promise("B4.growth", "mib", max(growths), "<=", 10, digits=1)


def _weigh(pid: int, weights: list[float], over: threading.Event) -> None:
    """The process's share of memory in MiB, twice a second."""
    while not over.wait(0.5):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        weights += [int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")]


def main() -> None:
    """All parts, the quick ones first."""
    given = options.read(sys.argv[1:])
    found = Report("fanout")
    with World(SMS_GATEWAY_IDEMPOTENT="1") as here:
        world.enter(SMS_GATEWAY_URL=here.gateway.url)
        here.gateway.control(receipt_delay=3600, undelivered_rate=0)
        report.headline("fanout", households=given.households, tries=given.tries)
        signature(found, given.tries, given.households)
        rate = sending(found, here, given.tries, given.households)
        lanes(found, here, given.households)
        one_task_each(found, here, rate)
        if given.million:
            million(found, here, rate, given.households)
        district.clear()
        for lane in ("alarm", "bulk"):
            here.worker(lane)
        here.beat()
        here.ready("messaging.alarm", "messaging.bulk")
        first_message(found, here, given.tries)
        call_outs(found, here)
    report.finish(found)


if __name__ == "__main__":
    main()
