"""When a reminder falls due and whom it tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assignments.rules.kinds import Kind

LONGEST_PAUSE = timedelta(hours=24)


def first_reminder(acknowledge_by: datetime | None, due_at: datetime) -> datetime:
    """When the first reminder of a duty just given falls due."""
    return acknowledge_by or due_at


@dataclass(frozen=True)
class Reminder:
    """What the `number`th reminder does. `level` 0 reminds the assignee, 1 tells the sub-district, 2 the duty room."""

    number: int
    level: int
    next_at: datetime


def reminder(kind: Kind, given: int, *, now: datetime) -> Reminder:
    """The reminder after `given` ones. Nothing ends by itself: the duty room is told ever more rarely."""
    number = given + 1
    beyond = number - kind.reminders_before_superior
    level = 0 if beyond <= 0 else min(beyond, 2)
    # A minute is the least, or a kind that names none would be reminded at every tick.
    pause = timedelta(minutes=max(1, kind.remind_every_minutes))
    if beyond > 2:
        pause = min(pause * 2 ** min(beyond - 2, 20), LONGEST_PAUSE)
    return Reminder(number, level, now + pause)
