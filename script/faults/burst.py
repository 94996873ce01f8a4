"""300 page requests at once: no 5xx, and few database connections.

Usage: burst.py URL DATABASE_URL [REQUESTS]. Prints one line of figures; exit 1 when the promise is not held.
"""

import asyncio
import collections
import sys
import threading
import time
import urllib.parse

import aiohttp
import psycopg2

PAGES = ("/p/", "/sign-in/", "/")
MOST_CONNECTIONS = 20


def connections(database_url: str, stop: threading.Event, seen: list[int]) -> None:
    """Counts the connections of the application's role, but for this one, twenty times a second."""
    parts = urllib.parse.urlsplit(database_url)
    with psycopg2.connect(
        host=urllib.parse.unquote(parts.hostname or "localhost"),
        port=parts.port or 5432,
        user=parts.username,
        password=parts.password,
        dbname=parts.path.lstrip("/"),
    ) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            while not stop.wait(0.05):
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                row = cursor.fetchone()
                seen.append(row[0] if row else 0)


async def ask(base: str, requests: int) -> collections.Counter[int]:
    """Sends all requests together; the statuses, and 0 for a request that got no answer."""
    statuses: collections.Counter[int] = collections.Counter()
    limits = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=limits, connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(path: str) -> None:
            try:
                async with session.get(base + path) as response:
                    await response.read()
                    statuses[response.status] += 1
            except (aiohttp.ClientError, TimeoutError):
                statuses[0] += 1

        await asyncio.gather(*(one(PAGES[number % len(PAGES)]) for number in range(requests)))
    return statuses


def main() -> int:
    """Runs the burst and says what was seen."""
    base, database_url = sys.argv[1].rstrip("/"), sys.argv[2]
    requests = int(sys.argv[3]) if len(sys.argv) > 3 else 300
    stop, seen = threading.Event(), list[int]()
    counter = threading.Thread(target=connections, args=(database_url, stop, seen), daemon=True)
    counter.start()
    began = time.monotonic()
    statuses = asyncio.run(ask(base, requests))
    seconds = time.monotonic() - began
    stop.set()
    counter.join(timeout=5)
    failed = sum(count for status, count in statuses.items() if status == 0 or status >= 500)
    most = max(seen, default=0)
    held = failed == 0 and most <= MOST_CONNECTIONS
    print(
        f"burst requests={requests} seconds={seconds:.1f} statuses={dict(sorted(statuses.items()))} "
        f"failed={failed} promise=0 connections={most} promise<={MOST_CONNECTIONS} {'ok' if held else 'short'}"
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
