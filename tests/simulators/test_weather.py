"""The stand-in weather service speaks what the platform reads; it shares no code with it."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts import actions, queries
from alerts.enums import WarningSource
from alerts.feeds import entries_of
from alerts.rules.cap import take
from simulators.weather.service import Message, Service
from territory.rules import scope_of
from tests.casts import DISTRICT, Cast

NOON = datetime(2026, 7, 19, 4, 0, tzinfo=UTC)


def story() -> list[Message]:
    """Yellow, then red in the same second, then lifted."""
    service = Service()
    service.issue("yellow", now=NOON)
    service.issue("red", now=NOON)
    service.lift(now=NOON + timedelta(hours=1))
    return service.messages


@pytest.mark.parametrize("number", range(3))
def test_each_message_is_taken_in_without_a_word(number: int) -> None:
    assert take(story()[number].body, now=NOON + timedelta(hours=1)).findings == ()


def test_what_is_lifted_twice_is_lifted_once() -> None:
    service = Service()
    assert service.lift(now=NOON) is None
    service.issue("blue", now=NOON)
    assert service.lift(now=NOON)
    assert service.lift(now=NOON) is None


def test_the_feed_names_every_message_the_newest_first() -> None:
    service = Service()
    service.messages = story()
    listed = entries_of(service.feed("http://127.0.0.1:1"), "http://127.0.0.1:1/feed.atom")
    assert listed
    assert [entry.guid for entry in listed] == [each.identifier for each in reversed(service.messages)]
    assert listed[0].url == f"http://127.0.0.1:1/cap/{listed[0].guid}.xml"


def test_a_story_ends_with_nothing_in_force(cast: Cast) -> None:
    at = NOON + timedelta(hours=1)
    yellow, red, over = story()
    for message, holding in ((yellow, ["暴雨黄色"]), (red, ["暴雨红色"]), (over, [])):
        actions.receive_warning(data=message.body, source=WarningSource.FEED, now=at)
        shown = queries.shown_in_force(at, scope_of(DISTRICT))
        assert [words in str(each.warning) for each, words in zip(shown, holding, strict=True)] == [True] * len(holding)
    assert len(queries.lifted(at, scope_of(DISTRICT))) == 1
