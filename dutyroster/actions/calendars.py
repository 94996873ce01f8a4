"""Secret addresses for calendars."""

import secrets
from datetime import datetime

from accounts.models import User
from core.audit import act
from dutyroster.actions.posts import refusal
from dutyroster.enums import Objection
from dutyroster.models import CalendarLink, DutyPost


def open_calendar(*, by: User, now: datetime, post: DutyPost | None = None) -> CalendarLink:
    """Makes the address under which a calendar reads one's own shifts, or those of a post that one keeps.

    One made before stops to open: a new address is asked for when the old one has come into wrong hands.
    """
    if post is not None and not by.scope_for("roster.edit").covers(post.area_code):
        raise refusal(Objection.OUTSIDE)
    with act("dutyroster.calendar.open", by=by.actor):
        person = by if post is None else None
        CalendarLink.objects.filter(person=person, post=post, revoked_at__isnull=True).update(
            revoked_at=now, updated_at=now
        )
        return CalendarLink.objects.create(person=person, post=post, secret=secrets.token_urlsafe(24), made_by=by)


def close_calendar(*, link: CalendarLink, by: User, now: datetime) -> None:
    """The address opens no more."""
    area = link.post.area_code if link.post else ""
    if link.person_id != by.pk and not (area and by.scope_for("roster.edit").covers(area)):
        raise refusal(Objection.OUTSIDE)
    with act("dutyroster.calendar.close", by=by.actor):
        CalendarLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=now, updated_at=now)
