"""Switching an account off and on again."""

from datetime import datetime

from django.db import connection

from core.audit import act
from core.rules import Actor
from messaging import queries, rules
from messaging.actions.self_test import refuse
from messaging.enums import AccountObjection as Objection
from messaging.models import AccountSwitch


def switch_off(*, account: str, reason: str, by: Actor, now: datetime, confirmed: bool = False) -> AccountSwitch:
    """Nothing goes through this account any more, from the next batch on; what it took is unaffected.

    Raises Refused: account_unknown, account_reason, and account_last where no other account of its channel works,
    unless `confirmed`.
    """
    words = reason.strip()[:200]
    with act("messaging.account.switch_off", by=by):
        # Two people who switch off one each must not leave nobody: the second sees what the first did.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('messaging.switch'))")
        of_channel = next(
            (found for found in queries.known_accounts().values() if account in [one.name for one in found]), None
        )
        if of_channel is None:
            raise refuse(Objection.UNKNOWN)
        if not words:
            raise refuse(Objection.REASON, field="reason")
        tests = queries.newest_tests()
        standings = [queries.standing(one, tests.get(one.name)) for one in of_channel]
        if rules.leaves_nobody(standings, account) and not confirmed:
            raise refuse(Objection.LAST, field="confirmed")
        row, _new = AccountSwitch.objects.get_or_create(account=account)
        if row.off_since is None:
            row.off_since, row.reason, row.by_name = now, words, by.name
            row.save()
    return row


def switch_on(*, account: str, by: Actor) -> AccountSwitch | None:
    """The account takes its turn again; None when it was never switched off."""
    with act("messaging.account.switch_on", by=by):
        row = AccountSwitch.objects.select_for_update().filter(account=account).first()
        if row is not None and row.off_since is not None:
            row.off_since, row.reason, row.by_name = None, "", by.name
            row.save()
    return row
