"""N workers against paced gateways: how long a warning to a city and to a province takes, played batch by batch.

`python -m measure.curve [--worker MS] [--database MS] [--cores N] [--round-trip MS] [--account RATE]`. Costs are of
a batch of 500, measured by `script/bench fanout`. Nothing is sent: a heap of workers, a database that works off so many
statements at once, accounts that take so many messages a second.
"""

import argparse
import heapq

BATCH = 500
# Households with one mobile each; 2.7 people a household.
PLACES = (("district", 100_000), ("city of 3 million", 1_110_000), ("province of 98 million", 36_300_000))
WORKERS = (1, 2, 4, 8, 16, 32, 64)
MOST_BATCHES = 6_000  # of a larger place so many are played and the rest goes on at their pace


def play(messages: int, workers: int, costs: argparse.Namespace, accounts: int) -> float:
    """Seconds until the last message of so many is recorded."""
    batches = -(-messages // BATCH)
    played = min(batches, MOST_BATCHES)
    free = [0.0] * workers  # when each worker takes its next batch
    heapq.heapify(free)
    database = [0.0] * costs.cores  # when each core of the database is free
    heapq.heapify(database)
    gate = [0.0] * accounts  # until when each account is at its pace
    last = half = 0.0
    for number in range(played):
        began = heapq.heappop(free)
        ready = max(began, heapq.heappop(database)) + costs.database / 1000
        heapq.heappush(database, ready)
        sent = ready + costs.worker / 1000
        if costs.account:
            place = min(range(accounts), key=gate.__getitem__)
            gate[place] = sent = max(sent, gate[place]) + BATCH / costs.account
        last = max(last, sent + costs.round_trip / 1000)
        heapq.heappush(free, sent + costs.round_trip / 1000)
        if number == played // 2:
            half = last
    if played == batches:
        return last
    return last + (batches - played) * (last - half) / (played - played // 2 - 1)


def main() -> None:
    """The table."""
    options = argparse.ArgumentParser(prog="measure.curve", description=__doc__)
    options.add_argument("--worker", type=float, default=15.0, help="ms of a worker's CPU a batch")
    options.add_argument("--database", type=float, default=15.0, help="ms of a database core a batch, claim and record")
    options.add_argument("--cores", type=int, default=2, help="cores of the database")
    options.add_argument("--round-trip", type=float, default=50.0, help="ms until a provider has answered a batch")
    options.add_argument("--account", type=float, default=5_000.0, help="messages a second of an account; 0 unlimited")
    costs = options.parse_args()
    for accounts in (1, 2, 4):
        print(f"\n{accounts} account(s) of {costs.account:.0f}/s, database with {costs.cores} cores; seconds")
        print(f"{'workers':>8}" + "".join(f"{name:>26}" for name, _ in PLACES))
        for workers in WORKERS:
            cells = (play(messages, workers, costs, accounts) for _, messages in PLACES)
            print(f"{workers:>8}" + "".join(f"{seconds:>26,.0f}" for seconds in cells))


if __name__ == "__main__":
    main()
