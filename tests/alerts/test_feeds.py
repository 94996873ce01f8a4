"""Feeds of official warnings, against a server that misbehaves."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django.fixtures import Settings

from alerts import actions, queries
from alerts.enums import EntryState
from alerts.models import FeedEntry, FeedState, ReceivedWarning, WarningFeed
from core import http
from tests.alerts.cap_messages import cap
from tests.casts import NIGHT, Cast

ATOM = "http://www.w3.org/2005/Atom"


@dataclass
class Weather:
    """A weather service: what it answers by path, and what it was asked."""

    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    trickle: float = 0.0
    url: str = ""

    def feed(self, *guids: str, etag: str = "") -> None:
        entries = "".join(
            f'<entry><id>{guid}</id><title>{guid}</title><link rel="alternate" href="/cap/{guid}.xml"/></entry>'
            for guid in guids
        )
        body = f'<feed xmlns="{ATOM}"><title>x</title>{entries}</feed>'.encode()
        self.pages["/feed"] = (200, {"ETag": etag} if etag else {}, body)

    def message(self, guid: str, body: bytes | None = None, status: int = 200) -> None:
        whole = cap({"identifier": guid}, {"description": guid})
        self.pages[f"/cap/{guid}.xml"] = (status, {}, whole if body is None else body)


@pytest.fixture
def weather(settings: Settings) -> Iterator[Weather]:
    """The service, on this machine, its host listed."""
    service = Weather()
    stopping = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append((self.path, self.headers.get("If-None-Match", "")))
            status, headers, body = service.pages.get(self.path, (404, {}, b""))
            if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if service.trickle:
                    while not stopping.wait(service.trickle):
                        self.wfile.write(b" ")
                self.wfile.write(body)
            except OSError:
                pass

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    settings.FEED_HOSTS = [service.url.removeprefix("http://")]
    yield service
    stopping.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def feed(cast: Cast, weather: Weather) -> WarningFeed:
    """Our subscription to it."""
    return WarningFeed.objects.create(name="市气象台", url=weather.url + "/feed")


def poll(now: datetime = NIGHT, seconds: float = 5.0) -> int:
    return actions.poll_feeds(now=now, seconds=seconds)


def test_new_entries_are_taken_in_and_unchanged_feeds_cost_one_question(weather: Weather, feed: WarningFeed) -> None:
    weather.feed("a", "b", etag='"1"')
    weather.message("a")
    weather.message("b")
    assert poll() == 2
    assert poll(NIGHT + timedelta(seconds=59)) == 0
    assert poll(NIGHT + timedelta(seconds=60)) == 0
    assert [path for path, _ in weather.asked] == ["/feed", "/cap/b.xml", "/cap/a.xml", "/feed"]
    assert weather.asked[-1][1] == '"1"'
    assert FeedState.objects.get().answered_at == NIGHT + timedelta(seconds=60)


def test_a_bad_entry_is_told_and_stops_no_other(weather: Weather, feed: WarningFeed) -> None:
    weather.feed("good", "doctype", "gone", "huge", "late", etag='"1"')
    weather.message("good")
    weather.message("doctype", b'<!DOCTYPE a [<!ENTITY x "y">]><alert>&x;</alert>')
    weather.message("gone", status=404)
    weather.message("huge", b"x" * 1_100_000)
    weather.message("late", cap({"identifier": "late"}, {"expires": None}))
    assert poll() == 1
    found = {
        entry.guid: (entry.state, entry.faults[0]["code"] if entry.faults else "") for entry in FeedEntry.objects.all()
    }
    assert found == {
        "good": ("taken", ""),
        "doctype": ("refused", "cap.doctype"),
        "gone": ("failed", "HTTP 404"),
        "huge": ("failed", "too large"),
        "late": ("refused", "cap.expires_missing"),
    }
    assert {trouble.entry.guid for trouble in queries.troubles(NIGHT)} == {"doctype", "late"}
    assert FeedState.objects.get().etag == ""  # something is left to fetch: “unchanged” would hide it
    weather.message("gone")
    assert poll(NIGHT + timedelta(minutes=1)) == 1
    assert [path for path, _ in weather.asked].count("/cap/doctype.xml") == 1


def test_an_entry_that_never_comes_is_given_up_and_told(weather: Weather, feed: WarningFeed) -> None:
    weather.feed("gone", etag='"1"')
    for turn in range(7):
        poll(NIGHT + timedelta(minutes=turn))
    assert [path for path, _ in weather.asked].count("/cap/gone.xml") == 5
    assert [trouble.why for trouble in queries.troubles(NIGHT)] == [["HTTP 404"]]
    assert FeedState.objects.get().etag == '"1"'


def test_warnings_of_far_away_are_not_even_fetched(weather: Weather, feed: WarningFeed) -> None:
    ours, theirs = "41040041600000_20260719225800", "33010041600000_20260719225800"
    weather.feed(ours, theirs)
    weather.message(ours)
    assert poll() == 1
    assert FeedEntry.objects.get(guid=theirs).state == EntryState.ELSEWHERE
    assert f"/cap/{theirs}.xml" not in [path for path, _ in weather.asked]


@pytest.mark.parametrize(
    ("page", "error"),
    [
        ((500, {}, b""), "HTTP 500"),
        ((302, {"Location": "http://127.0.0.1:9/"}, b""), "HTTP 302"),
        ((200, {}, b"<html></html>"), "no Atom or RSS"),
        ((200, {}, b"not xml"), "cap.not_xml"),
        ((200, {}, b'<!DOCTYPE a [<!ENTITY x "y">]><feed/>'), "cap.doctype"),
    ],
)
def test_a_feed_that_fails_is_asked_more_rarely_and_its_mending_is_noticed(
    weather: Weather, feed: WarningFeed, page: tuple[int, dict[str, str], bytes], error: str
) -> None:
    weather.pages["/feed"] = page
    poll()
    state = FeedState.objects.get()
    assert (state.error, state.failures, state.next_at) == (error, 1, NIGHT + timedelta(minutes=2))
    poll(NIGHT + timedelta(minutes=2))
    state.refresh_from_db()
    assert (state.failures, state.next_at) == (2, NIGHT + timedelta(minutes=6))
    weather.feed()
    poll(NIGHT + timedelta(minutes=6))
    state.refresh_from_db()
    assert (state.failures, state.error, state.answered_at) == (0, "", NIGHT + timedelta(minutes=6))


def test_a_server_that_asks_for_patience_gets_it(weather: Weather, feed: WarningFeed) -> None:
    weather.pages["/feed"] = (429, {"Retry-After": "600"}, b"")
    poll()
    assert FeedState.objects.get().next_at == NIGHT + timedelta(minutes=10)


def test_a_server_that_trickles_is_left_in_time(weather: Weather, feed: WarningFeed) -> None:
    weather.feed()
    weather.trickle = 0.02
    poll(seconds=0.6)
    assert "Unanswered" in FeedState.objects.get().error


def test_a_server_that_sends_without_end_is_left(weather: Weather, feed: WarningFeed) -> None:
    weather.pages["/feed"] = (200, {}, b" " * 200_000)
    with pytest.raises(http.TooLarge):
        http.get(weather.url + "/feed", seconds=5, most_bytes=100_000)


def test_nothing_is_fetched_from_a_host_that_is_not_listed(
    weather: Weather, feed: WarningFeed, settings: Settings
) -> None:
    settings.FEED_HOSTS = ["severeweather.wmo.int"]
    poll()
    assert FeedState.objects.get().error == "host not listed"
    assert weather.asked == []


def test_an_entry_that_leads_elsewhere_is_not_followed(weather: Weather, feed: WarningFeed) -> None:
    entry = '<entry><id>x</id><link href="http://169.254.169.254/latest/"/></entry>'
    weather.pages["/feed"] = (200, {}, f'<feed xmlns="{ATOM}">{entry}</feed>'.encode())
    poll()
    assert FeedEntry.objects.get().faults == [{"code": "host not listed", "params": {}}]


def test_a_dead_feed_keeps_no_other_back(weather: Weather, feed: WarningFeed, settings: Settings) -> None:
    WarningFeed.objects.create(name="死源", url="http://127.0.0.1:9/feed")
    settings.FEED_HOSTS = [*settings.FEED_HOSTS, "127.0.0.1:9"]
    weather.feed("a")
    weather.message("a")
    assert poll() == 1
    assert ReceivedWarning.objects.get().feed == feed


def test_rss_is_read_too(weather: Weather, feed: WarningFeed) -> None:
    item = f"<item><guid>a</guid><title>t</title><link>{weather.url}/cap/a.xml</link></item>"
    weather.pages["/feed"] = (200, {}, f'<rss version="2.0"><channel>{item}</channel></rss>'.encode())
    weather.message("a")
    assert poll() == 1


def test_a_silent_feed_is_an_alarm(weather: Weather, feed: WarningFeed) -> None:
    WarningFeed.objects.update(created_at=NIGHT)
    weather.feed()
    poll()
    assert queries.stale_feeds(NIGHT + timedelta(minutes=14)) == []
    assert queries.stale_feeds(NIGHT + timedelta(minutes=15)) == [feed]
    WarningFeed.objects.update(is_on=False)
    assert queries.stale_feeds(NIGHT + timedelta(minutes=15)) == []
