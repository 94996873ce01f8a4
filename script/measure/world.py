"""A world of its own for measuring: database, broker number, gateway simulator, real processes.

`python -m measure.world prepare [--households N]` makes the database afresh and fills it.
"""

import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "var/log"
DATABASE = "weidong_bench"
BROKER = 2  # the broker number; the tests begin at 4
PYTHON = str(ROOT / ".venv/bin/python")
CELERY = ("-m", "celery", "-A", "weidong_ops")
LANES = ("alarm", "bulk", "receipts", "default", "slow")
TASKS = {
    "messaging.alarm": "messaging.tasks.send_alarm",
    "messaging.bulk": "messaging.tasks.send_bulk",
    "messaging.receipts": "messaging.tasks.take_in_receipts",
    "assignments.escalate": "assignments.tasks.escalate",
    "core.media": "core.tasks.reencode_media",
}


def free_port() -> int:
    """A port of the loopback that nobody listens at."""
    with closing(socket.socket()) as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def dsn(database: str) -> dict[str, Any]:
    """How psycopg2 reaches a database of the private cluster."""
    parts = urllib.parse.urlsplit(os.environ["TEST_DATABASE_URL"])
    return {
        "host": urllib.parse.unquote(parts.netloc.rpartition("@")[2]),
        "user": parts.username,
        "password": parts.password,
        "dbname": database,
    }


def environment(**more: str) -> dict[str, str]:
    """What every process of this world is started with, and this one takes for itself."""
    found = {
        "DATABASE_URL": f"{os.environ['TEST_DATABASE_URL'].rpartition('/')[0]}/{DATABASE}",
        "REDIS_URL": f"{os.environ['REDIS_SERVER']}?db={BROKER}",
        "DJANGO_SETTINGS_MODULE": "weidong_ops.settings",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "DEMO": "0",
        "LOG_LEVEL": "WARNING",
        "VOICE_GATEWAY_URL": "",
        **more,
    }
    found.setdefault("SMS_GATEWAY_URL", os.environ.get("SMS_GATEWAY_URL") or "http://127.0.0.1:9")
    return found


def enter(**more: str) -> None:
    """Sets Django up in this process."""
    os.environ.update(environment(**more))
    import django

    django.setup()


