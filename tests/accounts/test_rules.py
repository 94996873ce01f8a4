"""Signing in, menus and lists of people, decided without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.rules import CAPABILITIES, CODES_A_DAY, CodeState, may_send_code, mobile_of, phone_bar, session_seconds
from accounts.rules.sheet import day_of

NOW = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["13900000001", "139 0000 0001", "139-0000-0001", "+8613900000001", "008613900000001", "１３９０００００００１"],
)
def test_a_mobile_number_is_one_number_however_it_is_written(written: str) -> None:
    assert mobile_of(written) == "+8613900000001"


@pytest.mark.parametrize("written", ["", "1390000000", "0375-2900021", "commander", "23900000001"])
def test_what_is_no_mobile_number_is_none(written: str) -> None:
    assert mobile_of(written) is None


def test_a_second_code_within_a_minute_is_not_sent() -> None:
    assert not may_send_code([CodeState(NOW - timedelta(seconds=59))], now=NOW)
    assert may_send_code([CodeState(NOW - timedelta(seconds=60))], now=NOW)


def test_nobodys_phone_rings_more_than_ten_times_a_day() -> None:
    sent = [CodeState(NOW - timedelta(hours=2 * n + 1)) for n in range(CODES_A_DAY)]
    assert not may_send_code(sent, now=NOW)
    assert may_send_code(sent, now=NOW + timedelta(hours=5))


@given(st.lists(st.integers(1, 7 * 86400), max_size=60))
def test_however_often_somebody_asks_the_codes_of_a_day_stay_few_and_apart(asked: list[int]) -> None:
    sent: list[CodeState] = []
    for second in sorted(asked):
        at = NOW + timedelta(seconds=second)
        if may_send_code(sent, now=at):
            sent.append(CodeState(at))
    for code in sent:
        assert sum(timedelta(0) <= code.sent_at - other.sent_at < timedelta(days=1) for other in sent) <= CODES_A_DAY
        assert all(abs(code.sent_at - other.sent_at) >= timedelta(seconds=60) for other in sent if other is not code)


def test_the_grid_worker_stays_signed_in_for_a_month_and_set_up_for_half_a_day() -> None:
    assert session_seconds([Role.GRID_WORKER]) == 30 * 86400
    assert session_seconds([Role.ADMINISTRATOR, Role.GRID_WORKER]) == 12 * 3600
    assert session_seconds([Role.GRID_WORKER, Role.DUTY_OFFICER]) is None
    assert session_seconds([]) is None


def test_whoever_drafts_alone_never_signs_and_only_two_roles_sign() -> None:
    assert {role for role, held in CAPABILITIES.items() if "notices.approve" in held} == {Role.COMMANDER, Role.LEADER}


@pytest.mark.parametrize("role", Role)
def test_every_phone_bar_has_at_most_four_entries_and_ends_with_oneself(role: Role) -> None:
    bar = phone_bar([role])
    assert len(bar) <= 4
    assert bar[-1].route == "accounts:me"


@pytest.mark.parametrize("written", ["2026-06-01", "2026/6/1", "2026.6.1", "2026年6月1日", "20260601", "46174"])
def test_a_day_is_read_in_every_usual_writing(written: str) -> None:
    assert day_of(written) == date(2026, 6, 1)


@pytest.mark.parametrize("written", ["", "六月", "2026-13-01", "2026-06-31"])
def test_what_is_no_day_is_none(written: str) -> None:
    assert day_of(written) is None
