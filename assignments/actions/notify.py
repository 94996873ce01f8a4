"""Tells people about their duties: one broadcast for many, each with his own link."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from accounts.models import PersonContact
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


def notify(
    text: str, duties: Sequence[Assignment], *, by: Actor, now: datetime, key: str, lane: Lane
) -> Broadcast | None:
    """Sends `text` to whoever owes these duties, one message a telephone however many he owes.

    `text` is a message id with {title}, {due} and {link}. None when nobody among them has a telephone.
    """
    reach = _telephones(duties)
    owed: dict[int, list[Assignment]] = {}
    for duty in duties:
        if point := duty.contact_point_id or reach.get(duty.assignee_id or 0):
            owed.setdefault(point, []).append(duty)
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
    reach = first_contacts(told)
    recipients = {reach[person]: (rows[0].area_code, _about(rows)) for person, rows in told.items() if person in reach}
    return _send(text, recipients, [row for rows in told.values() for row in rows], by, now, key, lane)


def first_contacts(people: Iterable[int]) -> dict[int, int]:
    """The first telephone of each person: person id to contact point id. One statement."""
    ranked = PersonContact.objects.filter(user_id__in=list(people)).order_by("user_id", "rank").distinct("user_id")
    return dict(ranked.values_list("user_id", "contact_point_id"))


def _telephones(duties: Sequence[Assignment]) -> dict[int, int]:
    return first_contacts({duty.assignee_id for duty in duties if duty.assignee_id and not duty.contact_point_id})


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
            area_code=_common(duties),
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
        "title": _title(first, len(rows)),
        "due": _clock(first.due_at),
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
        "title": _title(first, len(rows)),
        "who": first.assignee_name,
        "due": _clock(first.due_at),
        "link": f"{settings.PUBLIC_URL}{path}",
    }


def _title(first: Assignment, count: int) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        if count == 1:
            return first.title
        words = ngettext("%(title)s and %(more)d more", "%(title)s and %(more)d more", count - 1)
        return words % {"title": first.title, "more": count - 1, "count": count}


def _clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%m-%d %H:%M")


def _common(duties: Sequence[Assignment]) -> str:
    """The smallest area that holds all of these duties."""
    first, last = min(duty.area_code for duty in duties), max(duty.area_code for duty in duties)
    for length in (15, 12, 9, 6):
        if len(first) >= length and first[:length] == last[:length]:
            return first[:length]
    return first[:6]
