"""`script/bench receipts`: B5, receipts by signed webhook through the real web process and worker."""

import hashlib
import hmac
import http.client
import json
import os
import sys
import time
from contextlib import closing
from datetime import UTC, datetime

import psycopg2

from measure import district, options, report, world
from measure.report import Report, median
from measure.world import World, execute, scalar, wait_until

FLOOR = world.ROOT / "script/floors/receipts.sql"
CALL = 1_000
ROW = "UPDATE messaging_delivery SET state = 40, account = 'sms', attempts = 1, accepted_at = now(), lease_until = NULL"


def afresh() -> tuple[int, int]:
    """A notice whose messages all were accepted; the first and the last id."""
    from core import clock

    district.clear()
    district.sign(district.submitted_notice(), clock.now())
    execute(ROW)
    execute("VACUUM ANALYZE messaging_delivery, alerts_audiencehousehold")
    return execute("SELECT min(id), max(id) FROM messaging_delivery")[0]


def by_webhook(here: World, first: int, last: int) -> float:
    """Posts a receipt for each, one call after the other as the gateway does; seconds until all are taken in."""
    installation = os.environ.get("INSTALLATION", "wd")
    at = datetime.now(UTC).isoformat()
    rows = [
        {"id": f"{installation}-{number}", "provider_id": f"p{number}", "status": "delivered", "at": at}
        for number in range(first, last + 1)
    ]
    bodies = [json.dumps({"receipts": rows[start : start + CALL]}).encode() for start in range(0, len(rows), CALL)]
    secret = os.environ["WEBHOOK_SECRET"].encode()
    began = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", here.web_port, timeout=60)) as connection:
        for body in bodies:
            stamp = str(int(time.time()))
            sign = "sha256=" + hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
            headers = {"Content-Type": "application/json", "X-Timestamp": stamp, "X-Signature": sign}
            connection.request("POST", "/hooks/receipts/sms/", body, headers)
            answer = connection.getresponse()
            if answer.read() and answer.status != 200:
                raise SystemExit(f"A post of receipts was answered {answer.status}.")
    asked = "SELECT NOT EXISTS (SELECT FROM messaging_webhookbatch WHERE taken_at IS NULL)"
    wait_until(120, lambda: bool(scalar(asked)), "the receipts were not taken in")
    return time.monotonic() - began


def by_floor(first: int, last: int) -> float:
    """The same rows, a bare statement for each thousand."""
    statement = FLOOR.read_text()
    with closing(psycopg2.connect(**world.dsn(world.DATABASE))) as connection:
        connection.autocommit = True
        began = time.monotonic()
        with connection.cursor() as cursor:
            for start in range(first, last + 1, CALL):
                cursor.execute(statement, {"first": start, "last": min(start + CALL - 1, last)})
        return time.monotonic() - began


def coverage(found: Report) -> None:
    """How long the count by grid takes after all that."""
    from alerts import actions, queries
    from alerts.models import AudienceHousehold, Notice
    from core import clock
    from territory.rules import scope_of

    notice = Notice.objects.get()
    began = time.monotonic()
    actions.mark_apart(now=clock.now())  # as the bell does a few seconds after the signature
    apart = AudienceHousehold.objects.filter(apart=True).count()
    found.say("B5 counted apart", f"{apart} households, marked in {(time.monotonic() - began) * 1000:.0f} ms")
    seconds, grids = [], 0
    for _try in range(11):
        began = time.monotonic()
        grids = len(queries.coverage(notice, scope_of(district.DISTRICT)).grids)
        seconds.append((time.monotonic() - began) * 1000)
    found.tries(f"B5 coverage of {grids} grids", seconds, "ms")
    invalid = "" if grids == district.GRIDS else f"{grids} grids"
    found.promise("B5.coverage", "ms", median(seconds), "<=", 100, invalid=invalid, digits=0)


def main() -> None:
    """Floor and product in turn."""
    given = options.read(sys.argv[1:])
    found = Report("receipts")
    with World() as here:
        world.enter(SMS_GATEWAY_URL=here.gateway.url)
        here.web()
        here.worker("receipts")
        here.ready("messaging.receipts")
        report.headline("receipts", receipts=given.households, tries=given.tries, rows_a_call=CALL)
        ours: list[float] = []
        bare: list[float] = []
        counts = set()
        log = 0.0
        for _try in range(given.tries):
            bare.append(by_floor(*afresh()))
            counts.add(delivered())
            bounds = afresh()
            before = world.written()
            ours.append(by_webhook(here, *bounds))
            log = (world.written() - before) / given.households
            counts.add(delivered())
        found.tries("B5 receipts by webhook", ours)
        found.tries("B5 floor: batches of 1,000", bare)
        rate, floor = given.households / median(ours), given.households / median(bare)
        found.say("unit: a receipt", f"{median(ours) / given.households * 1e6:.0f} µs, {log:.0f} B of log")
        found.say("B5 rates", f"product {rate:.0f}/s, floor {floor:.0f}/s")
        invalid = report.apart(ours, bare) or ("" if counts == {given.households} else f"rows {counts}")
        found.promise("B5", "ratio", rate / floor, ">=", 0.4, invalid=invalid)
        found.promise("B5.rate", "per_second", rate, ">=", 5_000, digits=0)
        coverage(found)
    report.finish(found)


def delivered() -> int:
    """Rows whose receipt is in."""
    return int(scalar("SELECT count(*) FROM messaging_delivery WHERE state = 60"))


if __name__ == "__main__":
    main()
