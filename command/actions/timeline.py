"""Writes the timeline."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from command.enums import EntryKind
from command.models import TimelineEntry
from core.audit import act
from core.rules import SYSTEM


def record(
    *,
    kind: EntryKind,
    text: str,
    area_code: str,
    by: User | None,
    now: datetime,
    at: datetime | None = None,
    ref: str = "",
    url: str = "",
    by_name: str = "",
    exercise: UUID | None = None,
) -> TimelineEntry:
    """Adds one line. `at` is when it happened (else `now`); `by` None is the platform, or whoever `by_name` names.

    Called inside the transaction of what it tells of, so that neither is kept without the other.
    """
    actor = by.actor if by else SYSTEM
    with act("command.timeline.record", by=actor):
        return TimelineEntry.objects.create(
            kind=kind,
            text=text.strip()[:500],
            area_code=area_code,
            at=at or now,
            recorded_at=now,
            ref=ref,
            url=url,
            by=by,
            by_name=(by_name or actor.name)[:60],
            exercise=exercise,
        )
