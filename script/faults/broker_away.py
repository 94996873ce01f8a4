"""C2: Redis is flushed, stopped for a minute, frozen for a minute."""

import signal
import sys
import time

from measure.faulted import Run, goes_on, in_turn

AWAY, WITHIN = 60.0, 30.0


def main() -> int:
    """The three in a random order's places of one run."""
    pauses: list[float] = []
    with Run(broker=True) as run:

        def flushed() -> None:
            from redis import Redis

            Redis(unix_socket_path=run.socket).flushall()
            pauses.append(goes_on(run, WITHIN))

        def stopped() -> None:
            if run.broker:
                run.broker.kill()
                run.broker.wait()
            time.sleep(AWAY)
            run.start_broker()
            pauses.append(goes_on(run, WITHIN))

        def frozen() -> None:
            if run.broker:
                run.broker.send_signal(signal.SIGSTOP)
                time.sleep(AWAY)
                run.broker.send_signal(signal.SIGCONT)
            pauses.append(goes_on(run, WITHIN))

        run.watch()
        run.send()
        in_turn(run, [flushed, stopped, frozen])
        run.settle(900)
        bad = sum(count for status, count in run.statuses.items() if status != 200)
        more = (
            f"pauses={'/'.join(f'{one:.1f}' for one in pauses)}s promise<={WITHIN:.0f}s "
            f"pages={dict(sorted(run.statuses.items()))} not_answered={bad}"
        )
        return run.account("C2", more=more, held=max(pauses) <= WITHIN and bad == 0)


if __name__ == "__main__":
    sys.exit(main())
