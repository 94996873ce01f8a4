"""The platform's own processes, started beside the tests against the tests' own database."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from accounts.models import User

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds until a process must answer or a state must come
WORKER = (
    "celery", "-A", "weidong_ops", "worker", "-Q", "alarm,bulk,receipts,default,slow", "-c", "2", "-B",
    "--without-gossip", "--without-mingle", "-l", "info",
)  # fmt: skip

Json = dict[str, Any]


def until(what: Callable[[], Any], *, of: str, seconds: float = PATIENCE) -> Any:
    """Asks `what` twenty times a second until it is true and returns it; fails naming `of` after `seconds`."""
    ends = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < ends, f"{seconds:g} s went by without: {of}"
        time.sleep(0.05)
    return found


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def database_url() -> str:
    """The address of the database that this test process works in."""
    facts = connection.settings_dict
    password = f":{quote(facts['PASSWORD'], safe='')}" if facts["PASSWORD"] else ""
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    return f"postgis://{facts['USER']}{password}@{quote(facts['HOST'], safe='')}{port}/{facts['NAME']}"


def broker_url() -> str:
    """A Redis number of the processes' own: the tests empty theirs, which would unhang every bell."""
    return re.sub(r"\d+$", lambda own: str(int(own[0]) + 2), settings.REDIS_URL)


class Process:
    """One process in a group of its own; the kernel stops it when the tests are killed."""

    def __init__(self, name: str, *command: str, environment: dict[str, str], folder: Path) -> None:
        self.log = folder / f"{name}.log"
        with self.log.open("a") as output:
            self._running = subprocess.Popen(  # noqa: S603  (our own processes)
                ["/usr/bin/setpriv", "--pdeathsig", "TERM", sys.executable, "-m", *command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def is_alive(self) -> bool:
        """True while it runs."""
        return self._running.poll() is None

    def must_live(self) -> None:
        """Fails with the end of its log when it has ended."""
        assert self.is_alive(), f"{self.log} ended with {self._running.returncode}:\n{self.log.read_text()[-4000:]}"

    def kill(self) -> None:
        """kill -9, the process and its children, in the middle of whatever they do."""
        os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait(PATIENCE)

    def stop(self) -> None:
        """Asks it to end and waits; what does not end in ten seconds is killed."""
        if self.is_alive():
            self._running.terminate()
            try:
                self._running.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        try:
            os.killpg(self._running.pid, signal.SIGKILL)  # children that outlived it
        except ProcessLookupError:
            return


class Visitor:
    """A browser without a screen: keeps cookies, sends the token against forged posts, follows redirects."""

    def __init__(self, url: str, person: User | None = None) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        self.at = ""  # the address that answered last, after redirects
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=3, read=20))
        if person:
            self.cookies[settings.SESSION_COOKIE_NAME] = session_of(person)

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        """Opens a page; fails unless it answers 200."""
        return self._asked("GET", path)

    def post(self, path: str, fields: Json | None = None, *, expect: int = 200) -> urllib3.BaseHTTPResponse:
        """Sends a form; a list is a field given several times. Fails unless `expect` comes in the end."""
        return self._asked("POST", path, body=urlencode(fields or {}, doseq=True), kind="form", expect=expect)

    def api(self, path: str, content: Json | None = None, *, expect: int = 200) -> Json:
        """Reads (or, with `content`, posts) JSON."""
        method = "GET" if content is None else "POST"
        body = None if content is None else json.dumps(content)
        found: Json = self._asked(method, path, body=body, kind="json", expect=expect).json()
        return found

    def upload(self, path: str, fields: Json, *, expect: int = 200) -> urllib3.BaseHTTPResponse:
        """Sends a form with files: `name: (file name, bytes, type)`."""
        body, kind = urllib3.encode_multipart_formdata(fields)
        return self._asked("POST", path, body=body, kind=kind, expect=expect)

    def _asked(
        self, method: str, path: str, *, body: str | bytes | None = None, kind: str = "", expect: int = 200
    ) -> urllib3.BaseHTTPResponse:
        kinds = {"form": "application/x-www-form-urlencoded", "json": "application/json"}
        for _ in range(4):
            headers, self.at = {}, path
            if body is not None:
                headers = {"Content-Type": kinds.get(kind, kind), "X-CSRFToken": self._token()}
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            answer = self._pool.request(method, self.url + path, body=body, headers=headers, redirect=False)
            for line in answer.headers.getlist("Set-Cookie"):
                self.cookies |= {name: each.value for name, each in SimpleCookie(line).items()}
            if answer.status not in (301, 302, 303) or expect in (301, 302, 303):
                break
            method, body, path = "GET", None, answer.headers["Location"].removeprefix(self.url)
        assert answer.status == expect, f"{method} {path}: {answer.status}\n{answer.data.decode()[:3000]}"
        return answer

    def _token(self) -> str:
        """Any well-formed secret does: cookie and header only have to agree."""
        return self.cookies.setdefault(settings.CSRF_COOKIE_NAME, "k" * 32)


