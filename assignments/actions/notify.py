"""Tells people about their duties: one broadcast for many, each with his own link."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from assignments import queries
from assignments.models import Assignment
from assignments.rules import Kind
from core.rules import Actor, Refused
from messaging import actions as messages
from messaging.enums import Channel, Lane
from messaging.models import Broadcast

logger = logging.getLogger(__name__)


def lane_of(kind: Kind) -> Lane:
    """The lane in which people hear of this kind."""
    return Lane.ALARM if kind.urgent else Lane.BULK


@dataclass(frozen=True, slots=True)
class Reached:
    """Where the word about a duty goes: the person, None when he has no account, and his telephone."""

    person: int | None
    contact_point: int


def reach(duties: Sequence[Assignment]) -> dict[int, Reached]:
    """Where each of these duties' assignees is reached, by duty; missing where nobody is. One statement."""
    telephones = queries.first_contacts(
        duty.assignee_id for duty in duties if duty.assignee_id and not duty.contact_point_id
    )
    found = {}
    for duty in duties:
        if point := duty.contact_point_id or telephones.get(duty.assignee_id or 0):
            found[duty.pk] = Reached(duty.assignee_id, point)
    return found


def notify(
    text: str,
    duties: Sequence[Assignment],
    *,
    by: Actor,
    now: datetime,
    key: str,
    lane: Lane,
    reached: Mapping[int, Reached] | None = None,
) -> Broadcast | None:
    """Sends `text` to whoever owes these duties, one message a telephone however many he owes.

    `text` is a message id with {title}, {due} and {link}. None when nobody among them has a telephone.
    """
    places = reach(duties) if reached is None else reached
    owed: dict[int, list[Assignment]] = {}
    for duty in duties:
        if duty.pk in places:
            owed.setdefault(places[duty.pk].contact_point, []).append(duty)
    answers = _answers(duties)
    told = {point: (rows[0].area_code, _params(rows, answers)) for point, rows in owed.items()}
    return _send(text, told, duties, by, now, key, lane)


def notify_people(
    text: str,
    told: dict[int, list[Assignment]],
    *,
    by: Actor,
    now: datetime,
    key: str,
    lane: Lane,
) -> Broadcast | None:
    """Sends `text` to people about duties that others owe, one message each. Two statements and send's."""
    points = queries.first_contacts(told)
    found = [(points[person], rows) for person, rows in told.items() if person in points]
    recipients = {point: (rows[0].area_code, _about(rows)) for point, rows in found}
    return _send(text, recipients, [row for rows in told.values() for row in rows], by, now, key, lane)


def _send(
    text: str,
    recipients: dict[int, tuple[str, dict[str, str]]],
    duties: Sequence[Assignment],
    by: Actor,
    now: datetime,
    key: str,
    lane: Lane,
) -> Broadcast | None:
    if not recipients:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        words = gettext(text)
    try:
        return messages.send(
            lane=lane,
            channel=Channel.SMS,
            text=words,
            recipients=[messages.Recipient(point, area, params) for point, (area, params) in recipients.items()],
            area_code=common_area(duty.area_code for duty in duties),
            by=by,
            now=now,
            key=key,
            origin=f"assignments.assignment:{duties[0].pk}",
            exercise=duties[0].exercise,
            purpose=queries.purpose_of(text, duties),
        )
    except Refused as refusal:
        # A duty stands without its message: it is in the receiver's list, and its history names no broadcast.
        logger.warning("nobody was told of duty %s: %s", duties[0].pk, refusal.code)
        return None


def _answers(duties: Sequence[Assignment]) -> dict[str, str]:
    """How each kind among these is answered by reply: the first three of its answers, which every duty takes."""
    with translation.override(settings.LANGUAGE_CODE):
        return {
            name: gettext("%(reply)s, or open") % {"reply": queries.how_to_answer(queries.kind(name).options[:3])}
            for name in {duty.kind for duty in duties}
        }


def _params(rows: list[Assignment], answers: dict[str, str]) -> dict[str, str]:
    """The blanks of one person's message: the first due duty, and how many more.

    A reply to a message about several could mean any of them: there he is asked to open it.
    """
    first = min(rows, key=lambda row: (row.due_at, row.pk))
    # A person with an account finds several in his list; without one the link of the first due is all he has.
    path = reverse("assignments:mine") if len(rows) > 1 and first.assignee_id else queries.link_path(first)
    return {
        "title": titled(first.title, len(rows)),
        "due": clock_of(first.due_at),
        "answer": answers[first.kind] if len(rows) == 1 else _open_it(),
        "link": f"{settings.PUBLIC_URL}{path}" if path else settings.PUBLIC_URL,
    }


def _open_it() -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("Open and acknowledge")


def _about(rows: list[Assignment]) -> dict[str, str]:
    first = min(rows, key=lambda row: (row.due_at, row.pk))
    path = (
        reverse("assignments:mine") + "?tab=area&state=late"
        if len(rows) > 1
        else reverse("assignments:detail", args=[first.uuid])
    )
    return {
        "title": titled(first.title, len(rows)),
        "who": first.assignee_name,
        "due": clock_of(first.due_at),
        "link": f"{settings.PUBLIC_URL}{path}",
    }


def titled(title: str, count: int) -> str:
    """The title of the first of `count` duties, and how many more there are."""
    if count == 1:
        return title
    with translation.override(settings.LANGUAGE_CODE):
        words = ngettext("%(title)s and %(more)d more", "%(title)s and %(more)d more", count - 1)
        return words % {"title": title, "more": count - 1, "count": count}


def clock_of(at: datetime) -> str:
    """A moment as messages print it: month, day and minute of the district."""
    return timezone.localtime(at).strftime("%m-%d %H:%M")


def common_area(codes: Iterable[str]) -> str:
    """The smallest area that holds all of these."""
    held = set(codes)
    first, last = min(held), max(held)
    for length in (15, 12, 9, 6):
        if len(first) >= length and first[:length] == last[:length]:
            return first[:length]
    return first[:6]
