"""C4: the gateway fails, hangs, throttles, is slow, is dead for two minutes, bars numbers; receipts doubled, late."""

import sys
from datetime import UTC, datetime

from measure.faulted import Run, in_turn

PACE = 200  # parts a second of our account: calls of 50, so that hundreds of them meet a fault
HEALTHY, ENOUGH = 1.2, 20  # times its figure without the fault; calls on either side that make a figure

FAULTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("20 % 503", {"fail_rate": 0.2}),
    ("5 % without an answer", {"fail_rate": 0, "timeout_rate": 0.05}),
    ("20 % 429", {"timeout_rate": 0, "throttle_rate": 0.2}),
    ("slow by 3 s", {"throttle_rate": 0, "latency": 3}),
    ("dead for 120 s", {"latency": 0, "dead_seconds": 120}),
)


def main() -> int:
    """One after the other, each until the next begins."""
    with Run(
        beside=True, pace=PACE, receipt_duplicate=0.2, receipt_shuffle=True, receipt_delay=8, reject_rate=0.01
    ) as run:
        begun: list[datetime] = []

        def played(name: str, options: dict[str, object]) -> None:
            begun.append(datetime.now(UTC))
            run.here.gateway.control(**options)
            print(f"  {name} at {run.accepted()} accepted", flush=True)

        start = datetime.now(UTC)
        run.send()
        in_turn(run, [lambda name=name, options=options: played(name, options) for name, options in FAULTS])  # type: ignore[misc]
        run.settle(1500)
        counts = run.here.gateway.stats()
        calls = "/".join(f"{name}:{count}" for name, count in counts["calls_by_fault"].items())
        (before, quiet), (after, ill) = run.calls(start, begun[0]), run.calls(begun[0], datetime.now(UTC))
        more = (
            f"calls={calls} barred={counts['rejected']} receipts_twice={counts['receipts']['duplicated']} "
            f"beside_p95={ill:.2f}s without_fault={quiet:.2f}s promise<={HEALTHY}x of={before}/{after}"
        )
        few = "" if min(before, after) >= ENOUGH else "too few calls beside"
        return run.account("C4", more=more, held=ill <= HEALTHY * quiet, invalid=few)


if __name__ == "__main__":
    sys.exit(main())
