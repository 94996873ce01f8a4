"""`script/bench answers`: what households answer by SMS, through the real web process and worker, as after a warning.

No promise stands on it: the figures are printed. `--households` is the roll, four in a hundred of whom answer.
"""

import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from measure import options, receipts, report, world
from measure.report import Report, median
from measure.world import World, execute, scalar, wait_until

SHARE = 25  # one household of so many answers
CALL = 1_000
CRIES = 20
WAITING = "SELECT NOT EXISTS (SELECT FROM messaging_webhookbatch WHERE taken_at IS NULL)"
FIRST_HEARD = "SELECT EXISTS (SELECT FROM command_helprequest)"
TELEPHONES = """
SELECT d.id, c.address FROM messaging_delivery d JOIN territory_contactpoint c ON c.id = d.contact_point_id
 WHERE d.id BETWEEN %s AND %s ORDER BY d.id LIMIT %s
"""
KEPT = """
SELECT (SELECT count(*) FROM messaging_reply), (SELECT count(*) FROM alerts_answer),
       (SELECT count(*) FROM alerts_audiencehousehold WHERE answer <> ''), (SELECT count(*) FROM command_helprequest)
"""
Row = dict[str, str]


def said(bounds: tuple[int, int], answers: int, *, named: bool, cries: int = 0) -> list[Row]:
    """Answers of as many households; the last `cries` of them ask for help. `named`: the gateway says to what."""
    installation, at = os.environ.get("INSTALLATION", "wd"), datetime.now(UTC).isoformat()
    return [
        {
            "from": address,
            "text": "3" if place >= answers - cries else "12"[place % 5 == 0],
            "at": at,
            "reply_to": f"{installation}-{delivery}" if named else "",
        }
        for place, (delivery, address) in enumerate(execute(TELEPHONES, [*bounds, answers]))
    ]


def post(here: World, rows: Sequence[Row], a_call: int = CALL) -> None:
    """Posts them as a provider does."""
    from core import http

    secret = os.environ["WEBHOOK_SECRET"]
    hook = f"http://127.0.0.1:{here.web_port}/hooks/replies/sms/"
    for start in range(0, len(rows), a_call):
        answer = http.post_signed(hook, {"replies": rows[start : start + a_call]}, secret=secret, timeout=60)
        if answer.status != 200:
            raise SystemExit(f"A post of answers was answered {answer.status}.")


def taken_in(here: World, rows: Sequence[Row], a_call: int = CALL) -> float:
    """Seconds until all of them are taken in."""
    began = time.monotonic()
    post(here, rows, a_call)
    wait_until(600, lambda: bool(scalar(WAITING)), "the answers were not taken in")
    return time.monotonic() - began


def cry_heard(here: World, rows: Sequence[Row]) -> float:
    """Seconds until somebody's cry, posted behind everybody else's answer, stands on the list of calls for help."""
    began = time.monotonic()
    post(here, rows)
    wait_until(600, lambda: bool(scalar(FIRST_HEARD)), "the cry was not heard")
    heard = time.monotonic() - began
    wait_until(600, lambda: bool(scalar(WAITING)), "the answers were not taken in")
    return heard


def main() -> None:
    """Plain answers by thousands and one by one; then a cry behind them all."""
    given = options.read(sys.argv[1:])
    answers = given.households // SHARE
    found = Report("answers")
    with World() as here:
        world.enter(SMS_GATEWAY_URL=here.gateway.url)
        here.web()
        here.worker("receipts")
        here.ready("messaging.receipts")
        report.headline("answers", households=given.households, answers=answers, tries=given.tries)
        for label, named, a_call in (
            ("named, 1,000 a call", True, CALL),
            ("unnamed, 1,000 a call", False, CALL),
            ("named, one a call", True, 1),
        ):
            count = answers if a_call > 1 else answers // 4
            seconds = []
            for _try in range(given.tries):
                rows = said(receipts.afresh(), count, named=named)
                seconds.append(taken_in(here, rows, a_call))
                if (kept := execute(KEPT)[0]) != (count, count, count, 0):
                    raise SystemExit(f"Of {count} answers were kept {kept}.")
            found.tries(f"answers {label}", seconds)
            found.say(f"rate {label}", f"{count / median(seconds):.0f}/s")
        heard = [
            cry_heard(here, said(receipts.afresh(), answers, named=True, cries=CRIES)) for _try in range(given.tries)
        ]
        found.tries(f"the first of {CRIES} cries behind {answers - CRIES} answers", heard)
        if (kept := execute(KEPT)[0]) != (answers, answers, answers, CRIES):
            raise SystemExit(f"Of {answers} answers and {CRIES} cries were kept {kept}.")
    report.finish(found)


if __name__ == "__main__":
    main()
