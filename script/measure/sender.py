"""One sending process of the product: says "ready", waits for a line, dispatches a lane until it is empty."""

import json
import sys
import time

from measure import world


def main() -> None:
    """Everything due in the bulk lane, through the product's own action."""
    world.enter(SMS_GATEWAY_URL=sys.argv[1])
    from django.db import connection

    from core import clock
    from messaging import actions
    from messaging.enums import Lane
    from messaging.tasks import CALLS

    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    began, sent = time.monotonic(), 0
    cpu = time.process_time()
    while True:
        tally = actions.dispatch(Lane.BULK, now=clock.now(), budget_seconds=10.0, calls=CALLS)
        sent += tally.accepted
        if not tally.claimed:
            break
    done = {"sent": sent, "seconds": time.monotonic() - began, "cpu": time.process_time() - cpu}
    print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
