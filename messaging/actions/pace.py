"""Token buckets: how much of an account a worker may use now. In rows, so that all workers share them."""

from django.db import connection

from messaging import rules


def take(account: rules.Account, lane: str, *, most: int) -> tuple[int, float]:
    """Takes up to `most` parts of a lane's bucket: (how many, seconds to wait when none). Unlimited costs nothing."""
    rate = rules.rate_of(account, lane)
    if not rate:
        return most, 0.0
    with connection.cursor() as cursor:
        for _attempt in range(2):
            cursor.execute(
                _TAKE,
                {
                    "name": rules.bucket_name(account, lane),
                    "rate": rate,
                    "burst": rules.burst_of(rate),
                    "most": most,
                    "least": min(most, rules.least_take(rate)),
                },
            )
            if row := cursor.fetchone():
                taken, left = row
                return int(taken), 0.0 if taken else max(0.0, (min(most, rules.least_take(rate)) - left) / rate)
            cursor.execute(_FIRST, [rules.bucket_name(account, lane), rules.burst_of(rate)])
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
