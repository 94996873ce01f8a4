"""C1: the worker that holds a claim is killed with -9, twenty times, with a de-duplicating and with a plain gateway."""

import signal
import sys
import time

from measure.faulted import LEASE, OPEN, RATE, TICK, Run, ask

KILLS, FEWEST = 20, 15
BULK = 19_000


def play(idempotent: bool) -> int:
    """One run of twenty kills."""
    flights = {1: 0, 2: 0}
    held, last_kill, open_then = 0, 0.0, 0
    with Run(idempotent=idempotent) as run:
        run.send()
        for moment in run.moments(KILLS):
            run.reach(moment)
            for _look in range(300):
                if flight := run.holding():
                    break
                time.sleep(0.1)
            alarms = run.holding(1)
            lane = "alarm" if alarms else "bulk"
            run.here.all[f"{lane}-1"].signal(signal.SIGKILL)
            flights[1 if alarms else 2] += alarms or flight
            held += bool(alarms or flight)
            last_kill, open_then = time.monotonic(), int(ask(OPEN))
        # What a plain gateway may have got is not sent again: it waits ten minutes for its receipt, told as unknown.
        (run.settle if idempotent else run.send_all)(900)
        done = time.monotonic() - last_kill
        limit = LEASE + TICK + open_then / RATE + 10  # the gateway takes its time; receipts come a second later
        counts = run.here.gateway.stats()
        bulk_twice = max(0, counts["by_lane"]["bulk"] - BULK)
        more = (
            f"gateway={'de-duplicating' if idempotent else 'plain'} kills={KILLS} on_a_holder={held} "
            f"in_flight={flights[2]}+{flights[1]} bulk_duplicates={bulk_twice} done={done:.0f}s promise<={limit:.0f}s"
        )
        return run.account(
            "C1",
            more=more,
            held=done <= limit and not bulk_twice,
            invalid="" if held >= FEWEST else f"only {held} held a claim",
            duplicates=0 if idempotent else flights[1],
            unknowns=0 if idempotent else sum(flights.values()),
        )


if __name__ == "__main__":
    sys.exit(max([play(True), play(False)]))
