"""How accounts do: written when it changes, so that all workers and the board know it."""

import time

from django.db import connection

from messaging import rules

_SAID_EVERY = 5.0  # seconds between two notes of one process that an account is well
_said: dict[str, float] = {}


def note_success(account: rules.Account) -> None:
    """The account took a batch: it is well, and goes first again."""
    if not account.failures and time.monotonic() - _said.get(account.name, -_SAID_EVERY) < _SAID_EVERY:
        return
    _said[account.name] = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(_WELL, [account.name])


def note_failure(account: rules.Account, code: str) -> None:
    """The account did not take a batch at all: the next one of its channel goes first for a while."""
    _said.pop(account.name, None)
    with connection.cursor() as cursor:
        cursor.execute(_ILL, [account.name, rules.rest_after(account.failures + 1), code[:40]])


_WELL = """
INSERT INTO messaging_accountstate (account, failures, last_success, error) VALUES (%s, 0, clock_timestamp(), '')
    ON CONFLICT (account) DO UPDATE
   SET failures = 0, rests_until = NULL, last_success = clock_timestamp(), error = ''
"""

_ILL = """
INSERT INTO messaging_accountstate (account, failures, rests_until, last_failure, error)
VALUES (%s, 1, clock_timestamp() + make_interval(secs => %s), clock_timestamp(), %s)
    ON CONFLICT (account) DO UPDATE
   SET failures = messaging_accountstate.failures + 1, rests_until = EXCLUDED.rests_until,
       last_failure = EXCLUDED.last_failure, error = EXCLUDED.error
"""
