"""Receipts and replies on their way back to the platform: signed, in batches, tried until they are stored."""

import asyncio
import heapq
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import aiohttp

from .contract import MAX_REPORTS, sign

T = TypeVar("T")

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0
POST_TIMEOUT = aiohttp.ClientTimeout(total=30)
MOST_WAITING = 2_000_000
LARGEST_ANSWER = 65_536
IN_FLIGHT = 4

log = logging.getLogger("gateway")


@dataclass(slots=True)
class OutboxCounts:
    """Reports handed over, attempts that failed, and reports thrown away because too many waited."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    last_error: str = ""


class Outbox(Generic[T]):
    """A queue of reports, each due at its time; up to `in_flight` batches are under way at once, so they may overtake.

    `render` turns reports that were due at the same time into JSON objects, `done` hears which ones are stored.
    Only 200 with `{"stored": n}` counts as stored: any other answer, a proxy's page too, is tried again.
    """

    def __init__(
        self,
        name: str,
        url: str,
        secret: bytes,
        *,
        render: Callable[[Sequence[T], float], list[str]],
        done: Callable[[list[T]], None],
        first_wait: float = FIRST_WAIT_SECONDS,
        in_flight: int = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._name = name
        self._url = url
        self._secret = secret
        self._render = render
        self._done = done
        self._first_wait = first_wait
        self._queue: list[tuple[float, int, Sequence[T]]] = []
        self._clock = clock
        self._free = asyncio.Semaphore(in_flight)
        self._put = 0
        self._filled = asyncio.Event()
        self._generation = 0
        self.pending = 0
        self.counts = OutboxCounts()

    def put(self, reports: Sequence[T], due: float) -> None:
        """Queue reports that are due at a Unix time; beyond the bound they are dropped, counted and said."""
        if self.pending + len(reports) > MOST_WAITING:
            if not self.counts.dropped:
                log.error("%s: %s are waiting; dropping from now on", self._name, self.pending)
            self.counts.dropped += len(reports)
            return
        for start in range(0, len(reports), MAX_REPORTS):
            self._put += 1
            heapq.heappush(self._queue, (due, self._put, reports[start : start + MAX_REPORTS]))
        self.pending += len(reports)
        self._filled.set()

    def mark(self) -> None:
        """Count from here on; what waits stays."""
        self.counts = OutboxCounts(last_error=self.counts.last_error)

    def clear(self) -> None:
        """Forget what waits and what was counted; a batch under way is not tried again."""
        self._queue.clear()
        self._generation += 1
        self.pending = 0
        self.counts = OutboxCounts()

    def due(self, now: float) -> tuple[list[T], list[str]]:
        """Take the next batch of due reports out of the queue, with their JSON; both empty when none is due."""
        reports: list[T] = []
        rendered: list[str] = []
        while self._queue and self._queue[0][0] <= now and len(reports) + len(self._queue[0][2]) <= MAX_REPORTS:
            at, _, some = heapq.heappop(self._queue)
            reports.extend(some)
            rendered += self._render(some, at)
        return reports, rendered

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Hand over whatever falls due, until cancelled."""
        async with asyncio.TaskGroup() as flights:
            while True:
                self._filled.clear()
                await self._free.acquire()
                reports, rendered = self.due(self._clock())
                if reports:
                    flights.create_task(self._fly(session, reports, rendered))
                    continue
                self._free.release()
                wait = self._queue[0][0] - self._clock() if self._queue else None
                try:
                    await asyncio.wait_for(self._filled.wait(), wait)
                except TimeoutError:
                    continue

    async def _fly(self, session: aiohttp.ClientSession, reports: list[T], rendered: list[str]) -> None:
        try:
            await self._hand_over(session, reports, rendered)
        finally:
            self._free.release()

    async def _hand_over(self, session: aiohttp.ClientSession, reports: list[T], rendered: list[str]) -> None:
        """Post one batch until the platform has stored it, waiting twice as long after each failure."""
        generation, wait = self._generation, self._first_wait
        body = f'{{"{self._name}":[{",".join(rendered)}]}}'.encode()
        while generation == self._generation:
            problem = await self._post(session, body)
            if generation != self._generation:
                return
            if not problem:
                self.pending -= len(reports)
                self.counts.sent += len(reports)
                self.counts.last_error = ""
                self._done(reports)
                return
            self.counts.failed += 1
            if problem != self.counts.last_error:
                log.warning("%s: %s; trying again", self._name, problem)
            self.counts.last_error = problem
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def _post(self, session: aiohttp.ClientSession, body: bytes) -> str:
        """Post once; return what went wrong, or nothing when the platform has stored the batch."""
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": timestamp,
            "X-Signature": sign(self._secret, timestamp, body),
        }
        try:
            async with session.post(
                self._url, data=body, headers=headers, timeout=POST_TIMEOUT, allow_redirects=False
            ) as response:
                answer = await response.content.read(LARGEST_ANSWER)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return f"{type(error).__name__} at {self._url}"
        if response.status != 200:
            return f"HTTP {response.status} from {self._url}"
        try:
            stored = json.loads(answer)
        except ValueError:
            stored = None
        if not isinstance(stored, dict) or not isinstance(stored.get("stored"), int):
            return f'no {{"stored": n}} in the answer of {self._url}'
        return ""
