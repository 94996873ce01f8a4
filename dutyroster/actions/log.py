"""快记 and what becomes of it. The log only grows: mistakes are mended by another entry."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from core.audit import act
from core.rules import SYSTEM
from dutyroster.enums import AttendanceFault, FollowUp, LogKind
from dutyroster.models import DutyPost, LogEntry, LogFollowUp, Shift
from dutyroster.rules.attendance import refused


def note(
    *,
    text: str,
    by: User | None,
    now: datetime,
    area_code: str = settings.DISTRICT_CODE,
    kind: str = LogKind.NOTE,
    caller_name: str = "",
    caller_phone: str = "",
    place: str = "",
    occurred_at: datetime | None = None,
    wants_follow_up: bool = False,
    exercise: UUID | None = None,
    client_uuid: UUID | None = None,
    post: DutyPost | None = None,
    shift: Shift | None = None,
    corrects: LogEntry | None = None,
) -> LogEntry:
    """Writes one line into the log; `by` None is the platform. The same `client_uuid` and text is the same entry.

    Raises Refused for an empty text, a time in the future, or a number under which something else is stored.
    """
    words = text.strip()
    if not words:
        raise refused(AttendanceFault.EMPTY_TEXT, field="text")
    if occurred_at is not None and occurred_at > now:
        raise refused(AttendanceFault.IN_FUTURE, field="occurred_at")
    actor = by.actor if by else SYSTEM
    entry = LogEntry(
        area_code=area_code,
        post=post,
        shift=shift,
        kind=kind,
        text=words,
        caller_name=caller_name.strip()[:40],
        caller_phone=caller_phone.strip()[:20],
        place=place.strip()[:120],
        occurred_at=occurred_at or now,
        recorded_at=now,
        by=by,
        by_name=actor.name,
        corrects=corrects,
        wants_follow_up=wants_follow_up,
        exercise=exercise,
    )
    if client_uuid is None:
        with act("dutyroster.log.note", by=actor):
            entry.save()
        return entry
    return _once(entry, client_uuid)


def _once(entry: LogEntry, client_uuid: UUID) -> LogEntry:
    """Stores it, or gives back what this device has stored under the number before."""
    entry.uuid = client_uuid
    known = LogEntry.objects.filter(uuid=client_uuid).first()
    if known is None:
        try:
            with act("dutyroster.log.note", by=entry.by.actor if entry.by else SYSTEM), transaction.atomic():
                entry.save()
        except IntegrityError:
            # The same note came twice at once: the first one stored it.
            known = LogEntry.objects.filter(uuid=client_uuid).first()
            if known is None:
                raise
        else:
            return entry
    if (known.text, known.by_id) != (entry.text, entry.by_id):
        raise refused(AttendanceFault.OTHER_BODY, field="client_uuid")
    return known


def correct(*, entry: LogEntry, text: str, by: User, now: datetime) -> LogEntry:
    """更正: another entry with the right words, of the same time and caller. The wrong one stays readable."""
    return note(
        text=text,
        by=by,
        now=now,
        area_code=entry.area_code,
        kind=entry.kind,
        caller_name=entry.caller_name,
        caller_phone=entry.caller_phone,
        place=entry.place,
        occurred_at=entry.occurred_at,
        wants_follow_up=entry.wants_follow_up and not entry.follow_ups.exists(),
        exercise=entry.exercise,
        corrects=entry,
    )


def follow_up(
    *, entry: LogEntry, kind: str, ref: str, url: str, note: str, by: User | None, now: datetime
) -> LogFollowUp:
    """Writes down what became of an entry. The same kind and `ref` is written once."""
    if kind in (FollowUp.LEADER, FollowUp.DONE) and not note.strip():
        raise refused(AttendanceFault.REASON, field="note")
    actor = by.actor if by else SYSTEM
    with act("dutyroster.log.follow_up", by=actor):
        row, _new = LogFollowUp.objects.get_or_create(
            entry=entry,
            kind=kind,
            ref=ref or (f"{now.isoformat()}" if kind in (FollowUp.LEADER, FollowUp.DONE) else ""),
            defaults={"url": url, "note": note.strip()[:500], "by": by, "by_name": actor.name, "at": now},
        )
    return row
