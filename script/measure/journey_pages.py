"""The coverage of one notice as the district and a sub-district ask for it, again and again, while the rest goes on."""

import threading
import time
from types import TracebackType
from typing import Any

from measure.accounted import SUBDISTRICTS
from measure.district import DISTRICT, GRIDS
from measure.lists import WARM, Client
from measure.report import Report, median, percentile

CONNECTIONS = 5  # so that every web process is met
ROUNDS = 40  # of each page, by each of the two
AREAS = {"district": DISTRICT, "sub-district": SUBDISTRICTS[0]}


def warm(port: int, cookies: dict[str, str]) -> None:
    """Some pages before the night, over several connections: no figure holds what a web process does once."""
    for cookie in cookies.values():
        for _connection in range(CONNECTIONS):
            client = Client(port, cookie)
            for _page in range(WARM // CONNECTIONS):
                client.get("/alerts/")
            client.line.close()


class Watch:
    """One open browser each. `taken`: milliseconds until a whole page was there; `queries`: of the count alone."""

    def __init__(self, port: int, notice: Any, cookies: dict[str, str]) -> None:
        self.notice = notice
        self.clients = {who: Client(port, cookie) for who, cookie in cookies.items()}
        # The section renews itself every five seconds; the page is what opens when somebody presses the notice.
        self.pages = {"section": f"/alerts/{notice.uuid}/coverage/", "page": f"/alerts/{notice.uuid}/"}
        self.taken: dict[tuple[str, str], list[float]] = {
            (who, page): [] for who in self.clients for page in self.pages
        }
        self.queries: dict[str, list[float]] = {who: [] for who in self.clients}
        self.grids = 0
        self.fault: BaseException | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._on, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        if error is None and self.fault is not None:
            raise SystemExit(f"The coverage could not be watched: {self.fault}")

    def _on(self) -> None:
        from django.db import connection

        try:
            self._once()
            while not self._over.is_set():
                self._once()
        except BaseException as error:  # told by whoever waits for this thread
            self.fault = error
        finally:
            connection.close()

    def rounds(self, count: int) -> None:
        """So many, in this thread."""
        for _round in range(count):
            self._once()

    def _once(self) -> None:
        from alerts import queries
        from territory.rules import scope_of

        for who, client in self.clients.items():
            client.line.close()  # the server hangs up on a browser that was silent for five seconds
            for page, path in self.pages.items():
                self.taken[who, page].append(client.get(path)[0] * 1000)
            began = time.monotonic()
            found = queries.coverage(self.notice, scope_of(AREAS[who]))
            self.queries[who].append((time.monotonic() - began) * 1000)
            if who == "district":
                self.grids = len(found.grids)
                if self.grids != GRIDS:
                    raise SystemExit(f"The coverage knows {self.grids} grids of {GRIDS}.")

    def worst(self) -> float:
        """The slowest page's p95 in milliseconds."""
        return max(percentile(times, 0.95) for times in self.taken.values())

    def tell(self, found: Report, when: str) -> None:
        """A row for each page, each of the two, and for the count alone."""
        for (who, page), times in self.taken.items():
            found.say(
                f"coverage {page}, {who}, {when}",
                f"p50 {median(times):.0f} ms, p95 {percentile(times, 0.95):.0f} ms of {len(times)}",
            )
        for who, times in self.queries.items():
            found.say(
                f"count alone, {who}, {when}",
                f"p50 {median(times):.0f} ms, p95 {percentile(times, 0.95):.0f} ms of {len(times)} (promise 100)",
            )
