"""The speed limit an operator gives an account."""

import asyncio
import time

MAX_ACCOUNTS = 64


class Pace:
    """Messages a second for each account; 0 lets everything through.

    `wait` stretches a call to the time its messages take at that rate; `grant` lets through what the bucket holds
    (one second's worth) and leaves the rest to be refused.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._free_at: dict[str, float] = {}
        self._let_go = asyncio.Event()

    def let_go(self) -> None:
        """End every waiting at once: the rate changed or the process stops."""
        self._let_go.set()

    async def wait(self, account: str, count: int) -> None:
        """Return when `count` more messages of this account are through, first come first served."""
        if not self._rate:
            return
        now = time.monotonic()
        clock = self._clock(account)
        until = max(now, self._free_at.get(clock, 0.0)) + count / self._rate
        self._free_at[clock] = until
        try:
            await asyncio.wait_for(self._let_go.wait(), until - now)
        except TimeoutError:
            return

    def grant(self, account: str, count: int) -> tuple[int, float]:
        """Return how many of `count` may pass now, and after how many seconds the rest may try again."""
        if not self._rate:
            return count, 0.0
        now = time.monotonic()
        bucket = max(self._rate, 1.0)
        clock = self._clock(account)
        full_at = max(now, self._free_at.get(clock, 0.0))
        held = int(bucket - (full_at - now) * self._rate + 1e-6)
        granted = max(0, min(count, held))
        self._free_at[clock] = full_at + granted / self._rate
        return granted, (count - granted) / self._rate

    def _clock(self, account: str) -> str:
        """Name the clock of an account; strangers beyond the bound share one."""
        return account if account in self._free_at or len(self._free_at) < MAX_ACCOUNTS else ""
