"""What happens elsewhere and matters to sites and inspections."""

from datetime import datetime
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User
from accounts.signals import person_replaced
from assignments.enums import Verb
from assignments.models import Assignment
from assignments.rules import RECTIFY
from assignments.signals import assignment_changed
from core import clock
from core.models import Media
from hazards import actions
from hazards.rules import CITIZEN_REQUEST, PATROL


@receiver(post_save, sender=Media)
def complete_inspections(sender: Any, instance: Media, created: bool, **kwargs: Any) -> None:
    """A photograph has arrived: the visits that announced it get it in the same transaction."""
    if created:
        actions.photo_arrived(media=instance, now=clock.now())


@receiver(person_replaced)
def move_responsibilities(
    sender: Any, leaver: User, successor: User, area_code: str, by: User, now: datetime, **kwargs: Any
) -> None:
    """Whoever replaces a person answers for the sites that person answered for there."""
    actions.replace_responsible(leaver=leaver, successor=successor, area_code=area_code, by=by, now=now)


@receiver(assignment_changed)
def follow_duty(sender: Any, verb: str, assignment: Assignment, by: User | None, now: datetime, **kwargs: Any) -> None:
    """The duty of mending a finding has moved, or that of a patrol was withdrawn."""
    if assignment.kind == RECTIFY.name:
        actions.follow_duty(assignment=assignment, verb=verb, by=by, now=now)
    elif assignment.kind == CITIZEN_REQUEST.name:
        actions.follow_request(assignment=assignment, verb=verb, now=now)
    elif assignment.kind == PATROL.name and verb == Verb.CANCEL:
        actions.follow_patrol(assignment=assignment, now=now)
