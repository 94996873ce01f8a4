"""意见反馈."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import Feedback, User
from core.audit import act
from core.rules import Refused

MOST_AN_HOUR = 5


def give_feedback(*, by: User, text: str, page: str, now: datetime) -> Feedback:
    """Stores a line for the administrator. Raises Refused for an empty one and after five in an hour."""
    text = text.strip()
    if not text:
        raise Refused("feedback.empty", _("Write what you want to tell us."), field="text")
    with act("accounts.feedback.give", by=by.actor):
        # Locks the person, so that two presses at once are counted one after the other.
        User.objects.select_for_update().get(pk=by.pk)
        recent = Feedback.objects.filter(by=by, said_at__gt=now - timedelta(hours=1)).count()
        if recent >= MOST_AN_HOUR:
            raise Refused("feedback.too_many", _("That was much at once: write again in an hour."), field="text")
        return Feedback.objects.create(by=by, text=text[:1000], page=page[:200], said_at=now)
