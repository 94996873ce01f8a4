"""The pages of official warnings, at both sizes. Nobody is called: other tests look at the same night."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from alerts import actions
from alerts.enums import Decision, WarningSource
from core import clock
from tests.alerts.cap_messages import cap
from tests.browser.conftest import Looker
from tests.browser.night import Night
from tests.browser.test_pages import BOTH, sticking_out, unusable

pytestmark = pytest.mark.browser
PAGES = ["/alerts/warnings/", "/alerts/warnings/?tab=all", "{warning}", "/alerts/warnings/new/", "/alerts/feeds/"]


def written(at: datetime) -> str:
    return timezone.localtime(at).replace(microsecond=0).isoformat()


@pytest.fixture(scope="module")
def warning(night: Night) -> str:
    """The page of a yellow warning about which the duty room has met."""
    now = clock.now()
    sent = now - timedelta(minutes=4)
    info = {"severity": "Moderate", "headline": "平顶山市气象台发布雷电黄色预警信号", "event": "雷电"}
    times = {"effective": written(sent), "expires": written(sent + timedelta(hours=30))}
    data = cap({"sent": written(sent)}, {**info, **times})
    row = actions.receive_warning(data=data, source=WarningSource.FEED, now=now).warning
    actions.record_consultation(
        warning=row,
        attendees="带班领导、值班员",
        conclusion="加强巡查",
        decision=Decision.WATCH,
        held_at=None,
        by=night.cast.duty_officer,
        now=now,
    )
    return f"/alerts/warnings/{row.uuid}/"


@pytest.mark.parametrize("screen", BOTH)
def test_the_pages_of_warnings_are_whole_and_usable(
    screen: str, warning: str, night: Night, glance: Callable[..., Looker]
) -> None:
    looker = glance(night.cast.duty_officer, screen)
    for address in PAGES:
        page = looker.opens(address.format(warning=warning))
        faults = sticking_out(page) + (unusable(page) if screen == "desk" else [])
        assert not faults, "\n".join([address, *faults])
