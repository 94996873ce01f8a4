"""The speed limit an operator gives an account."""

import asyncio
import time
from collections.abc import Sequence
from itertools import accumulate

MAX_ACCOUNTS = 64


class Pace:
    """Parts a second for each account; 0 lets everything through.

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
        """Return when `count` more parts of this account are through, first come first served."""
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

    def grant(self, account: str, costs: Sequence[int], *, whole: bool = False) -> tuple[int, float]:
        """Return how many messages of these costs in parts may pass now, and the seconds until the rest may try again.

        With `whole` it is all of them or none; a bucket that is full lets any call pass, then nothing for as long as
        the call was too big.
        """
        if not self._rate:
            return len(costs), 0.0
        now = time.monotonic()
        bucket = max(self._rate, 1.0)
        clock = self._clock(account)
        full_at = max(now, self._free_at.get(clock, 0.0))
        held, owed = bucket - (full_at - now) * self._rate + 1e-6, sum(costs)
        if whole:
            granted = len(costs) if owed <= held or held >= bucket else 0
        else:
            granted = 0
            for cost in accumulate(costs):
                if cost > held:
                    break
                granted += 1
        passed = sum(costs[:granted])
        self._free_at[clock] = full_at + passed / self._rate
        missing = min(owed, bucket) - held if whole else owed - passed
        return granted, max(0.0, missing) / self._rate

    def _clock(self, account: str) -> str:
        """Name the clock of an account; strangers beyond the bound share one."""
        return account if account in self._free_at or len(self._free_at) < MAX_ACCOUNTS else ""
