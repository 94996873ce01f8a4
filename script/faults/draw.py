"""Twenty people draw the last unit of a lot at the same moment, again and again, through PostgreSQL as it is.

Usage: draw.py [ROUNDS] [THREADS], with the settings of the tests in the environment. Works in a database of its own,
because rows of the ledger cannot be taken away again. Prints one line; exit 1 when a unit was drawn twice or never,
or a balance fell below 0.
"""

import os
import sys
import threading
from decimal import Decimal
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weidong_ops.settings_test")
django.setup()

from django.db import connection, connections  # noqa: E402  (after the settings)

from accounts.models import User  # noqa: E402
from core import clock  # noqa: E402
from core.rules import Refused  # noqa: E402
from supplies import actions, queries  # noqa: E402
from supplies.models import Balance, Store, SupplyItem  # noqa: E402
from tests.casts import make_areas, make_cast  # noqa: E402

ROUNDS, THREADS = 50, 20


def draw(store: Store, item: SupplyItem, by: User, gate: threading.Barrier, won: list[int], told: list[int]) -> None:
    """One of them presses."""
    try:
        gate.wait(timeout=20)
        actions.issue_now(store=store, quantities={item.pk: Decimal(1)}, to_whom="抢险队", by=by, now=clock.now())
        won.append(1)
    except Refused:
        told.append(1)
    finally:
        connections.close_all()


def play(rounds: int, count: int) -> bool:
    """All rounds; True when each unit went to exactly one of them and all the others were told."""
    make_areas()
    keeper = make_cast().storekeeper
    store = Store.objects.create(code="C7", name="示例仓库", area_code="410403")
    item = SupplyItem.objects.create(code="C7", name="潜水泵", unit="台")
    won_in_all, told_in_all = 0, 0
    for _round in range(rounds):
        actions.receive(store=store, item=item, quantity=Decimal(1), by=keeper, now=clock.now())
        won: list[int] = []
        told: list[int] = []
        gate = threading.Barrier(count)
        threads = [threading.Thread(target=draw, args=(store, item, keeper, gate, won, told)) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        won_in_all, told_in_all = won_in_all + len(won), told_in_all + len(told)
    negative = Balance.objects.filter(quantity__lt=0).count() + len(queries.unbalanced())
    held = (won_in_all, told_in_all, negative) == (rounds, rounds * (count - 1), 0)
    words = "ok" if held else "short"
    print(f"C7.draw rounds={rounds} won={won_in_all} lost={told_in_all} negative={negative} {words}")
    return held


def main() -> int:
    """Makes the database, plays, removes it."""
    rounds, count = [*map(int, sys.argv[1:3]), *(ROUNDS, THREADS)[len(sys.argv[1:3]) :]]
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return 0 if play(rounds, count) else 1
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