def execute(statement: str, values: Any = None, database: str = DATABASE) -> list[tuple[Any, ...]]:
    """One statement on a connection of its own, committed; its rows."""
    with closing(psycopg2.connect(**dsn(database))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


def scalar(statement: str, values: Any = None) -> Any:
    """The first value of a statement."""
    return execute(statement, values)[0][0]


def written() -> int:
    """Bytes of write-ahead log so far; a difference tells what a piece of work costs the disk and a replica."""
    return int(scalar("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"))


def make_database() -> None:
    """The database afresh, as production has it: commits wait for the disk. Migrated once per state of the code."""
    names = sorted(ROOT.glob("*/migrations/*.py"))
    state = hashlib.sha256(b"".join(path.read_bytes() for path in names)).hexdigest()[:12]
    template = f"measure_{state}"
    if not execute("SELECT FROM pg_database WHERE datname = %s", [template], database="postgres"):
        for (earlier,) in execute("SELECT datname FROM pg_database WHERE datname ~ '^measure_'", database="postgres"):
            execute(f'DROP DATABASE "{earlier}" WITH (FORCE)', database="postgres")
        execute(f"CREATE DATABASE {template}_new", database="postgres")
        url = f"{os.environ['TEST_DATABASE_URL'].rpartition('/')[0]}/{template}_new"
        subprocess.run(  # noqa: S603  (our own command)
            [PYTHON, "manage.py", "migrate", "--noinput", "-v", "0"],
            cwd=ROOT,
            env={**os.environ, **environment(), "DATABASE_URL": url},
            check=True,
        )
        execute(f"ALTER DATABASE {template}_new RENAME TO {template}", database="postgres")
    execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", database="postgres")
    execute(f"CREATE DATABASE {DATABASE} TEMPLATE {template}", database="postgres")
    for setting in ("synchronous_commit = on", "statement_timeout = '10min'"):
        execute(f"ALTER ROLE weidong_test IN DATABASE {DATABASE} SET {setting}", database="postgres")


@dataclass
class Running:
    """One process of this world, started again when it is killed, as the supervisor does."""

    name: str
    command: tuple[str, ...]
    env: dict[str, str]
    child: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> "Running":
        """Its own session: a kill of the group reaches its pool processes as well."""
        with (LOGS / f"measure-{self.name}.log").open("ab") as log:
            self.child = subprocess.Popen(  # noqa: S603  (our own processes)
                ["setpriv", "--pdeathsig", "TERM", PYTHON, *self.command],  # noqa: S607
                cwd=ROOT,
                env={**os.environ, **self.env},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    @property
    def pid(self) -> int:
        """The process as it runs now."""
        if self.child is None:
            raise RuntimeError(f"{self.name} was not started")
        return self.child.pid

    def signal(self, number: int) -> None:
        """To the process and those it has made."""
        if self.child is not None and self.child.poll() is None:
            os.killpg(self.pid, number)

    def stop(self) -> None:
        """By TERM; after five seconds by KILL. One that was frozen is woken first."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if self.child is not None:
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.signal(signal.SIGKILL)
                self.child.wait(5)


class Gateway:
    """The simulator: told how to behave, asked what it counted."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, method: str, path: str, content: Mapping[str, object] | None = None) -> Any:
        """One call; its JSON."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            body = None if content is None else json.dumps(content)
            connection.request(method, path, body, {"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())

    def control(self, **options: object) -> Any:
        """Options from now on; all of them as they are."""
        return self.ask("POST", "/control", options)

    def reset(self) -> None:
        """All counts at nothing."""
        self.ask("POST", "/reset", {})

    def stats(self) -> Any:
        """All counts."""
        return self.ask("GET", "/stats")

    def answers(self) -> bool:
        """True once it listens."""
        try:
            return bool(self.stats())
        except OSError:
            return False


class World:
    """The gateway and whatever of the platform is started; all of it ends with the `with`."""

    def __init__(self, **settings: str) -> None:
        self.web_port = free_port()
        self.gateway = Gateway(free_port())
        self.env = environment(SMS_GATEWAY_URL=self.gateway.url, **settings)
        self.all: dict[str, Running] = {}

    def __enter__(self) -> "World":
        LOGS.mkdir(parents=True, exist_ok=True)
        broker = self.env["REDIS_URL"]
        if broker.startswith("unix://"):
            from redis import Redis

            Redis.from_url(broker).flushdb()
        hooks = f"http://127.0.0.1:{self.web_port}/hooks"
        self.run("gateway", "-m", "simulators.gateway", "--port", str(self.gateway.port), "--webhook-url", hooks)
        wait_until(20, self.gateway.answers, "the gateway simulator does not answer")
        return self

    def __exit__(self, *_: object) -> None:
        for one in reversed(self.all.values()):
            one.stop()

    def run(self, name: str, *command: str) -> Running:
        """Starts a Python process of this world."""
        self.all[name] = Running(name, command, self.env).start()
        return self.all[name]

    def worker(self, lane: str, number: int = 1) -> Running:
        """A lane's worker, as script/server starts it."""
        name = f"{lane}-{number}"
        options = ("--pool", "prefork", "--without-gossip", "--without-mingle", "-l", "warning")
        return self.run(name, *CELERY, "worker", "-n", f"{name}@%h", "-Q", lane, "-c", "1", *options)

    def ready(self, *ticks: str) -> None:
        """Waits until these workers have come round once, woken by hand."""
        from celery import current_app

        execute("DELETE FROM core_tick WHERE name = ANY (%s)", [list(ticks)])
        for tick in ticks:
            current_app.send_task(TASKS[tick], expires=60)
        asked = "SELECT count(*) = %s FROM core_tick WHERE name = ANY (%s)"
        values = [len(ticks), list(ticks)]
        wait_until(60, lambda: bool(scalar(asked, values)), "the workers do not come round", every=0.2)

    def beat(self) -> Running:
        """What wakes the lanes."""
        schedule = ROOT / "var/run/measure-beat"
        schedule.unlink(missing_ok=True)
        return self.run("beat", *CELERY, "beat", "-s", str(schedule), "--pidfile=", "-l", "warning")

    def web(self) -> Running:
        """The web, in two processes as script/server starts it, listening when this returns."""
        started = self.run("web", "-m", "weidong_ops.web", "--port", str(self.web_port))
        wait_until(30, lambda: self.status("/healthz") == 200, "the web process does not answer")
        return started

    def status(self, path: str, timeout: float = 10) -> int:
        """The status of one page; 0 when nobody answers."""
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=timeout)) as connection:
                connection.request("GET", path)
                return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0


def wait_until(seconds: float, holds: Callable[[], bool], sentence: str, every: float = 0.05) -> float:
    """Seconds until it held; ends the run with the sentence when it does not in time."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise SystemExit(f"{sentence} (waited {seconds:.0f} s; see var/log/measure-*.log)")
        time.sleep(every)
    return time.monotonic() - began


@contextmanager
def helper(*command: str, **env: str) -> Iterator["Answering"]:
    """A Python process that gets ready, says so, works when told to, and answers in one line of JSON."""
    child = subprocess.Popen(  # noqa: S603  (our own processes)
        [PYTHON, *command],
        cwd=ROOT,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Answering(child)
    finally:
        child.kill()
        child.wait()


class Answering:
    """The other end of `helper`."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self.child = child
        self._line()  # "ready"

    def go(self) -> None:
        """Lets it work."""
        if self.child.stdin is None:
            raise RuntimeError("no way to tell it")
        self.child.stdin.write("go\n")
        self.child.stdin.flush()

    def answer(self) -> Any:
        """What it did."""
        return json.loads(self._line())

    def _line(self) -> str:
        line = self.child.stdout.readline() if self.child.stdout else ""
        if not line:
            raise SystemExit("A measuring process ended without a word; see above.")
        return line


def main() -> None:
    """Makes the database and fills it."""
    from measure.options import read

    options = read(sys.argv[2:])
    began = time.monotonic()
    make_database()
    made = time.monotonic()
    enter()
    from measure import district

    district.fill(options.households)
    print(
        f"World: {options.households} households in {time.monotonic() - made:.1f} s, migrations {made - began:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
