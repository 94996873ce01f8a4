"""What happens elsewhere and concerns notices and warnings."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from alerts import actions, queries
from alerts.rules import AUTHORISED_USE, WARNING_CALL
from assignments.enums import Verb
from assignments.models import Assignment
from assignments.signals import assignment_changed
from core import clock
from messaging.models import Broadcast, Reply
from messaging.signals import codes_asked, cries_asked, replies_end, replies_stored


@receiver(codes_asked)
def name_signers(sender: Any, numbers: set[str], now: datetime, **kwargs: Any) -> set[str]:
    """Signers add their code to what they answer."""
    return queries.numbers_called(numbers, now)


@receiver(cries_asked)
def name_crying(sender: Any, said: set[tuple[str, str]], **kwargs: Any) -> set[str]:
    """Households that may ask for help. Whoever owes a duty may mean that: his answers count in their order."""
    return queries.may_cry(said)


@receiver(replies_stored)
def take_replies(sender: Any, replies: list[Reply], **kwargs: Any) -> None:
    """Households answer by SMS; signers by SMS or by key."""
    actions.take_signatures(replies=replies)
    actions.take_replies(replies=replies)


@receiver(replies_stored)
def take_subscribers(sender: Any, replies: list[Reply], **kwargs: Any) -> None:
    """Subscribers want no more, or ask for help."""
    actions.take_stops(replies=replies)
    actions.take_cries(replies=replies)


@receiver(assignment_changed)
def take_answer(sender: Any, verb: Verb, assignment: Assignment, by: User | None, now: datetime, **kwargs: Any) -> None:
    """Whoever a warning calls out has done what is asked when he answers."""
    if assignment.kind == WARNING_CALL.name and verb in (Verb.ACKNOWLEDGE, Verb.START):
        actions.answer_call(assignment=assignment, by=by, now=now)
    if assignment.kind == AUTHORISED_USE.name and verb in (Verb.ACKNOWLEDGE, Verb.START):
        actions.hear_of_use(assignment=assignment, by=by, now=now)


@receiver(replies_end)
def freeze_counts(sender: Any, broadcast: Broadcast, **kwargs: Any) -> None:
    """The messages of an old notice are about to be destroyed: its households keep what became of them."""
    actions.freeze_counts(broadcast=broadcast, now=clock.now())
