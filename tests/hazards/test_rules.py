"""What a visit must hold, what a site's state is, how a round is counted: without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules import Refused
from hazards import rules
from hazards.enums import MemberState, SiteState
from hazards.rules import AnswerGiven, Asked, Figures, PhotoGiven, Visit

NIGHT = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)
ITEMS = [Asked(1, "排水口是否畅通", True), Asked(2, "警示标志是否完好", False)]
PHOTO = "a" * 64
VISIT = Visit(UUID(int=1), [AnswerGiven(1, "pass"), AnswerGiven(2, "na")])


def refusal(visit: Visit) -> Refused:
    with pytest.raises(Refused) as caught:
        rules.check_visit(visit, ITEMS)
    return caught.value


def is_taken(visit: Visit) -> bool:
    try:
        rules.check_visit(visit, ITEMS)
    except Refused:
        return False
    return True


def test_a_visit_that_answers_everything_is_taken() -> None:
    assert is_taken(VISIT)


def test_an_open_item_is_named_with_its_field() -> None:
    refused = refusal(replace(VISIT, answers=[AnswerGiven(1, "pass")]))
    assert (refused.code, refused.field) == ("unanswered", "answers.2")


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([AnswerGiven(1, "pass"), AnswerGiven(1, "fail")], "answered_twice"),
        ([AnswerGiven(1, "pass"), AnswerGiven(9, "pass")], "strange_item"),
        ([AnswerGiven(1, "good"), AnswerGiven(2, "pass")], "strange_result"),
    ],
)
def test_strange_answers_are_refused(answers: list[AnswerGiven], code: str) -> None:
    assert refusal(replace(VISIT, answers=answers)).code == code


def test_a_fault_is_shown_on_a_photo_and_a_passed_item_never_asks_for_one() -> None:
    failed = replace(VISIT, answers=[AnswerGiven(1, "fail"), AnswerGiven(2, "fail")])
    refused = refusal(failed)
    assert (refused.code, refused.field) == ("photo_wanted", "photos.1")
    assert refusal(replace(failed, photos=[PhotoGiven(PHOTO, None)])).code == "photo_wanted"
    rules.check_visit(replace(failed, photos=[PhotoGiven(PHOTO, 1)]), ITEMS)


def test_a_position_off_the_globe_and_a_hash_that_is_none_are_refused() -> None:
    assert refusal(replace(VISIT, position=(33.7, 113.3))).code == "strange_position"
    assert refusal(replace(VISIT, photos=[PhotoGiven("x" * 64)])).code == "strange_hash"


def test_the_same_visit_told_in_another_order_has_the_same_hash() -> None:
    told = replace(VISIT, photos=[PhotoGiven("b" * 64), PhotoGiven(PHOTO, 1)], occurred_at=NIGHT)
    again = replace(
        told,
        answers=list(reversed(VISIT.answers)),
        photos=list(reversed(told.photos)),
        occurred_at=NIGHT.astimezone(),
    )
    assert rules.body_sha256(told, site="S1", checklist=1, by=1) == rules.body_sha256(
        again, site="S1", checklist=1, by=1
    )


@pytest.mark.parametrize(
    "changed",
    [
        replace(VISIT, note="水泵不转"),
        replace(VISIT, answers=[AnswerGiven(1, "pass"), AnswerGiven(2, "pass")]),
        replace(VISIT, occurred_at=NIGHT),
        replace(VISIT, position=(113.3, 33.7)),
        replace(VISIT, photos=[PhotoGiven(PHOTO)]),
    ],
)
def test_whatever_differs_changes_the_hash(changed: Visit) -> None:
    assert rules.body_sha256(VISIT, site="S1", checklist=1, by=1) != rules.body_sha256(
        changed, site="S1", checklist=1, by=1
    )


@pytest.mark.parametrize(
    ("is_placed", "failed", "state"),
    [
        (True, None, SiteState.UNINSPECTED),
        (True, 0, SiteState.FINE),
        (True, 2, SiteState.DEFECTIVE),
        (False, None, SiteState.UNPLACED),
        (False, 0, SiteState.UNPLACED),
        (False, 1, SiteState.DEFECTIVE),
    ],
)
def test_findings_outrank_a_missing_position(is_placed: bool, failed: int | None, state: SiteState) -> None:
    assert rules.state_of(is_placed=is_placed, failed_items=failed) == state


def test_distance_is_flagged_only_beyond_what_the_phone_can_know() -> None:
    assert rules.is_far(400, 30)
    assert not rules.is_far(160, 30)
    assert not rules.is_far(None, None)


def test_the_photos_still_on_their_way() -> None:
    announced = [PhotoGiven(PHOTO, 1), PhotoGiven("b" * 64)]
    assert rules.missing_photos(announced, [PHOTO]) == [announced[1]]


@given(st.lists(st.sampled_from(list(MemberState))), st.booleans())
def test_every_member_is_done_or_waiting_or_missing(states: list[MemberState], over: bool) -> None:
    counted = rules.figures(states, due_at=NIGHT, now=NIGHT + timedelta(minutes=1 if over else -1))
    assert counted.required == counted.done + counted.waiting + counted.missing == len(states)
    assert counted.late == (counted.required - counted.done if over else 0)
    assert counted.is_whole == (set(states) <= {MemberState.DONE})


def test_a_sweep_is_kept_when_something_changed_or_ten_minutes_passed() -> None:
    kept = Figures(105, 98, 90, 3)
    assert rules.is_news(None, None, kept, now=NIGHT)
    assert not rules.is_news(kept, NIGHT, kept, now=NIGHT + timedelta(minutes=9))
    assert rules.is_news(kept, NIGHT, kept, now=NIGHT + timedelta(minutes=10))
    assert rules.is_news(kept, NIGHT, replace(kept, done=91), now=NIGHT)


@pytest.mark.parametrize(
    ("codes", "common"),
    [
        (["410403"], "410403"),
        (["410403001", "410403002"], "410403"),
        (["410403001001", "410403001"], "410403001"),
        (["410403001001001", "410403001001002"], "410403001001"),
        ([], ""),
    ],
)
def test_the_area_of_a_round_is_the_smallest_over_all_its_parts(codes: list[str], common: str) -> None:
    assert rules.common_area(codes) == common


def test_a_blank_reason_explains_nothing() -> None:
    assert rules.unexplained(["S2", "S1"], {"S1": "  ", "S2": "桥已封闭"}) == ["S1"]
