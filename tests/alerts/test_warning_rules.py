"""Who is called by a warning, the clocks it starts, feeds, and pasted texts. No database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.enums import WarningLeg
from alerts.rules.feeds import LONGEST_BACK_OFF, is_stale, is_wanted, next_pass
from alerts.rules.warnings import Standing, calls_out, is_over, legs, pasted

NOW = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
RED = Standing("Actual", "Alert", 1, is_ours=True, is_over=False)


@pytest.mark.parametrize(
    ("standing", "called"),
    [
        (RED, True),
        (replace(RED, level=2), True),
        (replace(RED, level=3), False),
        (replace(RED, level=None), False),
        (replace(RED, msg_type="Update"), True),
        (replace(RED, msg_type="Cancel"), False),
        (replace(RED, status="Test"), False),
        (replace(RED, status="Exercise"), False),
        (replace(RED, status="Exercise", is_drill=True), True),
        (replace(RED, is_ours=False), False),
        (replace(RED, is_over=True), False),
        (replace(RED, is_superseded=True), False),
        (replace(RED, is_repeat=True), False),
        (replace(RED, worst_before=2), True),
        (replace(RED, worst_before=1), False),
        (replace(RED, level=2, worst_before=1), False),
    ],
)
def test_people_are_called_by_what_is_grave_ours_and_new(standing: Standing, called: bool) -> None:
    assert calls_out(standing, from_level=2) is called


def test_a_district_chooses_from_which_colour_on_it_calls() -> None:
    assert calls_out(replace(RED, level=3), from_level=3)
    assert not calls_out(RED, from_level=0)


def test_a_warning_is_over_at_its_end_and_never_without_one() -> None:
    assert is_over(NOW, NOW)
    assert not is_over(NOW + timedelta(seconds=1), NOW)
    assert not is_over(None, NOW)


def test_clocks_count_from_the_receipt() -> None:
    found = legs(NOW, {WarningLeg.DECIDED: NOW + timedelta(minutes=9), WarningLeg.MANNED: NOW - timedelta(minutes=1)})
    assert [(each.leg, each.after) for each in found] == [
        (WarningLeg.RECEIVED, timedelta(0)),
        (WarningLeg.ANSWERED, None),
        (WarningLeg.DECIDED, timedelta(minutes=9)),
        (WarningLeg.MANNED, timedelta(0)),
        (WarningLeg.TOLD, None),
    ]


def test_a_failing_feed_is_asked_ever_more_rarely_and_a_mended_one_at_its_pace() -> None:
    pauses = [next_pass(NOW, every_seconds=60, failures=count) - NOW for count in (0, 1, 2, 3, 30)]
    assert pauses == [timedelta(minutes=m) for m in (1, 2, 4, 8)] + [LONGEST_BACK_OFF]
    assert next_pass(NOW, every_seconds=7200, failures=3) - NOW == timedelta(hours=2)
    assert next_pass(NOW, every_seconds=1, failures=0) - NOW == timedelta(seconds=5)


def test_what_a_server_asks_for_is_kept_within_half_an_hour() -> None:
    def after(seconds: float) -> timedelta:
        return next_pass(NOW, every_seconds=60, failures=1, retry_after=seconds) - NOW

    assert after(600) == timedelta(minutes=10)
    assert after(1) == timedelta(minutes=2)
    assert after(86_400) == LONGEST_BACK_OFF


@pytest.mark.parametrize(
    ("guid", "wanted"),
    [
        ("41040341600000_20260719225800", True), ("41040041600000_20260719225800_1", True),
        ("41000041600000_20260719225800", True), ("41040241600000_20260719225800", False),
        ("33010041600000_20260719225800", False), ("urn:oid:2.49.0.1.156.0.2026", True), ("", True),
    ],
)  # fmt: skip
def test_of_a_countrys_feed_our_own_line_is_fetched_and_what_cannot_be_told(guid: str, wanted: bool) -> None:
    assert is_wanted(guid, "https://example.org/x.xml", "410403") is wanted


def test_a_feed_is_silent_after_its_minutes_also_when_it_never_answered() -> None:
    quarter = NOW - timedelta(minutes=15)
    assert is_stale(quarter, NOW, stale_minutes=15, now=NOW)
    assert not is_stale(quarter + timedelta(seconds=1), quarter, stale_minutes=15, now=NOW)
    assert is_stale(None, quarter, stale_minutes=15, now=NOW)
    assert not is_stale(None, NOW, stale_minutes=15, now=NOW)


def test_a_pasted_text_fills_the_fields() -> None:
    text = "平顶山市气象台2026年7月19日22时58分发布暴雨红色预警信号：预计未来3小时，我市降雨量将达100毫米以上。"
    said = pasted(text, now=NOW, zone=SHANGHAI)
    assert (said.issuer, said.event, said.level, said.hours, said.is_lifted) == ("平顶山市气象台", "暴雨", 1, 3, False)
    assert said.issued_at == datetime(2026, 7, 19, 14, 58, tzinfo=UTC)


def test_a_text_without_date_is_of_today_and_one_that_says_nothing_fills_nothing() -> None:
    said = pasted("市气象台22:40解除大风蓝色预警", now=NOW, zone=SHANGHAI)
    assert said.issued_at == datetime(2026, 7, 19, 14, 40, tzinfo=UTC)
    assert (said.event, said.level, said.is_lifted) == ("大风", 4, True)
    empty = pasted("大家注意安全", now=NOW, zone=SHANGHAI)
    assert (empty.issuer, empty.event, empty.level, empty.issued_at) == ("", "", None, None)
    assert pasted("市气象台2026年13月45日22时发布", now=NOW, zone=SHANGHAI).issued_at is None
