"""C3: PostgreSQL is restarted three times. In between a page is 503 with a sentence, never 500."""

import os
import signal
import sys
import time
from pathlib import Path

from measure.faulted import PAGE, Run, in_turn
from measure.world import ROOT

WITHIN = 10.0
TIMES = 3


def main() -> int:
    """Three fast shut-downs; whoever keeps the services starts it again a second later."""
    backs: list[float] = []
    with Run() as run:

        def restarted() -> None:
            pid = int(Path(os.path.realpath(ROOT / "var/postgres")).joinpath("postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGINT)
            began = time.monotonic()
            while Path(f"/proc/{pid}").exists():
                time.sleep(0.05)
            ended = time.monotonic()
            while run.here.status(PAGE) != 200 and time.monotonic() - ended < 60:
                time.sleep(0.1)
            backs.append(time.monotonic() - ended)
            print(f"  stopped in {ended - began:.1f} s, first page {backs[-1]:.1f} s after", flush=True)

        run.watch()
        run.send()
        in_turn(run, [restarted] * TIMES)
        run.settle(900)
        bad = sum(count for status, count in run.statuses.items() if status not in (200, 503))
        pages = dict(sorted(run.statuses.items()))
        more = f"first_200={max(backs):.1f}s promise<={WITHIN:.0f}s pages={pages} neither={bad}"
        return run.account("C3", more=more, held=max(backs) <= WITHIN and bad == 0)


if __name__ == "__main__":
    sys.exit(main())
