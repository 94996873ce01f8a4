"""When messages were accepted, counted from a mark: two numbers for each call, whatever it carried."""

import time
from array import array

from .contract import LANES


class Pulse:
    """The moments of acceptance, lane by lane, in seconds since the mark."""

    def __init__(self, marked: float | None = None) -> None:
        self.marked = time.time() if marked is None else marked
        self._after = {lane: array("d") for lane in LANES}
        self._count = {lane: array("L") for lane in LANES}

    def beat(self, lane: str, now: float, count: int) -> None:
        """Note `count` messages of a lane, accepted at `now`."""
        self._after[lane].append(now - self.marked)
        self._count[lane].append(count)

    def stats(self) -> dict[str, object]:
        """Return for each lane how many there were and after how many seconds the first, p50, p95 and the last came."""
        return {lane: self._of(lane) for lane in LANES}

    def _of(self, lane: str) -> dict[str, float]:
        total = sum(self._count[lane])
        if not total:
            return {"count": 0}
        beats = sorted(zip(self._after[lane], self._count[lane], strict=True))
        found: dict[str, float] = {"count": total, "first": round(beats[0][0], 6), "last": round(beats[-1][0], 6)}
        for name, share in (("p50", 0.5), ("p95", 0.95)):
            left = share * total
            for after, count in beats:
                left -= count
                if left <= 0:
                    found[name] = round(after, 6)
                    break
        return found
