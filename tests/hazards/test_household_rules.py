"""Household checks and requests, without a database."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from core.rules import Refused
from hazards.enums import RequestState, RollField
from hazards.rules import (
    AnswerGiven,
    Asked,
    Category,
    Change,
    Progress,
    Visit,
    category_named,
    changes,
    check_closing_request,
    check_door,
    check_taking,
    door_sha256,
    due_of,
    request_is_late,
    request_state,
    since_day,
)

NOW = datetime(2026, 7, 19, 15, tzinfo=UTC)
ITEMS = [Asked(1, "房屋", photo_when_failed=False, topic="house"), Asked(2, "电话", photo_when_failed=False)]
VISIT = Visit(UUID(int=1), [AnswerGiven(1, "pass"), AnswerGiven(2, "fail")])


def code_of(refused: pytest.ExceptionInfo[Refused]) -> tuple[str, str]:
    return refused.value.code, refused.value.field


def test_a_check_answers_every_question_and_a_closed_door_none() -> None:
    check_door(VISIT, "checked", ITEMS)
    check_door(Visit(UUID(int=2), ()), "nobody", ITEMS)
    with pytest.raises(Refused) as caught:
        check_door(Visit(UUID(int=2), VISIT.answers[:1]), "checked", ITEMS)
    assert code_of(caught) == ("unanswered", "answers.2")


def test_the_same_check_has_one_hash_and_each_difference_another() -> None:
    same = {"household": "H1", "outcome": "checked", "checklist": 1, "by": 7, "phone": "", "reason": "-"}
    first = door_sha256(VISIT, **same)  # type: ignore[arg-type]  # spelled out once for all
    assert first == door_sha256(VISIT, **same)  # type: ignore[arg-type]
    for name, other in (("household", "H2"), ("outcome", "nobody"), ("phone", "13800000000"), ("reason", "")):
        assert door_sha256(VISIT, **(same | {name: other})) != first  # type: ignore[arg-type]


def test_only_what_differs_from_the_roll_is_proposed() -> None:
    found = changes(phone="138 0000 0021", reason="alone", has_phone="+8613800000001", has_reason="")
    assert found == [
        Change(RollField.PHONE, "+8613800000021", "+8613800000001"),
        Change(RollField.MUST_REACH, "alone", ""),
    ]
    assert changes(phone="13800000001", reason="alone", has_phone="+8613800000001", has_reason="alone") == []
    assert changes(phone=" ", reason=None, has_phone="", has_reason="alone") == []
    assert changes(phone="", reason="", has_phone="", has_reason="alone") == [Change(RollField.MUST_REACH, "", "alone")]


def test_what_is_no_number_or_no_reason_is_refused_beside_its_field() -> None:
    with pytest.raises(Refused) as caught:
        changes(phone="12345", reason=None, has_phone="", has_reason="")
    assert code_of(caught) == ("check_bad_phone", "phone")
    with pytest.raises(Refused) as caught:
        changes(phone="", reason="rich", has_phone="", has_reason="")
    assert code_of(caught) == ("check_bad_reason", "must_reach")


def test_progress_adds_up_and_says_what_is_left() -> None:
    both = Progress(10, 4, 3, 1, 2) + Progress(5, 5, 1, 1, 0)
    assert (both.left, both.must_left, both.with_failures) == (6, 2, 2)


def test_checks_count_from_the_day_asked_for_else_from_the_season_else_from_new_year() -> None:
    today, season = date(2026, 7, 19), date(2026, 5, 15)
    assert since_day("2026-06-01", season, today=today) == date(2026, 6, 1)
    assert since_day("", season, today=today) == season
    assert since_day("soon", None, today=today) == date(2026, 1, 1)
    assert since_day("2027-01-01", season, today=today) == today


def test_a_request_stands_where_the_last_act_left_it() -> None:
    assert request_state(closed=False, answered=False, in_hand=False) == RequestState.TAKEN
    assert request_state(closed=False, answered=False, in_hand=True) == RequestState.GIVEN
    assert request_state(closed=False, answered=True, in_hand=True) == RequestState.ANSWERED
    assert request_state(closed=True, answered=True, in_hand=False) == RequestState.CLOSED


def test_a_request_is_late_while_nobody_has_reported_a_result() -> None:
    due = NOW - timedelta(minutes=1)
    assert request_is_late(due, answered=False, closed=False, now=NOW)
    assert not request_is_late(NOW, answered=False, closed=False, now=NOW)
    assert not request_is_late(due, answered=True, closed=False, now=NOW)
    assert not request_is_late(due, answered=False, closed=True, now=NOW)


def test_a_category_gives_the_days_and_a_strange_one_is_refused() -> None:
    known = (Category("积水", 3), Category("其他", 7))
    assert due_of(category_named("积水", known), received_at=NOW) == NOW + timedelta(days=3)
    with pytest.raises(Refused) as caught:
        category_named("邻里纠纷", known)
    assert code_of(caught) == ("request_category", "category")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"what": " "}, ("request_what_wanted", "what")),
        ({"area_code": "410403001"}, ("request_not_a_grid", "area_code")),
        ({"on_spot": True}, ("request_outcome_wanted", "outcome")),
    ],
)
def test_a_request_says_what_where_and_how_it_was_settled(given: dict[str, object], refusal: tuple[str, str]) -> None:
    whole: dict[str, object] = {"what": "积水", "area_code": "410403001001001", "on_spot": False, "outcome": ""}
    check_taking(**whole)  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        check_taking(**(whole | given))  # type: ignore[arg-type]
    assert code_of(caught) == refusal


def test_ones_own_work_closes_only_after_speaking() -> None:
    check_closing_request(1, 2, answered=True, spoken=False)
    check_closing_request(1, 1, answered=True, spoken=True)
    with pytest.raises(Refused) as caught:
        check_closing_request(1, 1, answered=True, spoken=False)
    assert caught.value.code == "request_unspoken"
    with pytest.raises(Refused) as caught:
        check_closing_request(1, 2, answered=False, spoken=True)
    assert caught.value.code == "request_no_result"
