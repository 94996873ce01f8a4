"""What happens to duties, and what it means for presence."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from assignments.enums import Means, Verb
from assignments.models import Assignment
from assignments.signals import assignment_changed
from dutyroster import actions
from dutyroster.enums import CheckMeans
from dutyroster.rules.attendance import ROLL_CALL, STAND_IN, TAKE_POST

BY_LINK = {Means.LINK: CheckMeans.LINK, Means.PHONE_CALL: CheckMeans.ON_BEHALF}


@receiver(assignment_changed)
def word_about_presence(
    sender: Any, verb: Verb, assignment: Assignment, by: User | None, now: datetime, **kwargs: Any
) -> None:
    """An answer by page or link to a duty of this app; what the app has reported itself comes by no person's means."""
    if assignment.kind not in (TAKE_POST.name, STAND_IN.name, ROLL_CALL.name):
        return
    word = assignment.events.order_by("-pk").first()
    if word is None or word.means == Means.SYSTEM:
        return
    means = BY_LINK.get(Means(word.means), CheckMeans.PAGE)
    actions.heard(
        assignment=assignment, verb=verb, by=by, now=now, occurred_at=word.occurred_at, means=means, note=word.note
    )
