"""C7.approve: two people sign the same notice at once, twenty threads, fifty rounds: one wins, the others are told."""

import sys
import threading
from typing import Any

from measure import district, world

ROUNDS, THREADS = 50, 20
GRID = "410403001001001"


def press(notice: Any, name: str, gate: threading.Barrier, won: list[int], told: list[str], wrong: list[str]) -> None:
    """One of them presses."""
    from django.db import connections

    from core import clock
    from core.rules import Refused

    try:
        gate.wait(timeout=30)
        district.sign(notice, clock.now(), name)
        won.append(1)
    except Refused as refused:
        told.append(refused.code)
    except Exception as error:
        wrong.append(repr(error))
    finally:
        connections.close_all()


def main() -> int:
    """All rounds."""
    world.enter()
    district.clear()
    sums = [0, 0, 0]
    codes: set[str] = set()
    for _round in range(ROUNDS):
        notice = district.submitted_notice(GRID)
        won, told, wrong = list[int](), list[str](), list[str]()
        gate = threading.Barrier(THREADS)
        names = ["signer", "deputy"] * (THREADS // 2)
        threads = [threading.Thread(target=press, args=(notice, name, gate, won, told, wrong)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        sums = [sums[0] + len(won), sums[1] + len(told), sums[2] + len(wrong)]
        codes |= {*told, *wrong}
    broadcasts = world.scalar("SELECT count(*) FROM messaging_broadcast")
    held = sums == [ROUNDS, ROUNDS * (THREADS - 1), 0] and broadcasts == ROUNDS
    print(
        f"C7.approve rounds={ROUNDS} threads={THREADS} won={sums[0]} told={sums[1]} neither={sums[2]} "
        f"broadcasts={broadcasts} words={','.join(sorted(codes))} {'ok' if held else 'short'}"
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
