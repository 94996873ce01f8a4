"""Fetches official warnings from the authorities' feeds. A bad entry stops no other, a bad feed no other feed."""

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from alerts.actions.receive import WarningRefused, receive_warning
from alerts.enums import EntryState, WarningSource
from alerts.feeds import FEED_BYTES, Entry, FeedError, entries_of, fetched
from alerts.models import FeedEntry, FeedState, WarningFeed
from alerts.rules.cap import MOST_BYTES, Unreadable
from alerts.rules.feeds import MOST_TRIES, is_wanted, next_pass
from core.http import Page
from core.rules import Refused

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)  # a worker that dies in the middle gives its feed back after this
MOST_MESSAGES = 40  # a pass and feed; the rest comes with the next one
# The lane is shared with the ladders, whose tick is five seconds: a slow server must not hold them up for longer.
PASS_SECONDS = 4.0
REQUEST_SECONDS = 3.0
SETTLED = (EntryState.TAKEN, EntryState.KNOWN, EntryState.REFUSED, EntryState.ELSEWHERE)


def poll_feeds(*, now: datetime, seconds: float = PASS_SECONDS) -> int:
    """Asks every feed that is due, for `seconds` at most. Returns how many warnings were new."""
    ends = time.monotonic() + seconds
    for feed in WarningFeed.objects.filter(is_on=True, state=None):
        FeedState.objects.get_or_create(feed=feed)
    new = 0
    while time.monotonic() < ends and (state := _claimed(now)):
        new += _poll(state, now, ends)
    return new


def _claimed(now: datetime) -> FeedState | None:
    """The feed that is due longest, ours for a minute."""
    with transaction.atomic():
        due = FeedState.objects.select_for_update(skip_locked=True, of=("self",)).select_related("feed")
        state = (
            due.filter(Q(next_at=None) | Q(next_at__lte=now), feed__is_on=True)
            .order_by(F("next_at").asc(nulls_first=True), "pk")
            .first()
        )
        if state:
            state.next_at, state.tried_at = now + LEASE, now
            state.save(update_fields=["next_at", "tried_at"])
    return state


def _poll(state: FeedState, now: datetime, ends: float) -> int:
    feed = state.feed
    try:
        page = _asked(feed.url, ends, etag=state.etag, modified=state.last_modified)
        listed = entries_of(page.body, feed.url) if page.status == 200 else []
        if listed is None:
            raise FeedError("no Atom or RSS")
    except Unreadable as error:
        _failed(state, now, FeedError(str(error.finding.fault.value)))
        return 0
    except FeedError as error:
        _failed(state, now, error)
        return 0
    new, is_whole = _take_all(feed, listed, now, ends) if page.status == 200 else (0, True)
    if page.status == 200:
        # Only when everything was fetched may the server answer “unchanged” the next time.
        state.etag, state.last_modified = (page.etag[:300], page.last_modified[:60]) if is_whole else ("", "")
    state.answered_at, state.failures, state.error = now, 0, ""
    state.next_at = next_pass(now, every_seconds=feed.every_seconds, failures=0)
    state.save()
    return new


def _asked(url: str, ends: float, *, etag: str = "", modified: str = "", most: int = FEED_BYTES) -> Page:
    seconds = min(REQUEST_SECONDS, ends - time.monotonic())
    return fetched(url, hosts=settings.FEED_HOSTS, seconds=seconds, etag=etag, modified=modified, most_bytes=most)


def _failed(state: FeedState, now: datetime, error: FeedError) -> None:
    state.failures += 1
    state.error = str(error)[:200]
    state.next_at = next_pass(
        now, every_seconds=state.feed.every_seconds, failures=state.failures, retry_after=error.retry_after
    )
    state.save()


def _take_all(feed: WarningFeed, listed: list[Entry], now: datetime, ends: float) -> tuple[int, bool]:
    """How many warnings were new, and whether nothing of the list is left to fetch."""
    known = {entry.guid: entry for entry in feed.entries.filter(guid__in=[each.guid for each in listed])}
    new, fetches, is_whole = 0, 0, True
    # Feeds list the newest first: taken in the order they were written, an update comes after what it updates.
    for each in reversed(listed):
        entry = known.get(each.guid)
        if entry and (entry.state in SETTLED or entry.tries >= MOST_TRIES):
            continue
        if fetches >= MOST_MESSAGES or time.monotonic() >= ends:
            is_whole = False
            break
        row = entry or FeedEntry(feed=feed, guid=each.guid, url=each.url, title=each.title, first_at=now)
        if is_wanted(each.guid, each.url, settings.DISTRICT_CODE):
            fetches += 1
            new += _take(row, feed, now, ends)
            is_whole = is_whole and (row.state != EntryState.FAILED or row.tries >= MOST_TRIES)
        else:
            row.state = EntryState.ELSEWHERE
        row.tried_at = now
        row.save()
    return new, is_whole


def _take(row: FeedEntry, feed: WarningFeed, now: datetime, ends: float) -> int:
    """Fetches and stores one entry; whatever happens to it is written on it."""
    row.tries += 1
    row.faults = []
    try:
        page = _asked(row.url, ends, most=MOST_BYTES)
        received = receive_warning(data=page.body, source=WarningSource.FEED, feed=feed, now=now)
    except FeedError as error:
        row.state, row.faults = EntryState.FAILED, [{"code": str(error), "params": {}}]
    except WarningRefused as refused:
        row.state = EntryState.REFUSED
        row.faults = [
            {"code": one.fault.value, "params": {name: str(value) for name, value in one.params.items()}}
            for one in refused.findings
        ]
    except Refused as refused:
        row.state, row.faults = EntryState.REFUSED, [{"code": refused.code, "params": {}}]
    except Exception:
        # A message that trips a mistake of ours must not keep the others back: it stays listed as not fetched.
        logger.exception("entry %s of feed %s", row.guid, feed.pk)
        row.state, row.faults = EntryState.FAILED, [{"code": "fault", "params": {}}]
    else:
        row.warning = received.warning
        row.state = EntryState.TAKEN if received.is_new else EntryState.KNOWN
        return int(received.is_new)
    return 0