def session_of(person: User) -> str:
    """The key of a stored session in which this person has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.NameOrPhoneBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key


class Stack:
    """Web, gateway and one worker with beat, all on the tests' own database and broker number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worker: Process | None = None
        web, gateway = free_port(), free_port()
        self.url, self.gateway_url = f"http://127.0.0.1:{web}", f"http://127.0.0.1:{gateway}"
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=3, read=10))
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")} | {
            "DJANGO_SETTINGS_MODULE": "weidong_ops.settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": broker_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "DEBUG": "1",
            "APP_ROLE": "",
            "RETRY_SCALE": "10",
            "PUBLIC_URL": self.url,
            "SMS_GATEWAY_URL": self.gateway_url,
            "SMS_GATEWAY_SECRET": settings.SMS_GATEWAY_SECRET,
            "WEBHOOK_SECRET": settings.WEBHOOK_SECRET,
            "MEDIA_ROOT": str(folder / "media"),
        }
        self._web = self._started("web", "uvicorn", "weidong_ops.asgi:application", "--port", str(web))
        hooks = ("--webhook-url", f"{self.url}/hooks", "--receipt-delay", "0.1", "--auto-reply-delay", "0.1")
        self._gateway = self._started("gateway", "simulators.gateway", "--port", str(gateway), *hooks)

    def _started(self, name: str, *command: str) -> Process:
        return Process(name, *command, environment=self._environment, folder=self.folder)

    def wait(self) -> None:
        """Returns when web and gateway answer."""
        for process, url in ((self._web, self.url), (self._gateway, self.gateway_url)):
            until(partial(self._answers, process, url), of=f"{url} answering")

    def _answers(self, process: Process, url: str) -> bool:
        process.must_live()
        try:
            return self._pool.request("GET", f"{url}/healthz").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def start_worker(self) -> None:
        """A new worker; nobody has to wait for it: rows are the queue."""
        schedule = self.folder / "beat"
        schedule.unlink(missing_ok=True)
        (self.folder / "worker.log").unlink(missing_ok=True)
        self.worker = self._started("worker", *WORKER, "-s", str(schedule))

    def kill_worker(self) -> None:
        """kill -9."""
        assert self.worker
        self.worker.kill()

    def stop_worker(self) -> None:
        """Ends it in order."""
        if self.worker:
            self.worker.stop()

    def stop(self) -> None:
        """Ends everything."""
        self.stop_worker()
        self._gateway.stop()
        self._web.stop()

    def complaints(self) -> str:
        """What the processes' logs hold besides routine, the last lines of each."""
        routine = re.compile(r"Sending due task|Task \S+ received|\] *$|^ *$|POST /hooks|200 OK")
        found = ""
        for log in sorted(self.folder.glob("*.log")):
            lines = [line for line in log.read_text().splitlines() if not routine.search(line)]
            found += f"--- {log}\n" + "\n".join(lines[-25:]) + "\n"
        return found

    def visitor(self, person: User | None = None) -> Visitor:
        """A browser in which this person has signed in; nobody: a resident or whoever holds a link."""
        return Visitor(self.url, person)

    def stats(self) -> Json:
        """The gateway's counts."""
        return self._gateway_json("GET", "/stats")

    def control(self, **options: object) -> Json:
        """Changes how the gateway behaves: `undelivered_rate=0.2`, `dead_seconds=5`, …"""
        return self._gateway_json("POST", "/control", options)

    def reset(self) -> None:
        """The gateway forgets its messages and has no faults again."""
        self._gateway_json("POST", "/reset", {})
        self.control(rate=0.0, fail_rate=0.0, timeout_rate=0.0, reject_rate=0.0, undelivered_rate=0.0, latency=0.0)

    def messages(self, phone: str = "") -> list[Json]:
        """What the gateway took, newest first; `phone` is +86…: of that phone alone."""
        found: list[Json] = self._gateway_json("GET", f"/messages?limit=500&to={quote(phone)}")["messages"]
        return found

    def answers(self, phone: str, text: str) -> None:
        """The phone replies to the newest message it got."""
        self._gateway_json("POST", f"/phones/{quote(phone)}/reply", {"text": text})

    def rings(self, phone: str) -> Json | None:
        """The call that this phone rings or talks with now."""
        phones: list[Json] = self._gateway_json("GET", f"/phones?q={quote(phone)}")["phones"]
        return next((each["call"] for each in phones if each["number"] == phone and each.get("call")), None)

    def picks_up(self, phone: str, key: str) -> str:
        """The phone takes the call, hears it and presses a key; answers with what it heard."""
        address = f"/phones/{quote(phone)}/call"
        self._gateway_json("POST", address, {"do": "answer"})
        call = self.rings(phone)
        assert call
        self._gateway_json("POST", address, {"do": "press", "key": key})
        return str(call["text"])

    def _gateway_json(self, method: str, path: str, content: object = None) -> Json:
        body = None if content is None else json.dumps(content)
        answer = self._pool.request(method, self.gateway_url + path, body=body)
        assert answer.status < 300, answer.data.decode()
        found: Json = answer.json()
        return found
