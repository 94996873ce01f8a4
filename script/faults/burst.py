"""300 page requests at once: no 5xx, and few database connections.

Usage: burst.py URL DATABASE_URL NAME PASSWORD [REQUESTS]. Signs in, asks for the pages of a busy night all at once,
prints one line of figures; exit 1 when the promise is not held.
"""

import asyncio
import collections
import re
import sys
import threading
import time
import urllib.parse
from contextlib import closing

import aiohttp
import psycopg2

PAGES = ("/", "/hazards/", "/alerts/", "/assignments/", "/p/")
MOST_CONNECTIONS = 20


def connections(database_url: str, stop: threading.Event, seen: list[int]) -> None:
    """Counts the connections of the application's role, but for this one, twenty times a second."""
    parts = urllib.parse.urlsplit(database_url)
    # Not `with connect(…)`: that opens a transaction, and inside one the view shows its first answer for ever.
    opened = psycopg2.connect(
        host=urllib.parse.unquote(parts.hostname or "localhost"),
        port=parts.port or 5432,
        user=parts.username,
        password=parts.password,
        dbname=parts.path.lstrip("/"),
    )
    with closing(opened) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            while not stop.wait(0.05):
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                row = cursor.fetchone()
                seen.append(row[0] if row else 0)


async def sign_in(session: aiohttp.ClientSession, base: str, name: str, password: str) -> None:
    """A session of its own, or an end with what the page said."""
    async with session.get(f"{base}/sign-in/") as page:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', await page.text())
    fields = {"username": name, "password": password, "csrfmiddlewaretoken": found[1] if found else ""}
    async with session.post(f"{base}/sign-in/", data=fields, headers={"Referer": base}, allow_redirects=False) as page:
        if page.status != 302:
            raise SystemExit(f"Sign-in as {name} was refused ({page.status}).")


async def ask(base: str, name: str, password: str, requests: int) -> collections.Counter[int]:
    """Sends all requests together; the statuses, and 0 for a request that got no answer."""
    statuses: collections.Counter[int] = collections.Counter()
    limits = aiohttp.ClientTimeout(total=120)
    jar = aiohttp.CookieJar(unsafe=True)  # else it forgets the cookies of an address without a name
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=limits, connector=connector, cookie_jar=jar) as session:
        await sign_in(session, base, name, password)

        async def one(path: str) -> None:
            try:
                async with session.get(base + path, allow_redirects=False) as response:
                    await response.read()
                    statuses[response.status] += 1
            except (aiohttp.ClientError, TimeoutError):
                statuses[0] += 1

        await asyncio.gather(*(one(PAGES[number % len(PAGES)]) for number in range(requests)))
    return statuses


def main() -> int:
    """Runs the burst and says what was seen."""
    base, database_url, name, password = sys.argv[1].rstrip("/"), *sys.argv[2:5]
    requests = int(sys.argv[5]) if len(sys.argv) > 5 else 300
    stop, seen = threading.Event(), list[int]()
    counter = threading.Thread(target=connections, args=(database_url, stop, seen), daemon=True)
    counter.start()
    began = time.monotonic()
    statuses = asyncio.run(ask(base, name, password, requests))
    seconds = time.monotonic() - began
    stop.set()
    counter.join(timeout=5)
    failed = sum(count for status, count in statuses.items() if status == 0 or status >= 500)
    most = max(seen, default=0)
    held = failed == 0 and most <= MOST_CONNECTIONS
    print(
        f"burst requests={requests} looks={len(seen)} seconds={seconds:.1f} statuses={dict(sorted(statuses.items()))} "
        f"failed={failed} promise=0 connections={most} promise<={MOST_CONNECTIONS} {'ok' if held else 'short'}"
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
