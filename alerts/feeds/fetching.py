"""One request to an authority's server, bounded in size and time, and only to a host that the settings list."""

from collections.abc import Collection

from core import http
from core.http import Page
from messaging.rules import is_robot_address as is_listed_address

FEED_BYTES = 5_000_000  # the lists of a whole country come to a few hundred kilobytes


class FeedError(Exception):
    """Nothing usable came; the words say why, for the page of the feeds. `retry_after`: seconds the server asks for."""

    def __init__(self, words: str, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


def fetched(
    url: str,
    *,
    hosts: Collection[str],
    seconds: float,
    most_bytes: int = FEED_BYTES,
    etag: str = "",
    modified: str = "",
) -> Page:
    """The page at an address, status 200 or 304. Raises FeedError for anything else.

    Redirects are not followed: they would lead past the list of hosts.
    """
    if not is_listed_address(url, hosts):
        raise FeedError("host not listed")
    asked = {"Accept": "application/cap+xml, application/atom+xml, application/rss+xml, application/xml, text/xml"}
    asked |= {"If-None-Match": etag} if etag else {}
    asked |= {"If-Modified-Since": modified} if modified else {}
    try:
        page = http.get(url, headers=asked, seconds=max(seconds, 0.5), most_bytes=most_bytes)
    except (http.Unreachable, http.Unanswered) as error:
        raise FeedError(f"{type(error).__name__}: {error}"[:200]) from error
    except http.TooLarge as error:
        raise FeedError("too large") from error
    if page.status not in (200, 304):
        raise FeedError(f"HTTP {page.status}", page.retry_after)
    return page
