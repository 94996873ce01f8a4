"""One run of `script/chaos`: messages through the whole platform at a paced gateway, faults in between, the account."""

import os
import random
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg2

from measure import district, world
from measure.world import World, scalar, wait_until

TOTAL, ALARMS = 20_000, 1_000
PORTIONS = 20  # of the alarms, spread over the run
RATE = 200  # messages a second that the gateway takes in a lane
SCALE = 10  # divides the waits before a retry
LEASE, TICK = 30.0, 5.0
EARLIEST, LATEST = 0.05, 0.95
PAGE = "/sign-in/"


class Run:
    """The platform with its processes, kept alive as the supervisor does, and 20,000 messages under way."""

    def __init__(self, *, idempotent: bool = True, broker: bool = False, **gateway: object) -> None:
        self.settings = {"RETRY_SCALE": str(SCALE), "DEBUG": "1", "SMS_GATEWAY_IDEMPOTENT": str(int(idempotent))}
        self.socket = os.environ["REDIS_SERVER"].removeprefix("unix://").replace("redis.sock", "chaos.sock")
        self.broker: subprocess.Popen[bytes] | None = None
        if broker:
            self.settings["REDIS_URL"] = f"unix://{self.socket}?db=0"
        self.behaviour = {"rate": RATE, "dedupe": idempotent, "undelivered_rate": 0, "receipt_delay": 1, **gateway}
        self.draw = random.Random(4)  # noqa: S311  (the same moments every time)
        self.over = threading.Event()
        self.statuses: dict[int, int] = {}
        self.bad: list[int] = []

    # -- life ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> "Run":
        if "REDIS_URL" in self.settings:
            self.start_broker()
        self.here = World(**self.settings)
        os.environ.update(self.here.env)
        self.here.__enter__()
        world.enter(**self.settings, SMS_GATEWAY_URL=self.here.gateway.url)
        self.here.gateway.control(**self.behaviour)
        district.clear()
        self.here.web()
        for lane in world.LANES:
            self.here.worker(lane)
        self.here.beat()
        self.here.run("pump", "manage.py", "pump", "--watch")
        self.here.ready("messaging.alarm", "messaging.bulk", "messaging.receipts")
        threading.Thread(target=self._keep, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        self.here.__exit__()
        if self.broker:
            self.broker.kill()
            self.broker.wait()

    def _keep(self) -> None:
        while not self.over.wait(0.5):
            for one in list(self.here.all.values()):
                if not self.over.is_set() and one.child is not None and one.child.poll() is not None:
                    one.start()

    def start_broker(self) -> None:
        """A Redis of this run's own, so that it may be stopped."""
        Path(self.socket).unlink(missing_ok=True)
        options = ("--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly", "no")
        self.broker = subprocess.Popen(  # noqa: S603
            ["setpriv", "--pdeathsig", "TERM", "redis-server", *options],  # noqa: S607
            stdout=subprocess.DEVNULL,
        )
        wait_until(10, Path(self.socket).exists, "Redis does not start")

    # -- work ------------------------------------------------------------------------------------------------------

    def send(self) -> None:
        """Writes the bulk at once and the alarms bit by bit."""
        from django.db.models import CharField, Value

        from messaging.enums import Lane
        from territory.models import ContactPoint

        code = Value(district.DISTRICT, output_field=CharField())
        points = ContactPoint.objects.order_by("pk").annotate(code=code).values_list("pk", "code")
        self._write(Lane.BULK, points[: TOTAL - ALARMS])
        self.began = time.monotonic()
        share = ALARMS // PORTIONS

        def alarms() -> None:
            for portion in range(PORTIONS):
                self.reach((portion + 0.5) / PORTIONS * 0.9)
                for _attempt in range(60):
                    try:
                        self._write(Lane.ALARM, points[portion * share : (portion + 1) * share])
                        break
                    except Exception:
                        from django.db import connection

                        connection.close()
                        time.sleep(1)

        self.alarms = threading.Thread(target=alarms, daemon=True)
        self.alarms.start()

    def _write(self, lane: Any, points: Any) -> None:
        from core import clock
        from core.rules import SYSTEM
        from messaging import actions
        from messaging.enums import Channel

        actions.send(
            lane=lane,
            channel=Channel.SMS,
            text="暴雨红色预警：请立即转移到安置点，不要停留在地下空间。",
            recipients=points,
            area_code=district.DISTRICT,
            by=SYSTEM,
            now=clock.now(),
        )

    def accepted(self) -> int:
        """Different messages that the gateway has taken."""
        return int(self.here.gateway.stats()["accepted"])

    def reach(self, share: float) -> None:
        """Waits until so much is through."""
        wait_until(1200, lambda: self.accepted() >= share * TOTAL, f"{share:.0%} were never through", every=0.1)

    def moments(self, count: int) -> list[float]:
        """Random shares of the run, in order."""
        return sorted(self.draw.uniform(EARLIEST, LATEST) for _ in range(count))

    def holding(self, lane: int = 2) -> int:
        """Rows that a worker claimed in the last seconds and has not answered for."""
        return int(
            ask(
                "SELECT count(*) FROM messaging_delivery WHERE lane = %s AND state = 20"
                " AND lease_until > clock_timestamp() + interval '26 s'",
                [lane],
            )
        )

    def watch(self, path: str = PAGE) -> None:
        """Asks for a page again and again from now on; `statuses` counts the answers."""

        def ask_on() -> None:
            while not self.over.wait(0.2):
                status = self.here.status(path, timeout=20)
                self.statuses[status] = self.statuses.get(status, 0) + 1

        threading.Thread(target=ask_on, daemon=True).start()

    def settle(self, seconds: float) -> float:
        """Waits until nothing is open and every receipt is in; seconds since the call."""
        self.alarms.join(timeout=seconds)
        return wait_until(seconds, lambda: ask(OPEN) == 0 and ask(WITHOUT) == 0, "rows stay open", every=0.5)

    def account(
        self, name: str, *, more: str = "", held: bool = True, invalid: str = "", duplicates: int = 0, extra: int = 0
    ) -> int:
        """Prints the line; 0 when all is held. So many `duplicates` are allowed; `extra` come on top of 20,000."""
        counts = self.here.gateway.stats()
        failed = int(ask("SELECT count(*) FROM messaging_delivery WHERE state IN (45, 50)"))
        total = int(ask("SELECT count(*) FROM messaging_delivery"))
        unknown = int(ask("SELECT count(*) FROM messaging_delivery WHERE state IN (10, 20, 30)"))
        lost = total - counts["accepted"] - failed
        held = held and lost <= 0 and total == TOTAL + extra and unknown == 0 and counts["duplicates"] <= duplicates
        word = f"invalid ({invalid})" if invalid else "ok" if held else "short"
        print(
            f"{name} total={total} accepted={counts['accepted']} failed={failed} unknown={unknown} "
            f"resent={counts['repeats'] + counts['duplicates']} lost={max(lost, 0)} duplicates={counts['duplicates']} "
            f"seconds={time.monotonic() - self.began:.0f} {more}{' ' if more else ''}{word}",
            flush=True,
        )
        return 0 if word == "ok" else 1


OPEN = "SELECT count(*) FROM messaging_delivery WHERE is_open"
WITHOUT = "SELECT count(*) FROM messaging_delivery WHERE state = 40"


def ask(statement: str, values: Any = None) -> Any:
    """The first value of a statement, asked again while the database is away."""
    for _attempt in range(120):
        with suppress(psycopg2.OperationalError, psycopg2.InterfaceError):
            return scalar(statement, values)
        time.sleep(0.5)
    raise SystemExit("The database does not come back.")


def goes_on(run: Run, within: float) -> float:
    """Seconds until the gateway takes the next message; `within` + 1 when it takes none."""
    before, began = run.accepted(), time.monotonic()
    while run.accepted() <= before and before < TOTAL:
        if time.monotonic() - began > within:
            return within + 1
        time.sleep(0.1)
    return time.monotonic() - began


def in_turn(run: Run, faults: list[Callable[[], None]]) -> None:
    """Plays each fault at its moment."""
    for moment, fault in zip(run.moments(len(faults)), faults, strict=True):
        run.reach(moment)
        fault()
