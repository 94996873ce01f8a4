"""Token buckets: how much of an account a worker may use now. In rows, so that all workers share them."""

import hashlib

from django.db import connection

from messaging import rules


def take(account: rules.Account, lane: str, *, most: int) -> tuple[int, float]:
    """Takes up to `most` parts of a lane's bucket: (how many, seconds to wait when none). Unlimited costs nothing."""
    rate = rules.rate_of(account, lane)
    if not rate:
        return most, 0.0
    least = min(most, rules.least_take(rate))
    return _take(rules.bucket_name(account, lane), rate, rules.burst_of(rate), most=most, least=least)


def take_of_address(account: rules.Account, address: str) -> float:
    """Takes one message of a group robot's bucket: 0, or the seconds to wait. The robot's address stays out of it."""
    name = f"{account.name}@{hashlib.sha256(address.encode()).hexdigest()[:24]}"
    taken, wait = _take(name, rules.ROBOT_RATE, rules.ROBOT_BURST, most=1, least=1)
    return 0.0 if taken else max(wait, 0.1)


def _take(name: str, rate: float, burst: float, *, most: int, least: int) -> tuple[int, float]:
    given: dict[str, str | float] = {"name": name, "rate": rate, "burst": burst, "most": most, "least": least}
    with connection.cursor() as cursor:
        for _attempt in range(2):
            cursor.execute(_TAKE, given)
            if row := cursor.fetchone():
                taken, left = row
                return int(taken), 0.0 if taken else max(0.0, (least - left) / rate)
            cursor.execute(_FIRST, [name, burst])
    return 0, 1 / rate


def settle(account: rules.Account, lane: str, *, taken: int, used: int) -> None:
    """Books the difference when a batch used more parts than were taken, or fewer. The bucket may owe."""
    if taken != used and rules.rate_of(account, lane):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE messaging_pacebucket SET tokens = tokens + %s WHERE name = %s",
                [taken - used, rules.bucket_name(account, lane)],
            )


_FIRST = """
INSERT INTO messaging_pacebucket (name, tokens, filled_at) VALUES (%s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
"""

# The row is locked before the clock is read: of two workers neither fills by time that the other has filled already.
_TAKE = """
WITH mine AS MATERIALIZED (
    SELECT name, tokens, filled_at FROM messaging_pacebucket WHERE name = %(name)s FOR NO KEY UPDATE
), filled AS MATERIALIZED (
    SELECT name, GREATEST(clock_timestamp(), filled_at) AS at,
           LEAST(%(burst)s, tokens + %(rate)s * GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - filled_at)))
               AS tokens
      FROM mine
)
UPDATE messaging_pacebucket b
   SET tokens = filled.tokens - granted.parts, filled_at = filled.at
  FROM filled, LATERAL (SELECT CASE WHEN filled.tokens >= %(least)s
                                    THEN LEAST(floor(filled.tokens), %(most)s) ELSE 0 END AS parts) granted
 WHERE b.name = filled.name
RETURNING granted.parts, b.tokens
"""
