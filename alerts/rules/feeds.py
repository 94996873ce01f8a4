"""When a feed is asked again, which of its entries are ours to fetch, and when its silence is an alarm."""

from datetime import datetime, timedelta

from alerts.rules.cap import is_ours, sender_place

LONGEST_BACK_OFF = timedelta(minutes=30)
MOST_TRIES = 5  # of one entry; then a person has to see to it


def next_pass(now: datetime, *, every_seconds: int, failures: int, retry_after: float | None = None) -> datetime:
    """When a feed is asked next: at its pace, after failures twice as long each time up to half an hour.

    What the server asks for (seconds) is kept up to the same bound.
    """
    pace = timedelta(seconds=max(every_seconds, 5))
    pause = min(pace * 2 ** min(failures, 12), max(LONGEST_BACK_OFF, pace)) if failures else pace
    if retry_after is not None:
        pause = max(pause, min(timedelta(seconds=retry_after), LONGEST_BACK_OFF))
    return now + pause


def is_wanted(guid: str, url: str, district: str) -> bool:
    """Whether an entry may concern the district, told by its sender's place in the national number.

    An entry without such a number is fetched: rather one message too many.
    """
    place = sender_place(guid) or sender_place(url)
    return not place or is_ours(place, district)


def is_stale(answered_at: datetime | None, since: datetime, *, stale_minutes: int, now: datetime) -> bool:
    """Whether a feed has been silent too long; one that never answered counts from `since`, when it was set up."""
    return now - (answered_at or since) >= timedelta(minutes=stale_minutes)
