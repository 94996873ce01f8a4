"""When things happened to a duty, and when it is late. Times are aware; figures are whole minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assignments.enums import OPEN, Objection, State
from assignments.rules.kinds import Kind
from core.rules import Refused


@dataclass(frozen=True)
class Clocks:
    """The times of one duty."""

    issued_at: datetime
    due_at: datetime
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    started_at: datetime | None = None
    reported_at: datetime | None = None
    verified_at: datetime | None = None

    @property
    def newest(self) -> datetime:
        """The last thing that happened: what happens next cannot lie before it."""
        return next(
            at
            for at in (self.verified_at, self.reported_at, self.started_at, self.acknowledged_at, self.issued_at)
            if at is not None
        )


def happened(occurred_at: datetime, clocks: Clocks, *, now: datetime) -> datetime:
    """When it happened. Raises Refused for a time in the future, before the duty was given, or before the last step.

    People type whole minutes: within the minute of the last step the step's own time is meant.
    """
    if occurred_at > now:
        raise Refused(Objection.IN_FUTURE.value, Objection.IN_FUTURE.label, field="occurred_at")
    if clocks.newest.replace(second=0, microsecond=0) <= occurred_at < clocks.newest:
        return clocks.newest
    if occurred_at < clocks.issued_at:
        raise Refused(Objection.BEFORE_ISSUED.value, Objection.BEFORE_ISSUED.label, field="occurred_at")
    if occurred_at < clocks.newest:
        raise Refused(Objection.OUT_OF_ORDER.value, Objection.OUT_OF_ORDER.label, field="occurred_at")
    return occurred_at


def minutes_late(state: str, acknowledge_by: datetime | None, due_at: datetime, *, now: datetime) -> int:
    """Whole minutes, at least 1, since a duty that is still open ran out; 0 when it is not late.

    Not acknowledged in time counts as late before the duty itself is due.
    """
    since = late_since(state, acknowledge_by, due_at, now=now)
    return max(1, int((now - since).total_seconds() // 60)) if since else 0


def late_since(state: str, acknowledge_by: datetime | None, due_at: datetime, *, now: datetime) -> datetime | None:
    """The deadline that an open duty has missed; the acknowledgement's when both are."""
    if state not in OPEN:
        return None
    if state == State.ASSIGNED and acknowledge_by is not None and acknowledge_by < now:
        return acknowledge_by
    return due_at if due_at < now else None


def minutes_taken(clocks: Clocks) -> dict[str, int | None]:
    """Minutes from issue to acknowledgement, arrival, report and verification; None where it has not come to that."""
    return {
        name: None if at is None else int((at - clocks.issued_at).total_seconds() // 60)
        for name, at in (
            ("acknowledge", clocks.acknowledged_at),
            ("start", clocks.started_at),
            ("report", clocks.reported_at),
            ("verify", clocks.verified_at),
        )
    }


def deadlines(kind: Kind, *, now: datetime, due_at: datetime | None = None) -> tuple[datetime | None, datetime]:
    """By when a duty given now is to be acknowledged (None: nobody waits for it) and done."""
    due = due_at or now + timedelta(minutes=kind.due_minutes)
    if not kind.acknowledge_minutes:
        return None, due
    return min(now + timedelta(minutes=kind.acknowledge_minutes), due), due
