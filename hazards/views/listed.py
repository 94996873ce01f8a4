"""A part of a long list on a page that shows more besides it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest


@dataclass(frozen=True)
class Listed:
    """A part of a list, how many there are in all, and the address of the next part; empty: there is none."""

    rows: list[Any]
    count: int
    next_url: str


def listed(request: HttpRequest, name: str, rows: QuerySet[Any] | Sequence[Any], *, size: int) -> Listed:
    """The part that begins where the address says under `name`, which is also the part's place on the page.

    What is done with moves the rest forward: where nothing is left there, the list begins anew. One statement, two
    where there is more than is shown.
    """
    asked = request.GET.get(name, "")[:9]
    start = int(asked) if asked.isdecimal() else 0
    found = list(rows[start : start + size + 1])
    if start and not found:
        start, found = 0, list(rows[: size + 1])
    if start == 0 and len(found) <= size:
        return Listed(found, len(found), "")
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    more = f"?{urlencode({name: start + size})}#{name}" if len(found) > size else ""
    return Listed(found[:size], count, more)
