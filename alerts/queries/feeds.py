"""The feeds of official warnings: how fetching goes, and what a person has to see to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from alerts.enums import CapFault, EntryState
from alerts.models import FeedEntry, FeedState, WarningFeed
from alerts.rules.cap import Finding
from alerts.rules.feeds import MOST_TRIES, is_stale

TROUBLE_SHOWN = timedelta(hours=24)


@dataclass(frozen=True)
class FeedLine:
    """One feed as its page shows it. `refused`: entries of the last day that stand nowhere else."""

    feed: WarningFeed
    state: FeedState | None
    is_stale: bool
    refused: int = 0

    @property
    def tone(self) -> str:
        """The colour and shape of how it goes."""
        if not self.feed.is_on:
            return "off"
        if self.is_stale:
            return "danger"
        return "late" if self.state and self.state.failures else "ok" if self.state else "waiting"


def feed_lines(now: datetime) -> list[FeedLine]:
    """Every feed. One statement."""
    return [_line(feed, now) for feed in WarningFeed.objects.select_related("state").order_by("name", "pk")]


def stale_feeds(now: datetime) -> list[WarningFeed]:
    """Feeds that are asked and have been silent too long. One statement."""
    feeds = WarningFeed.objects.filter(is_on=True).select_related("state").order_by("name", "pk")
    return [line.feed for feed in feeds if (line := _line(feed, now)).is_stale]


def ailing_feeds(now: datetime) -> list[FeedLine]:
    """Feeds that are silent too long, or of which something could not be taken in. One statement."""
    feeds = WarningFeed.objects.filter(is_on=True).select_related("state").order_by("name", "pk")
    counted = feeds.annotate(refused=Count("entries", filter=Q(entries__in=_troubles(now))))
    lines = [_line(feed, now, refused=feed.refused) for feed in counted]
    return [line for line in lines if line.is_stale or line.refused]


def _line(feed: WarningFeed, now: datetime, *, refused: int = 0) -> FeedLine:
    state: FeedState | None = getattr(feed, "state", None)
    answered = state.answered_at if state else None
    stale = feed.is_on and is_stale(answered, feed.created_at, stale_minutes=feed.stale_minutes, now=now)
    return FeedLine(feed, state, stale, refused)


@dataclass(frozen=True)
class Trouble:
    """An entry that was not taken in, and why."""

    entry: FeedEntry
    why: list[str]


def troubles(now: datetime) -> list[Trouble]:
    """Entries of the last day that were refused, or could not be fetched however often it was tried. One statement."""
    rows = _troubles(now).select_related("feed").order_by("-first_at", "-pk")[:50]
    return [Trouble(row, said(row.faults)) for row in rows]


def _troubles(now: datetime) -> QuerySet[FeedEntry]:
    found = FeedEntry.objects.filter(
        first_at__gt=now - TROUBLE_SHOWN, state__in=(EntryState.REFUSED, EntryState.FAILED)
    )
    return found.exclude(state=EntryState.FAILED, tries__lt=MOST_TRIES)


def said(faults: Iterable[Mapping[str, Any]]) -> list[str]:
    """Stored findings in the reader's language."""
    known = {fault.value: fault for fault in CapFault}
    return [
        str(Finding(known[fault["code"]], fault["params"])) if fault["code"] in known else str(fault["code"])
        for fault in faults
    ]
