"""What is said at a step of a ladder: the blanks of one message, however many duties it is about."""

from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from assignments.actions.ladder_rows import Due
from assignments.actions.notify import clock_of, titled
from assignments.enums import ASKED, CALLED, CALLED_FOR, REMINDED, TOLD, UNVERIFIED, State, Way, Who
from assignments.rules import link_token

_LINK, _PAGE = "LINK", "11111111-1111-1111-1111-111111111111"


def text_of(who: Who, way: Way, state: str) -> str:
    """The message id of what is said at a step."""
    if who == Who.ASSIGNEE:
        return CALLED if way == Way.VOICE else REMINDED
    if way == Way.VOICE:
        return CALLED_FOR
    if state == State.REPORTED:
        return UNVERIFIED
    return ASKED if who == Who.DEPUTY else TOLD


def own(rows: Sequence[Due]) -> dict[str, str]:
    """The blanks for whoever owes these duties."""
    first = rows[0] if len(rows) == 1 else min(rows, key=lambda row: (row.due_at, row.duty))
    # A person with an account finds several in his list; without one the link of the first due is all he has.
    link = _mine() if len(rows) > 1 and first.assignee else _task_link(first)
    return {
        "title": titled(first.title, len(rows)),
        "due": _due(first.due_at),
        "link": link,
    }


def others(rows: Sequence[Due]) -> dict[str, str]:
    """The blanks for whoever is told of duties that somebody else owes."""
    first = rows[0] if len(rows) == 1 else min(rows, key=lambda row: (row.due_at, row.duty))
    link = _late_list() if len(rows) > 1 else _page_link().replace(_PAGE, first.uuid)
    return {
        "title": titled(first.title, len(rows)),
        "who": first.assignee_name,
        "due": _due(first.due_at),
        "link": link,
    }


def step_note(number: int, who: Who, names: Sequence[str], way: Way, asked: Way) -> str:
    """The history's words for a step: its number, who was told, and how where it was not by SMS."""
    people = "、".join(names)
    if who == Who.DEPUTY and names:
        people = gettext("deputy %(names)s") % {"names": people}
    elif who != Who.ASSIGNEE and not names:
        people = gettext("nobody could be told")
    parts = [people] if people and (who != Who.ASSIGNEE) else []
    if asked == Way.VOICE:
        parts.append(gettext("by telephone call") if way == Way.VOICE else gettext("no call could be made: by SMS"))
    return f"{number} {' · '.join(parts)}".strip()


_due = lru_cache(maxsize=4096)(clock_of)


# Looked up once: resolving a route ten thousand times takes longer than everything else a step does.
@lru_cache(maxsize=1)
def _task_page() -> str:
    return reverse("task_link", args=[_LINK])


@lru_cache(maxsize=1)
def _mine() -> str:
    return settings.PUBLIC_URL + reverse("assignments:mine")


@lru_cache(maxsize=1)
def _late_list() -> str:
    return _mine() + "?tab=area&state=late"


@lru_cache(maxsize=1)
def _page_link() -> str:
    return settings.PUBLIC_URL + reverse("assignments:detail", args=[_PAGE])


def _task_link(row: Due) -> str:
    if not row.link_nonce:
        return str(settings.PUBLIC_URL)
    token = link_token(row.duty, row.link_nonce, secret=settings.SECRET_KEY)
    return settings.PUBLIC_URL + _task_page().replace(_LINK, token)
