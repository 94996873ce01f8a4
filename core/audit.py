"""One act: one transaction, with its verb and its actor written beside every row it changes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
from django.db import transaction

from core.rules import Actor


@contextmanager
def act(verb: str, *, by: Actor) -> Iterator[None]:
    """Opens the transaction of an action and names it in the history of every tracked table it touches.

    `verb` is `app.noun.verb` ("hazards.site.register"). Everything inside is kept or nothing is.
    """
    with pghistory.context(verb=verb, actor=by.id, actor_name=by.name), transaction.atomic():
        yield
