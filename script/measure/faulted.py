"""One run of `script/chaos`: messages through the whole platform at a paced gateway, faults in between, the account."""

import os
import random
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg2

from measure import district, world
from measure.world import Gateway, World, execute, free_port, scalar, wait_until

TOTAL, ALARMS = 20_000, 1_000
PORTIONS = 20  # of the alarms, spread over the run
RATE = 200  # messages a second that the gateway takes in a lane
SCALE = 10  # divides the waits before a retry
LEASE, TICK = 30.0, 5.0
EARLIEST, LATEST = 0.05, 0.95
PAGE = "/p/"  # a page that needs the database: one that does not would answer whatever happened


class Run:
    """The platform with its processes, kept alive as the supervisor does, and 20,000 messages under way."""

    def __init__(
        self, *, idempotent: bool = True, broker: bool = False, beside: bool = False, pace: int = 0, **gateway: object
    ) -> None:
        """`beside`: calls go through a gateway of their own that nothing ails. `pace`: what our account keeps to."""
        self.settings = {"RETRY_SCALE": str(SCALE), "DEBUG": "1", "SMS_GATEWAY_IDEMPOTENT": str(int(idempotent))}
        self.socket = os.environ["REDIS_SERVER"].removeprefix("unix://").replace("redis.sock", "chaos.sock")
        self.broker: subprocess.Popen[bytes] | None = None
        if broker:
            self.settings["REDIS_URL"] = f"unix://{self.socket}?db=0"
        self.beside = Gateway(free_port()) if beside else None
        if self.beside:
            secret = os.environ["SMS_GATEWAY_SECRET"]
            self.settings |= {
                "VOICE_GATEWAY_URL": self.beside.url,
                "VOICE_GATEWAY_SECRET": secret,
                "VOICE_LINES": "999",
            }
        self.pace, self.idempotent = pace, idempotent
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
        if self.pace:
            self._keep_to(self.pace)
        self.here.web()
        if self.beside:
            hooks = f"http://127.0.0.1:{self.here.web_port}/hooks"
            command = ("-m", "simulators.gateway", "--port", str(self.beside.port), "--webhook-url", hooks)
            self.here.run("gateway-beside", *command)
            wait_until(20, self.beside.answers, "the gateway beside does not answer")
            self.beside.control(voice_lines=999, voice_speed=10, voice_answered=1.0)
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

    def _keep_to(self, parts: int) -> None:
        """An account with so many parts a second: a call carries a quarter of a second's worth, not 500 messages."""
        from messaging.enums import Channel
        from messaging.models import GatewayAccount

        GatewayAccount.objects.create(
            name="paced",
            channel=Channel.SMS,
            url=self.here.gateway.url,
            secret_name="SMS_GATEWAY_SECRET",  # noqa: S106  (the name of the variable that holds it)
            bulk_rate=parts,
            alarm_rate=parts,
        )

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
        if self.beside:
            threading.Thread(target=self._call_on, daemon=True).start()
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

    def _call_on(self) -> None:
        """A call every half second to somebody else each time, as long as the run lasts."""
        from django.db.models import CharField, Value

        from messaging.enums import Channel, Lane
        from territory.models import ContactPoint

        code = Value(district.DISTRICT, output_field=CharField())
        points = ContactPoint.objects.order_by("-pk").annotate(code=code).values_list("pk", "code")
        for place in range(3_000):
            if self.over.wait(0.5):
                return
            self._write(Lane.ALARM, points[place : place + 1], channel=Channel.VOICE)

    def _write(self, lane: Any, points: Any, channel: str = "sms") -> None:
        from core import clock
        from core.rules import SYSTEM
        from messaging import actions
        from messaging.enums import Channel

        actions.send(
            lane=lane,
            channel=Channel(channel),
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
        """Waits until so much is through. What a plain gateway may have got is not sent again: it counts as well, else
        many kills early on would leave too little for the late ones.
        """
        wait_until(1200, lambda: self._through() >= share * TOTAL, f"{share:.0%} were never through", every=0.1)

    def _through(self) -> int:
        return self.accepted() + (0 if self.idempotent else int(ask(UNKNOWN)))

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

    def calls(self, since: datetime, until: datetime) -> tuple[int, float]:
        """Calls written in [since, until): how many, and the seconds in which 95 % of them were accepted."""
        count, seconds = execute(CALLS, [since, until])[0]
        return int(count), float(seconds or 0)

    def settle(self, seconds: float) -> float:
        """Waits until nothing is open and every receipt is in; seconds since the call."""
        self.alarms.join(timeout=seconds)
        return wait_until(seconds, lambda: ask(OPEN) == 0 and ask(WITHOUT) == 0, "rows stay open", every=0.5)

    def send_all(self, seconds: float) -> float:
        """Waits until nothing is left to be sent; rows of an unknown outcome may still wait for their receipts."""
        self.alarms.join(timeout=seconds)
        return wait_until(seconds, lambda: ask(TO_SEND) == 0 and ask(WITHOUT) == 0, "rows stay unsent", every=0.5)

    def account(
        self,
        name: str,
        *,
        more: str = "",
        held: bool = True,
        invalid: str = "",
        duplicates: int = 0,
        unknowns: int = 0,
        extra: int = 0,
    ) -> int:
        """Prints the line; 0 when all is held: at most so many `duplicates` and `unknowns`, `extra` above 20,000."""
        counts = self.here.gateway.stats()
        failed = int(ask("SELECT count(*) FROM messaging_delivery WHERE channel = 'sms' AND state IN (45, 50)"))
        total = int(ask("SELECT count(*) FROM messaging_delivery WHERE channel = 'sms'"))
        unknown = int(ask("SELECT count(*) FROM messaging_delivery WHERE channel = 'sms' AND state IN (10, 20, 30)"))
        lost = total - counts["accepted"] - failed - unknown
        held = held and lost <= 0 and total == TOTAL + extra and unknown <= unknowns
        held = held and counts["duplicates"] <= duplicates
        word = f"invalid ({invalid})" if invalid else "ok" if held else "short"
        print(
            f"{name} total={total} accepted={counts['accepted']} failed={failed} unknown={unknown} "
            f"resent={counts['repeats'] + counts['duplicates']} lost={max(lost, 0)} duplicates={counts['duplicates']} "
            f"seconds={time.monotonic() - self.began:.0f} {more}{' ' if more else ''}{word}",
            flush=True,
        )
        return 0 if word == "ok" else 1


OPEN = "SELECT count(*) FROM messaging_delivery WHERE is_open AND channel = 'sms'"
UNKNOWN = "SELECT count(*) FROM messaging_delivery WHERE state = 30 AND channel = 'sms'"
TO_SEND = "SELECT count(*) FROM messaging_delivery WHERE state IN (10, 20) AND channel = 'sms'"
WITHOUT = "SELECT count(*) FROM messaging_delivery WHERE state = 40 AND channel = 'sms'"
CALLS = """
SELECT count(*), percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM d.accepted_at - b.created_at))
  FROM messaging_delivery d JOIN messaging_broadcast b ON b.id = d.broadcast_id
 WHERE d.channel = 'voice' AND d.accepted_at IS NOT NULL AND b.created_at >= %s AND b.created_at < %s
"""


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
