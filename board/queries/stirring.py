"""Which of the board's lists can have anything in them.

On most days nobody calls for help, no road is closed and no paper waits. One statement says so of all of them, where
each empty list took one of its own every ten seconds on every screen; what it names is asked in full, with its areas
and its rules.
"""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from alerts.enums import Way
from alerts.models import Signature, WarningFeed
from assignments.models import UnclaimedReply
from command.models import Closure, Danger, HelpRequest, UndergroundSpace
from supplies.enums import IssueState
from supplies.models import Issue


def stirring() -> frozenset[str]:
    """The names of the lists with an open row anywhere, in whatever area: more than any of them shows, never less."""
    names, sql, params = _statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return frozenset(name for name, found in zip(names, cursor.fetchone(), strict=True) if found)


@cache
def _statement() -> tuple[tuple[str, ...], str, tuple[Any, ...]]:
    rows: dict[str, QuerySet[Any]] = {
        "help": HelpRequest.objects.filter(closed_at__isnull=True),
        "dangers": Danger.objects.filter(closed_at__isnull=True),
        "closures": Closure.objects.filter(reopened_at__isnull=True),
        "underground": UndergroundSpace.objects.filter(ended_at__isnull=True),
        "oral": Signature.objects.filter(way=Way.ORAL, countersigned_at__isnull=True),
        "issues": Issue.objects.filter(state=IssueState.REQUESTED),
        "replies": UnclaimedReply.objects.filter(settled_at__isnull=True),
        "feeds": WarningFeed.objects.filter(is_on=True),
    }
    asked = [each.order_by().values("pk").query.sql_with_params() for each in rows.values()]
    sql = ", ".join(f"EXISTS ({statement})" for statement, _params in asked)
    return tuple(rows), f"SELECT {sql}", tuple(value for _statement, params in asked for value in params)
