"""Reading the feeds of authorities: their lists of entries, fetched within bounds and from listed hosts only."""

from alerts.feeds.entries import Entry, entries_of
from alerts.feeds.fetching import FEED_BYTES, FeedError, fetched

__all__ = ["FEED_BYTES", "Entry", "FeedError", "entries_of", "fetched"]
