"""Patrols: when a route is walked next, by when each point is reached. Minutes, aware datetimes."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from assignments.enums import Way, Who
from assignments.rules import CANNOT, GOT_IT, SUPPORT, Kind, Policy, Step, reminding
from core.rules import Refused
from hazards.enums import PATROL_LABEL, PATROL_POINT_LABEL, PatrolObjection

# Example times. A patrol is acknowledged before its first point is due; its own points are watched one by one.
PATROL = Kind(
    name="patrol",
    label=PATROL_LABEL,
    acknowledge_minutes=15,
    due_minutes=120,
    policy=reminding(15, 1),
    needs_verification=False,
    page="hazards:patrol",
    options=(GOT_IT, SUPPORT, CANNOT),
    opens_page=True,
)
# The reminder of a missed point is its being given, once; who stays silent is not reminded again but told of above.
PATROL_POINT = Kind(
    name="patrol_point",
    label=PATROL_POINT_LABEL,
    acknowledge_minutes=0,
    due_minutes=20,
    policy=Policy((Step(Who.SUPERIOR, Way.SMS, 30), Step(Who.ROOM, Way.SMS, 60))),
    needs_verification=False,
    page="hazards:patrol",
    options=(GOT_IT, SUPPORT, CANNOT),
    opens_page=True,
)
LONGEST = 1440


def slot_of(now: datetime, *, since: datetime, every: int) -> int:
    """The number of the interval that runs now, from 0. Intervals slept through are not walked afterwards."""
    return max(0, int((now - since) / timedelta(minutes=every)))


def times_of(start: datetime, minutes: Sequence[int]) -> list[datetime]:
    """By when each point is reached: one leg after the other."""
    reached, found = start, []
    for leg in minutes:
        reached += timedelta(minutes=leg)
        found.append(reached)
    return found


def watch_of(area_code: str, watched: Collection[str]) -> str | None:
    """Which of the watched areas a route follows: the smallest that holds it."""
    holding = [code for code in watched if area_code.startswith(code)]
    return max(holding, key=len, default=None)


def check_points(sites: Iterable[str], minutes: Iterable[int]) -> None:
    """Refuses a route without a site, with one twice, or with a leg that takes no time."""
    names = list(sites)
    if not names:
        raise _refused(PatrolObjection.NO_POINTS)
    for name in names:
        if names.count(name) > 1:
            raise _refused(PatrolObjection.POINT_TWICE, site=name)
    if not all(1 <= leg <= LONGEST for leg in minutes):
        raise _refused(PatrolObjection.MINUTES_WRONG)


def check_every(minutes: int) -> None:
    """Refuses an interval that is none."""
    if not 1 <= minutes <= LONGEST:
        raise _refused(PatrolObjection.MINUTES_WRONG, field="interval_minutes")


def is_missed(due_at: datetime, checked_at: datetime | None, *, now: datetime) -> bool:
    """True from the moment at which a point's time has run out and nobody has been there."""
    return checked_at is None and due_at < now


def _refused(objection: PatrolObjection, *, field: str = "", **params: object) -> Refused:
    return Refused(objection.value, objection.label, field=field, params=params)
