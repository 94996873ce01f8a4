"""`script/bench journey`: J1–J3, from an official red warning to the last household of the whole roll.

What machines take is taken by the clock. What people take is not waited for: the minutes before doors are knocked at
and the walk from door to door are handed to the actions as their `now`.
"""

import http.client
import os
import sys
import time
import urllib.parse
from contextlib import closing
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import uuid4

from measure import accounted, district, options, report, world
from measure.journey_pages import ROUNDS, Watch, warm
from measure.journey_people import People, posted
from measure.lists import signed_in
from measure.report import Report, median
from measure.world import Gateway, World, execute, free_port, scalar, wait_until

# What befalls the households' telephones: barred numbers, phones that are off, answers 1 and 3.
FATES = {"reject_rate": 0.01, "undelivered_rate": 0.06, "auto_reply_safe": 0.04, "auto_reply_help": 0.002}
LINKS = {"safe": 80, "away": 15, "need_help": 5}  # households that answer on their own page
WALKED = 60  # grids whose doors are all knocked at; at the others the duty stays open
DOORS = ("told", "told", "told", "refused", "told", "told", "nobody", "told", "told", "need_help")
WALK = timedelta(seconds=90)  # from door to door
EMPTY = 20  # households that the sub-districts name as unreachable
PATIENCE = 900  # seconds until something is taken to be stuck


def warned(here: World, port: int) -> tuple[Any, float]:
    """The weather service issues red, the worker fetches it; the stored warning and when it was issued."""
    from alerts.models import ReceivedWarning, WarningFeed

    WarningFeed.objects.create(name="示例气象台", url=f"http://127.0.0.1:{port}/feed.atom", every_seconds=5)
    issued = time.time()
    posted(port, "/issue/red")
    wait_until(60, ReceivedWarning.objects.exists, "the warning does not come in", every=0.1)
    return ReceivedWarning.objects.get(), issued


CALLED = """
SELECT d.id FROM messaging_delivery d
  JOIN assignments_assignmentevent e ON e.broadcast_id = d.broadcast_id
  JOIN alerts_warningcall c ON c.assignment_id = e.assignment_id
  JOIN accounts_personcontact p ON p.contact_point_id = d.contact_point_id
 WHERE p.user_id = %s AND d.accepted_at IS NOT NULL
"""
ANSWERED = """
SELECT count(*) FROM alerts_warningcall c JOIN assignments_assignment a ON a.id = c.assignment_id
 WHERE a.acknowledged_at IS NOT NULL
"""


def answered(here: World, people: People) -> None:
    """Both who are called answer: the officer's phone at the gateway, the leader's by a signed post of the provider."""
    from core import clock, http

    for person in (people.officer, people.leader):
        wait_until(60, lambda: bool(execute(CALLED, [person.pk])), "a call-out did not leave", every=0.1)  # noqa: B023
    here.gateway.ask("POST", f"/phones/{urllib.parse.quote(people.officer.phone)}/reply", {"text": "1"})
    asked = execute(CALLED, [people.leader.pk])[0][0]
    installation, secret = os.environ.get("INSTALLATION", "wd"), os.environ["WEBHOOK_SECRET"]
    said = {
        "from": people.leader.phone,
        "text": "1",
        "at": clock.now().isoformat(),
        "reply_to": f"{installation}-{asked}",
    }
    hook = f"http://127.0.0.1:{here.web_port}/hooks/replies/sms/"
    if http.post_signed(hook, {"replies": [said]}, secret=secret, timeout=30).status != 200:
        raise SystemExit("The post of an answer was refused.")
    wait_until(60, lambda: scalar(ANSWERED) == 2, "the two called did not answer", every=0.1)


def submitted(warning: Any, people: People) -> Any:
    """The decision is recorded, the warning relayed and handed on for a signature."""
    from alerts import actions
    from alerts.enums import Decision
    from core import clock

    actions.record_consultation(
        warning=warning,
        attendees="带班领导、值班员",
        conclusion="向全区发布",
        decision=Decision.NOTICE,
        held_at=None,
        by=people.officer,
        now=clock.now(),
    )
    notice = actions.relay_warning(warning=warning, by=people.officer, now=clock.now())
    return actions.submit(notice=notice, by=people.officer, now=clock.now())


