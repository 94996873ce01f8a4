"""`script/bench lists`: B7, pages, lists and maps over 105 and over 100,000 dangerous places, as a sub-district's
officer sees them; 200 requests each after 20 warm ones, one client, the real web process.
"""

import http.client
import re
import sys
import time
from html import unescape
from typing import Any

from measure import options, report, sites, world
from measure.report import Report, median, percentile
from measure.sweep import LARGE, SMALL, Counting
from measure.world import World, execute

STREET = "410403001"
WARM = 20
VIEWS = 5  # of a map, each without any cache
LIST = "/api/v1/hazards/sites/?limit=50"
FLOOR = "SELECT code, name, kind FROM hazards_hazardsite WHERE area_code LIKE %s ORDER BY code LIMIT 50"


def officer() -> Any:
    """Somebody on duty in one sub-district, and the cookie of the session that he has signed in with."""
    from accounts.enums import Role
    from accounts.models import RoleHeld, User
    from core import clock

    now = clock.now()
    person = User.objects.create_user("street", None, name="street", activated_at=now)
    RoleHeld.objects.create(user=person, role=Role.SUBDISTRICT_OFFICER, area_code=STREET, since=now)
    return person, signed_in(person)


def signed_in(person: Any) -> str:
    """The cookie of a session that a person has signed in with."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


class Client:
    """One browser's connection, kept open."""

    def __init__(self, port: int, cookie: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = cookie

    def get(self, path: str) -> tuple[float, bytes]:
        """Seconds until the whole answer is there, and the answer."""
        began = time.monotonic()
        self.line.request("GET", path, headers={"Cookie": self.cookie})
        answer = self.line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} was answered {answer.status}.")
        return time.monotonic() - began, body

    def times(self, path: str, count: int) -> list[float]:
        """Milliseconds of so many requests, those that warm up left out."""
        for _try in range(WARM):
            self.get(path)
        return [self.get(path)[0] * 1000 for _try in range(count)]

    def view(self, path: str) -> tuple[float, int, int]:
        """Milliseconds of everything that the maps of a page ask for when it opens; how many asks, how many bytes.

        Our maps ask for the same at every zoom, so that one view stands for all.
        """
        page = self.get(path)[1].decode()
        chips = re.findall(r"<[^>]*data-map-layer[^>]*>", page)
        urls = [
            unescape(url)
            for chip in chips
            if 'aria-pressed="true"' in chip
            for url in re.findall(r'data-url="([^"]+)"', chip)
        ]
        answers = [self.get(url) for url in urls]
        return (
            sum(seconds for seconds, _body in answers) * 1000,
            len(urls),
            sum(len(body) for _seconds, body in answers),
        )


def statements(person: Any, path: str) -> int:
    """How many statements a page runs, counted in this process."""
    from django.db import connection
    from django.test import Client as Inside

    inside, counting = Inside(SERVER_NAME="127.0.0.1"), Counting()
    inside.force_login(person)
    inside.get(path)
    with connection.execute_wrapper(counting):
        if inside.get(path).status_code != 200:
            raise SystemExit(f"{path} did not open.")
    return counting.statements


def main() -> None:
    """Both sizes; the promises stand for the larger."""
    from django.core.management import call_command

    given = options.read(sys.argv[1:])
    found = Report("lists")
    count = 40 * given.tries
    with World() as here:
        world.enter()
        call_command("collectstatic", interactive=False, verbosity=0)
        here.web()
        person, cookie = officer()
        report.headline("lists", requests=count, warm=WARM)
        pages = {"board": "/", "register": "/hazards/", "round": "", "findings": "/hazards/findings/"}
        ran: dict[str, list[int]] = {}
        worst: dict[str, float] = {}
        for number in (SMALL, LARGE):
            opened = sites.fill(number)
            pages["round"] = f"/hazards/rounds/{opened.pk}/"
            client = Client(here.web_port, cookie)
            for name, path in {**pages, "list": LIST}.items():
                taken = client.times(path, count)
                worst[name] = percentile(taken, 0.95)
                ran.setdefault(name, []).append(statements(person, path))
                found.say(
                    f"B7 {name} over {number} sites",
                    f"p50 {median(taken):.0f} ms, p95 {worst[name]:.0f} ms, {ran[name][-1]} statements",
                )
            for name in ("board", "register"):
                views = [client.view(pages[name]) for _try in range(VIEWS)]
                worst[f"map of the {name}"] = percentile([one[0] for one in views], 0.95)
                found.say(
                    f"B7 map of the {name} over {number} sites",
                    f"{worst[f'map of the {name}']:.0f} ms a view, {views[0][1]} requests, {views[0][2] / 1024:.0f} kB",
                )
        began = time.monotonic()
        execute(FLOOR, [f"{STREET}%"])
        found.say("B7 floor: the bare list of 50", f"{(time.monotonic() - began) * 1000:.0f} ms with its connection")
        for name in pages:
            found.promise(f"B7.{name}", "p95_ms", worst[name], "<=", 150, digits=0)
        found.promise("B7.list", "p95_ms", worst["list"], "<=", 50, digits=0)
        for name in ("board", "register"):
            found.promise(f"B7.map_{name}", "ms", worst[f"map of the {name}"], "<=", 300, digits=0)
        found.promise("B7.statements", "more", max(many - few for few, many in ran.values()), "<=", 0, digits=0)
    report.finish(found)


if __name__ == "__main__":
    main()
