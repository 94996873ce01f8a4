"""Shifts as calendars read them (RFC 5545)."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from dutyroster.models import CalendarLink, DutyPost, Shift
from dutyroster.queries.facts import span_of
from dutyroster.rules import served_until

PAST, COMING = timedelta(days=30), timedelta(days=180)


def link_by_secret(secret: str) -> CalendarLink | None:
    """The link that somebody's calendar reads, None once it is revoked. One statement."""
    rows = CalendarLink.objects.select_related("person", "post")
    found = rows.filter(secret=secret, revoked_at__isnull=True).first()
    return None if found is None or (found.person and not found.person.is_active) else found


def links_of(person: User, posts: QuerySet[DutyPost]) -> list[CalendarLink]:
    """A person's own link and those of the posts that he keeps, the ones that still open. One statement."""
    rows = CalendarLink.objects.select_related("post").filter(revoked_at__isnull=True)
    return list((rows.filter(person=person) | rows.filter(post__in=posts)).order_by("post__order", "pk"))


def calendar_path(link: CalendarLink) -> str:
    """The address of a calendar, without host."""
    return reverse("dutyroster:calendar", args=[link.secret])


def calendar_text(link: CalendarLink, *, now: datetime) -> bytes:
    """The shifts of the last month and the coming half year. Two statements.

    A shift keeps its UID for ever. One that was superseded before it began is CANCELLED with a higher SEQUENCE; one
    that was cut while it ran ends at that moment.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//weidong_ops//duty roster//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", link.person.name if link.person else link.post.name if link.post else "")
    shifts = Shift.objects.filter(
        published_at__isnull=False, during__overlap=(now - PAST, now + COMING)
    ).select_related("post", "person")
    shifts = shifts.filter(person=link.person) if link.person else shifts.filter(post=link.post)
    for shift in shifts.order_by("during", "pk"):
        calendar.add_component(_event(shift, for_person=link.person is not None))
    return bytes(calendar.to_ical())


def _event(shift: Shift, *, for_person: bool) -> icalendar.Event:
    counted = served_until(span_of(shift), shift.superseded_at)
    shown = counted or span_of(shift)
    event = icalendar.Event()
    event.add("uid", f"shift-{shift.uuid}@{urlsplit(settings.PUBLIC_URL).hostname or settings.INSTALLATION}")
    # Each change a calendar must hear of counts once: publication is 0, being superseded is one more.
    event.add("sequence", shift.sequence)
    event.add("dtstamp", shift.superseded_at or shift.published_at)
    event.add("dtstart", shown.start)
    event.add("dtend", shown.end)
    event.add("summary", _("Duty: %(what)s") % {"what": shift.post.name if for_person else shift.person.name})
    event.add("location", shift.post.phone)
    event.add("status", "CANCELLED" if counted is None else "CONFIRMED")
    return event