def answered_by_link(here: World, notice: Any) -> None:
    """Some households that have the message open their own page and press a button."""
    from django.conf import settings

    from alerts.models import AudienceHousehold
    from alerts.rules import answer_token

    silent = AudienceHousehold.objects.filter(notice=notice, answer="", must_reach="").order_by("pk")
    rows = iter(silent.values_list("pk", flat=True)[: sum(LINKS.values())])
    for choice, count in LINKS.items():
        for _household in range(count):
            path = f"/p/a/{answer_token(next(rows), secret=settings.SECRET_KEY)}/"
            if (status := posted(here.web_port, path, {"choice": choice})) != 302:
                raise SystemExit(f"A household's own page answered {status}.")


def walked(found: Report, notice: Any, people: People, at: datetime) -> None:
    """All doors of some grids, one after the other; some households are named as unreachable."""
    from alerts import actions, queries
    from alerts.enums import VisitOutcome
    from territory.rules import scope_of

    knocks = list(queries.knocks(notice))
    chosen = knocks[:: max(1, len(knocks) // WALKED)][:WALKED]
    outcomes, doors, began = cycle(DOORS), 0, time.monotonic()
    for knock in chosen:
        worker, now = people.workers[knock.area_code[:12]], at
        for door in queries.doors(knock.assignment):
            now += WALK
            doors += 1
            outcome = VisitOutcome(next(outcomes))
            actions.record_visit(client_uuid=uuid4(), audience=door.audience, outcome=outcome, by=worker, now=now)
    whole = scope_of(district.DISTRICT)
    for line in queries.unreached(notice, whole, size=EMPTY).rows:
        actions.close_unreachable(audience=line.audience, reason="房屋空置", by=people.officer, now=at)
    seconds = time.monotonic() - began
    found.say(
        "knocked", f"{doors} doors in {len(chosen)} grids, recorded in {seconds:.1f} s; {EMPTY} named unreachable"
    )


MOMENTS = """
SELECT extract(epoch FROM w.received_at)::float, max(extract(epoch FROM a.acknowledged_at))::float,
       extract(epoch FROM s.recorded_at)::float
  FROM alerts_receivedwarning w
  JOIN alerts_warningcall c ON c.warning_id = w.id JOIN assignments_assignment a ON a.id = c.assignment_id
  JOIN alerts_consultation s ON s.warning_id = w.id
 WHERE w.id = %s GROUP BY w.id, s.id
"""
TOLD = "SELECT count(*) = 0 FROM messaging_delivery WHERE state IN (10, 20, 30, 40) AND broadcast_id = %s"
SENT = """
SELECT min(extract(epoch FROM accepted_at))::float, max(extract(epoch FROM accepted_at))::float,
       max(extract(epoch FROM settled_at))::float
  FROM messaging_delivery WHERE broadcast_id = %s
"""


def clocks(found: Report, warning: Any, notice: Any, issued: float, signed: float, waited: float) -> None:
    """Prints the seconds from step to step; everybody is accounted for now, and doors were given out since `waited`."""
    known = time.time()
    received, answered_at, decided = execute(MOMENTS, [warning.pk])[0]
    first, last, heard = execute(SENT, [notice.broadcast_id])[0]
    steps = {
        "issued → received (the feed's pass)": received - issued,
        "received → both called have answered": answered_at - received,
        "answered → decision": decided - answered_at,
        "decision → signature committed": signed - decided,
        "signature → first post": first - signed,
        "first post → last post": last - first,
        "last post → last household's receipt": heard - last,
        "doors given out": known - waited,
        "received → 100 % accounted, waits left out": known - received,
    }
    for step, seconds in steps.items():
        found.say(f"clock: {step}", f"{seconds:.2f} s")
    found.kept["clocks"] = steps


def night(found: Report, here: World, port: int, households: int) -> None:
    """The whole way; the figures go to the report."""
    from core import clock

    people = People.made()
    cookies = {"district": signed_in(people.officer), "sub-district": signed_in(people.street)}
    warm(here.web_port, cookies)
    warning, issued = warned(here, port)
    answered(here, people)
    notice = submitted(warning, people)
    here.gateway.control(**FATES)
    notice = district.sign(notice, clock.now())
    signed = time.time()
    with Watch(here.web_port, notice, cookies) as watch:
        values = [notice.broadcast_id]
        wait_until(PATIENCE, lambda: bool(scalar(TOLD, values)), "not everything was sent and told", every=0.2)
    watch.tell(found, "while_sending")
    wait_until(PATIENCE, lambda: accounted.is_quiet(here.gateway), "the answers were not taken in", every=0.2)
    here.gateway.control(auto_reply_safe=0.0, auto_reply_help=0.0)
    answered_by_link(here, notice)
    began = time.time()
    wait = knocked(found, notice)
    clocks(found, warning, notice, issued, signed, began)
    walked(found, notice, people, clock.now() + wait)
    after = Watch(here.web_port, notice, cookies)
    after.rounds(ROUNDS)  # while beat runs: it takes the count that everybody is shown
    after.tell(found, "after_sending")
    here.all["beat"].stop()
    wait_until(PATIENCE, lambda: accounted.is_quiet(here.gateway), "something is still under way", every=0.5)
    verdict(found, here, notice, households)
    found.promise("J2", "coverage_p95_ms", watch.worst(), "<=", 150, digits=0, when="while_sending")
    found.promise("J2.after", "coverage_p95_ms", after.worst(), "<=", 150, digits=0, when="after_sending")
    found.promise("J3", "query_ms", median(after.queries["district"]), "<=", 100, digits=0, when="after_sending")


def knocked(found: Report, notice: Any) -> timedelta:
    """The wait is over: doors are given out, and from here on nobody is without a record. How long the wait was."""
    from alerts import actions
    from core import clock

    wait = timedelta(minutes=notice.wait_minutes)
    grids = actions.close_waiting(now=clock.now() + wait)
    lost = accounted.proven(notice.pk).get("nothing", 0)
    found.say("doors", f"given out in {grids} grids; {lost} households without any record")
    found.say("handed in, not waited for", f"{wait} before doors are knocked at, {WALK} from door to door")
    return wait


def verdict(found: Report, here: World, notice: Any, households: int) -> None:
    """Counts every household once more, by everything that knows of it."""
    count, places, off = accounted.differences(notice, households, here.gateway, posted=1)
    found.say("places", ", ".join(f"{place} {number}" for place, number in sorted(places.items())))
    if off:
        found.say("differences", str(off))
    found.account("J1", households, count, sum(off.values()))


def main() -> None:
    """One night."""
    from django.core.management import call_command

    options.read(sys.argv[1:])
    found, port = Report("journey"), free_port()
    with World(FEED_HOSTS=f"127.0.0.1:{port}") as here:
        world.enter(SMS_GATEWAY_URL=here.gateway.url)
        district.clear()
        households = int(scalar("SELECT count(*) FROM territory_household WHERE retired_at IS NULL"))
        report.headline("journey", households=households)
        here.run("weather", "-m", "simulators.weather", "--port", str(port))
        weather = Gateway(port)
        wait_until(20, lambda: _listens(weather), "the weather service does not answer")
        here.gateway.control(undelivered_rate=0.0, receipt_delay=1.0)
        call_command("collectstatic", interactive=False, verbosity=0)
        here.web()
        for lane in world.LANES:
            here.worker(lane)
        here.ready("messaging.alarm", "messaging.bulk", "messaging.receipts", "assignments.escalate")
        here.beat()
        night(found, here, port, households)
    report.finish(found)


def _listens(weather: Gateway) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", weather.port, timeout=5)) as line:
            line.request("GET", "/feed.atom")
            return line.getresponse().status == 200
    except OSError:
        return False


if __name__ == "__main__":
    main()
